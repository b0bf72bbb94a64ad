"""A server in a separate process: start it, watch it, and stop it in every case."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.client import HTTPException
from pathlib import Path

from local.servers import loopback

READY_SECONDS = 20.0
GRACE_SECONDS = 3.0
PORT_ATTEMPTS = 3
MAX_READ = 1 << 20

# A process that is killed (kill -9, out of memory) cannot stop its children. So each child has a
# shell that reads from a pipe of this process: when this process is gone the pipe closes, the read
# fails, and the shell kills the child's process group. Unlike PR_SET_PDEATHSIG this needs no code
# between fork and exec, and it works on macOS.
_KILL_WHEN_ORPHANED = 'read -r _ || kill -9 "-$0"'


class LocalError(Exception):
    """An error whose message is one sentence for the person at the terminal."""


class ChildEndedError(LocalError):
    """A child ended although nothing stopped it."""


class Child:
    """A running server, which leads a process group.

    For this reason Ctrl-C in the terminal reaches only this process, which then stops the others
    in the right order.
    """

    def __init__(
        self, name: str, command: Sequence[str], env: Mapping[str, str], cwd: Path
    ) -> None:
        self.name = name
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  # closed by stop()
        self._read_up_to = 0
        self._process = subprocess.Popen(  # noqa: S603  # our own commands only
            command,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.pid = self._process.pid
        self._guard = subprocess.Popen(  # noqa: S603
            ["/bin/sh", "-c", _KILL_WHEN_ORPHANED, str(self.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def check(self) -> None:
        """Raise ChildEndedError if the child has ended."""
        code = self._process.poll()
        if code is None:
            return
        if code < 0:
            raise ChildEndedError(f"{self.name} was ended by {signal.Signals(-code).name}.")
        size = os.fstat(self._output.fileno()).st_size
        tail = os.pread(self._output.fileno(), MAX_READ, max(0, size - MAX_READ))
        last = tail.decode(errors="replace").strip().rpartition("\n")[2]
        raise ChildEndedError(f"{self.name} ended with exit code {code}{last and ': ' + last}")

    def wait_until_ready(self, url: str, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Return as soon as GET on the URL answers 200; raise LocalError if it does not in time.

        `meanwhile` is called between the attempts.
        """
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            self.check()
            meanwhile()
            with contextlib.suppress(OSError, HTTPException):
                loopback.get(url)
                return
            time.sleep(0.02)
        raise LocalError(f"{self.name} did not answer within {READY_SECONDS:.0f} s at {url}.")

    def new_lines(self) -> list[str]:
        """Return the lines of output since the last call."""
        data = os.pread(self._output.fileno(), MAX_READ, self._read_up_to)
        if self._process.poll() is None:
            data = data[: data.rfind(b"\n") + 1]  # the rest of the last line is still to come
        self._read_up_to += len(data)
        return data.decode(errors="replace").splitlines()

    def stop(self) -> None:
        """End the child and all its processes, by SIGTERM and after GRACE_SECONDS by SIGKILL."""
        # First end the guard, or it could kill another process that has got the same id.
        self._guard.kill()
        self._guard.communicate()
        try:
            self._signal_group(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE_SECONDS)
        finally:
            self._signal_group(signal.SIGKILL)
            self._process.wait()
            self._output.close()

    def _signal_group(self, number: signal.Signals) -> None:
        # macOS raises EPERM for a group that has only its unreaped leader.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)


@contextlib.contextmanager
def on_free_port(start: Callable[[int], Child], ready_path: str) -> Iterator[tuple[Child, int]]:
    """Start a child on a free port and wait for the path to answer; stop it after the block.

    A child that ends at once has probably lost its port to another process, so it gets a new one.
    """
    for attempt in range(1, PORT_ATTEMPTS + 1):
        port = loopback.free_port()
        child = start(port)
        try:
            try:
                child.wait_until_ready(f"http://{loopback.HOST}:{port}{ready_path}")
            except ChildEndedError:
                if attempt < PORT_ATTEMPTS:
                    continue
                raise
            yield child, port
            return
        finally:
            child.stop()
