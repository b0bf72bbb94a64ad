"""A server of the API in a process of its own, as its operators start it."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.app import SETTINGS
from tests.support.project import ROOT

START_SECONDS = 30


@dataclass
class Server:
    """A server that runs, and what it has printed once it has ended."""

    process: subprocess.Popen[str]
    port: int
    printed: str = ""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def connect(self, content: bytes) -> socket.socket:
        """Open a connection and send something on it."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sendall(content)
        return connection

    def answer(self, content: bytes) -> bytes:
        """Send something on a connection of its own; return everything that comes back."""
        with self.connect(content) as connection:
            return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    """Read until the other side closes the connection."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


@contextmanager
def serving(*command: str | Path, cwd: Path = ROOT, **settings: str) -> Iterator[Server]:
    """Run a server with these settings and no others until the block ends.

    PORT in the command stands for the port that it is to listen at.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ours = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    process = subprocess.Popen(
        [str(part).replace("PORT", str(port)) for part in command],
        cwd=cwd,
        env={**ours, "PYTHONDONTWRITEBYTECODE": "1", "PORT": str(port), **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    server = Server(process, port)
    try:
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            try:
                server.connect(b"").close()
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        assert process.poll() is None, process.communicate()[0]
        yield server
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        server.printed, _ = process.communicate(timeout=START_SECONDS)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
