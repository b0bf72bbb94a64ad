"""The virtual environments of the servers beside the API, and how to start them there."""

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
        """The path of the environment's Python, which may not exist."""
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
    """Return variables without the user's settings, which keep a program's files in `home`."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": home, "TMPDIR": home}
