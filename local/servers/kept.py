"""What KEEP=1 keeps from start to start: the database, the keys, and which pool it is."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from local.servers.child import LocalError
from local.servers.cognito import KeyPair
from local.servers.pool import Pool

DATABASE, KEPT, LOCK = "cognito.sqlite", "kept.json", "lock"


@dataclass(frozen=True)
class Kept:
    """What is needed beside the database to go on with a pool."""

    keys: KeyPair
    secret_key: str = field(repr=False)
    pool: Pool


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder while the block lasts; raise LocalError if another process does."""
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise LocalError(f"Another `make run KEEP=1` is running on {folder}.") from error
        yield


def read(folder: Path) -> Kept | None:
    """Return what an earlier start kept, None if there was none."""
    path = folder / KEPT
    if not path.exists():
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Kept(KeyPair(**kept["keys"]), kept["secret_key"], Pool(**kept["pool"]))
    except (ValueError, KeyError, TypeError) as error:
        raise LocalError(f"{path} cannot be read: remove {folder} to start anew.") from error


def write(folder: Path, kept: Kept) -> None:
    """Keep it for the next start."""
    waiting = folder / f"{KEPT}.new"
    waiting.touch(mode=0o600)
    waiting.write_text(json.dumps(asdict(kept), indent=2), encoding="utf-8")
    waiting.replace(folder / KEPT)  # whole, or not at all
