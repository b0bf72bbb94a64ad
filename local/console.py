"""What `make run` and `make deploy-local` share: the address, the stop signals, what is printed."""

import errno
import json
import os
import shlex
import signal
import socket
import sys
import textwrap
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from http.client import HTTPException
from typing import TYPE_CHECKING

from local.servers.child import LocalError
from local.servers.mailbox import Mail

if TYPE_CHECKING:
    from local.servers.stack import Stack

TICK_SECONDS = 0.2
DEFAULT_URL = "http://127.0.0.1:5000"
ACCESS = "app.server"  # the logger that has a line for each request


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
    """Print a mail or a text so that it stands out from the requests.

    Anybody can choose the address that a mail goes to, and names that it repeats.
    """
    to, subject = (
        printable(line).replace("\n", "\\n") for line in (", ".join(mail.to), mail.subject)
    )
    body = printable(mail.text.strip().replace("\r\n", "\n"))
    text = f"To: {to}\nSubject: {subject}\n\n{body}" if subject else f"To: {to}\n\n{body}"
    print(f"\n{textwrap.indent(text, '    | ', lambda _: True)}\n", flush=True)


def printable(text: str) -> str:
    """Return the text with everything escaped that could move a terminal's cursor or its text.

    Others wrote it: names, addresses, whatever was sent to the API.
    """
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode()
        for char in text
    )


class Console:
    """Prints the API's log for a person: a line a request, and whatever went wrong."""

    def __init__(self) -> None:
        self._errors: dict[str, str] = {}  # of requests under way, by their ids

    def show(self, lines: Iterable[str], but_not: str = "") -> None:
        """Print what the API logged, except a line that is in `but_not`."""
        for line in lines:
            text = self._readable(line)
            if text and not (line and line in but_not):
                print(printable(text), flush=True)

    def _readable(self, line: str) -> str:
        """Return one line of the API's JSON log as text, nothing for one that adds nothing."""
        try:
            record = json.loads(line)
            clock = record["time"][11:19]
        except (ValueError, TypeError, KeyError):
            return line
        request_id = record.get("request_id", "")
        if "event" in record:
            # The request's own line follows, and says what became of this attempt.
            if record.get("error"):
                self._errors[request_id] = record["error"]
            return ""
        if record["logger"] == ACCESS:
            error = self._errors.pop(request_id, "")
            return f"{clock}  {record['message']}  {error}".rstrip()
        stack = f"\n{record['stack']}" if "stack" in record else ""
        return f"{clock}  {record['level']}  {record['message']}{stack}"


def walk_command(url: str) -> str:
    """Return the command that walks through the API at this URL."""
    return "make walk" + (f" BASE_URL={shlex.quote(url)}" if url != DEFAULT_URL else "")
