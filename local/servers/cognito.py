"""The local Cognito (`python -m local.cognito`) as a child process."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.servers import boto, loopback
from local.servers.child import Child, on_free_port
from local.servers.environment import COGNITO, ROOT, minimal_env
from local.servers.mailbox import Mailbox

TRIGGERS = ROOT / "local" / "triggers.py"


@dataclass(frozen=True)
class KeyPair:
    """The access key that signs control operations."""

    access_key_id: str
    secret_access_key: str = field(repr=False)

    @classmethod
    def new(cls) -> "KeyPair":
        """Make a random key pair in AWS's form."""
        return cls(f"AKIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30))


@dataclass(frozen=True)
class LocalCognito:
    """A running local Cognito."""

    child: Child
    port: int
    keys: KeyPair

    @classmethod
    @contextmanager
    def run(
        cls,
        *,
        keys: KeyPair,
        state: Path | None = None,
        triggers: Path = TRIGGERS,
        random_codes: bool = False,
    ) -> Iterator["LocalCognito"]:
        """Run it on a free loopback port while the block lasts.

        `state` is a file that keeps pools and users. Without `random_codes` every code is 123456,
        or 12345678 as a first factor, so that commands in the documentation can be copied.
        """
        options = [f"--region={boto.REGION}", f"--triggers={triggers}"]
        options += [f"--state={state}"] if state else []
        options += [] if random_codes else ["--fixed-codes"]
        with tempfile.TemporaryDirectory(prefix="local-cognito-") as home:

            def start(port: int) -> Child:
                return Child(
                    "The local Cognito",
                    COGNITO.command("local.cognito", f"--port={port}", *options),
                    env={
                        **minimal_env(home),
                        "AWS_ACCESS_KEY_ID": keys.access_key_id,
                        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
                    },
                    cwd=ROOT,
                )

            with on_free_port(start, "/") as (child, port):
                yield cls(child, port, keys)

    @property
    def endpoint(self) -> str:
        """The URL of the API, and of the page with messages and users."""
        return f"http://{loopback.HOST}:{self.port}"

    @property
    def hosted_ui(self) -> str:
        """The URL where browsers sign in.

        Its host is a name because cookies ignore ports, and the API's are set for 127.0.0.1.
        """
        return f"http://localhost:{self.port}"

    def client(self, service: str) -> Any:
        """Return a boto3 client that signs with the key pair."""
        return boto.client(
            service, self.endpoint, self.keys.access_key_id, self.keys.secret_access_key
        )

    def mailbox(self) -> Mailbox:
        """Return a mailbox that begins with the first message."""
        return Mailbox(self.endpoint)
