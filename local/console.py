"""Shared by `make run` and `make deploy-local`: the address, stop signals, what is printed."""

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
ACCESS = "app.server"  # the logger that writes a line for each request


class StoppedError(Exception):
    """A stop signal has come."""


class StopSwitch:
    """Remembers a stop signal until it is safe to act on it.

    An exception raised in a signal handler could come between the start of a process and the
    statement that makes sure of its end. A second Ctrl-C could interrupt the clean-up.
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
    """Call `serve` until it returns, fails or a stop signal comes; return the exit code."""
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
    """Return the host and port for the API to listen on; raise LocalError if it could not."""
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
    """Show the pool's messages until a stop signal comes; raise ChildEndedError if a part ends."""
    while True:
        switch.check()
        meanwhile()
        stack.check()
        with suppress(
            OSError, HTTPException
        ):  # a server that has ended is found by the check above
            for mail in stack.mailbox.new():
                show(mail)
        time.sleep(TICK_SECONDS)


def show(mail: Mail) -> None:
    """Print a mail or a text so that it stands out from the requests.

    It is escaped because clients choose its address, and names that it repeats.
    """
    to, subject = (
        printable(line).replace("\n", "\\n") for line in (", ".join(mail.to), mail.subject)
    )
    body = printable(mail.text.strip().replace("\r\n", "\n"))
    text = f"To: {to}\nSubject: {subject}\n\n{body}" if subject else f"To: {to}\n\n{body}"
    print(f"\n{textwrap.indent(text, '    | ', lambda _: True)}\n", flush=True)


def printable(text: str) -> str:
    """Return the text without control characters, which could change what a terminal shows.

    Clients of the API choose parts of it, such as names and addresses.
    """
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode()
        for char in text
    )


class Console:
    """Prints the API's log for people: one line for each request, warnings and errors."""

    def __init__(self) -> None:
        self._errors: dict[str, str] = {}  # by request id, until the request's own line comes

    def show(self, lines: Iterable[str], but_not: str = "") -> None:
        """Print what the API logged, except lines that `but_not` contains."""
        for line in lines:
            text = self._readable(line)
            if text and not (line and line in but_not):
                print(printable(text), flush=True)

    def _readable(self, line: str) -> str:
        """Return one line of the API's JSON log as text, "" for one that need not be shown."""
        try:
            record = json.loads(line)
            clock = record["time"][11:19]
        except (ValueError, TypeError, KeyError):
            return line
        request_id = record.get("request_id", "")
        if "event" in record:
            # The request's own line follows and shows this attempt's error.
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
