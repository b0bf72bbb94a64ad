"""What `make run` and `make deploy-local` share: the address, the stop signals, the mails shown."""

import errno
import os
import shlex
import signal
import socket
import sys
import textwrap
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from typing import TYPE_CHECKING

from local.servers.child import LocalError
from local.servers.mailbox import Mail

if TYPE_CHECKING:
    from local.servers.stack import Stack

TICK_SECONDS = 0.2
DEFAULT_URL = "http://127.0.0.1:5000"


class StoppedError(Exception):
    """Somebody asked for the end."""


class StopSwitch:
    """Remembers a stop signal until it is safe to act on it.

    An exception out of a signal handler could strike between the start of a process and the note
    that it has to be stopped, and a second Ctrl-C could cut the clean-up short.
    """

    def __init__(self) -> None:
        self._pressed = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._press)

    def _press(self, *_: object) -> None:
        self._pressed = True

    def check(self) -> None:
        """Raise StoppedError if a stop signal has come."""
        if self._pressed:
            raise StoppedError


def run_until_stopped(serve: Callable[[StopSwitch], None]) -> int:
    """Call `serve` until it ends, fails or is asked to stop; return the exit code."""
    try:
        serve(StopSwitch())
    except StoppedError:
        print("\nStopped.", flush=True)
    except LocalError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    except BrokenPipeError:  # the reader of a pipe has left, as in `make run | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


def address() -> tuple[str, int]:
    """Return the host and port that the API will listen on, both found to be usable."""
    host = os.environ.get("HOST", "").strip() or "127.0.0.1"
    text = os.environ.get("PORT", "").strip() or "5000"
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise LocalError(f"PORT must be a port number, not {text!r}.")
    port = int(text)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise LocalError(
                f"Port {port} is in use; choose another one with PORT={port + 1}"
            ) from error
        raise LocalError(f"Cannot listen on {host} port {port}: {error.strerror}.") from error
    return host, port


def watch(
    stack: "Stack", switch: StopSwitch, meanwhile: Callable[[], object] = lambda: None
) -> None:
    """Show the pool's mails until somebody asks for the end, or a part of the stack dies."""
    while True:
        switch.check()
        meanwhile()
        stack.check()
        with suppress(OSError, HTTPException):  # if it is down, the next check says so
            for mail in stack.mailbox.new():
                show(mail)
        time.sleep(TICK_SECONDS)


def show(mail: Mail) -> None:
    """Print a mail so that it stands out from the API's log.

    Anybody can choose the address that a mail goes to, and names that it repeats.
    """
    to, subject = (
        printable(line).replace("\n", "\\n") for line in (", ".join(mail.to), mail.subject)
    )
    body = printable(mail.text.strip().replace("\r\n", "\n"))
    text = f"To: {to}\nSubject: {subject}\n\n{body}"
    print(f"\n{textwrap.indent(text, '    | ', lambda _: True)}\n", flush=True)


def printable(text: str) -> str:
    """Escape what could move the cursor, change the colours or turn the text around."""
    return "".join(
        char if char.isprintable() or char == "\n" else ascii(char)[1:-1] for char in text
    )


def walk_command(url: str) -> str:
    """Return the command that walks through the API at this URL."""
    return "make walk" + (f" BASE_URL={shlex.quote(url)}" if url != DEFAULT_URL else "")
