"""AWS's own runtime for Python functions, on this machine and without Docker.

`python -m tests.support.lambda_runtime` installs it into .venv-lambda: AWS's runtime interface
client, and nothing else, so that a dependency missing in the package is missed; and the emulator
of Lambda's API for it, which comes out of the wheel of the SAM CLI.
"""

import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import requests

from local.servers import loopback
from local.servers.child import Child
from tests.support.project import ROOT

ENV = ROOT / ".venv-lambda"
PYTHON = ENV / "bin" / "python"
EMULATOR = ENV / "bin" / "aws-lambda-rie"
CLIENT = "awslambdaric==4.2.2"
SAM = "aws-sam-cli==1.170.0"
INVOKE = "/2015-03-31/functions/function/invocations"


def install() -> None:
    """Install the client and the emulator, unless they are there."""
    if sys.platform != "linux" or EMULATOR.exists():
        return
    print(f"Installing AWS's Lambda runtime into {ENV.name} (once, 8 MB) ...", flush=True)
    venv.create(ENV, clear=True, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, f"--python={PYTHON}", "install", CLIENT], check=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*pip, "download", "--no-deps", f"--dest={folder}", SAM], check=True)
        [wheel] = Path(folder).glob("*.whl")
        machine = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
        with zipfile.ZipFile(wheel) as archive:
            binary = archive.read(f"samcli/local/rapid/aws-lambda-rie-{machine}")
    EMULATOR.write_bytes(binary)
    EMULATOR.chmod(0o755)


class Function:
    """A function in the emulator."""

    def __init__(self, child: Child, port: int) -> None:
        self._child = child
        self.pid = child.pid  # the emulator's, whose child the function is
        self._url = f"http://{loopback.HOST}:{port}{INVOKE}"

    def invoke(self, event: object) -> Any:
        """Invoke it with the event; return its answer."""
        answer = requests.post(self._url, data=json.dumps(event), timeout=30)
        assert answer.status_code == 200, self.log()
        return answer.json()

    def log(self) -> str:
        """Return what it has logged since the last time."""
        return "\n".join(self._child.new_lines())


@contextmanager
def run(package: Path, **settings: str) -> Iterator[Function]:
    """Run the unpacked package as Lambda does while the block lasts."""
    port = loopback.free_port()
    child = Child(
        "The Lambda emulator",
        [
            str(EMULATOR),
            "--log-level=error",
            # Both have to be named: it listens on every interface otherwise.
            f"--runtime-interface-emulator-address={loopback.HOST}:{port}",
            f"--runtime-api-address={loopback.HOST}:{loopback.free_port()}",
            str(PYTHON),
            *("-m", "awslambdaric", "main.lambda_handler"),
        ],
        env={
            "PATH": os.defpath,
            "HOME": str(package),
            "PYTHONPATH": str(package),
            "PYTHONDONTWRITEBYTECODE": "1",
            "LAMBDA_TASK_ROOT": str(package),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": "15",
            **settings,
        },
        cwd=package,
    )
    try:
        wait_until_listening(child, port)
        yield Function(child, port)
    finally:
        child.stop()


def wait_until_listening(child: Child, port: int) -> None:
    """Return as soon as the port takes connections; it has no page to ask for."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        child.check()
        with suppress(ConnectionRefusedError):
            socket.create_connection((loopback.HOST, port), timeout=1).close()
            return
        time.sleep(0.02)
    raise AssertionError(f"{child.name} does not listen")


if __name__ == "__main__":
    try:
        install()
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"AWS's Lambda runtime could not be installed, its tests will be skipped: {error}")
