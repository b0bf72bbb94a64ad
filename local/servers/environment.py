"""How the servers beside the API are started: each with the Python of its own environment."""

import os
from dataclasses import dataclass
from pathlib import Path

from local.servers.child import LocalError

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Environment:
    """A virtual environment that `make` fills from a requirements file."""

    folder: str
    requirements: str

    @property
    def python(self) -> Path:
        """The environment's Python, whether it is there or not."""
        return ROOT / self.folder / "bin" / "python"

    def command(self, module: str, *arguments: str) -> list[str]:
        """Return the command that runs a module; raise LocalError when it is not installed."""
        if not self.python.exists():
            raise LocalError(
                f"{module} is not installed: `make run` and `make test` install it, or"
                f" `python3 tools/install.py {self.folder} {self.requirements}`."
            )
        return [str(self.python), "-B", "-m", module, *arguments]


COGNITO = Environment(".venv-cognito", "local/requirements-cognito.txt")
MINISTACK = Environment(".venv-ministack", "local/requirements-ministack.txt")


def minimal_env(home: str) -> dict[str, str]:
    """Return an environment without the user's settings, all files of which end up in `home`."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": home, "TMPDIR": home}
