"""`python main.py` as a server, and gunicorn in its place: each a process of its own."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.support.app import SETTINGS
from tests.support.live import skip_unless
from tests.support.project import ROOT

UNSHARE = ["unshare", "--pid", "--fork", "--kill-child"]
START_SECONDS, SILENCE_SECONDS = 30, 10


@dataclass
class Server:
    """A server that runs, and what it has printed once it has ended."""

    process: subprocess.Popen[str]
    port: int
    printed: str = ""

    def connect(self, sent: bytes) -> socket.socket:
        """Open a connection and send something on it."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sendall(sent)
        return connection

    def answer(self, sent: bytes) -> bytes:
        """Send something on a connection of its own; return everything that comes back."""
        with self.connect(sent) as connection:
            return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    """Read until the other side closes the connection."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


@contextmanager
def serving(*command: str | Path, **settings: str) -> Iterator[Server]:
    """Run a server with these settings and no others until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ours = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    process = subprocess.Popen(
        [str(part).replace("PORT", str(port)) for part in command],
        cwd=ROOT,
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
        yield server
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        server.printed, _ = process.communicate(timeout=START_SECONDS)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Run `python main.py` once for the tests that only ask it something."""
    with serving(sys.executable, "main.py", **SETTINGS) as server:
        yield server
    assert "canary" not in server.printed
    assert "Traceback" not in server.printed


NO_REQUEST = "This is not a request in HTTP/1.1."
CODE = b"/auth/google/callback?code=canary"


@pytest.mark.parametrize(
    ("sent", "status", "message"),
    [
        (b"GET " + CODE + b" and=more HTTP/1.1\r\n\r\n", "400 Bad Request", NO_REQUEST),
        (b"POST " + CODE + b"\r\n\r\n", "400 Bad Request", NO_REQUEST),
        (b"GET " + CODE + b" HTTP/x\r\n\r\n", "400 Bad Request", NO_REQUEST),
        (b"GET http://[canary/?canary HTTP/1.1\r\n\r\n", "400 Bad Request", NO_REQUEST),
        (b"\x16\x03\x01\x02\x00\x01 canary\r\n\r\n", "400 Bad Request", NO_REQUEST),
        (
            b"GET " + CODE + b"y" * 65536 + b" HTTP/1.1\r\n\r\n",
            "414 Request-URI Too Long",
            "The request line is too long.",
        ),
        (
            b"GET " + CODE + b" HTTP/1.1\r\n" + b"a: canary\r\n" * 101 + b"\r\n",
            "431 Request Header Fields Too Large",
            "There are too many headers, or one is too long.",
        ),
        (
            b"GET " + CODE + b" HTTP/2.0\r\n\r\n",
            "505 HTTP Version Not Supported",
            "This version of HTTP is not served; use HTTP/1.1.",
        ),
    ],
    ids=["words", "no version", "version", "address", "TLS", "long", "headers", "HTTP/2"],
)
def test_refuses_in_json_what_is_no_request(
    server: Server, sent: bytes, status: str, message: str
) -> None:
    head, _, body = server.answer(sent).partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)

    assert first == f"HTTP/1.1 {status}"
    assert json.loads(body) == {"error": "InvalidRequest", "message": message}
    assert headers.pop("Date")
    assert headers == {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }


@pytest.mark.parametrize("path", ["/health", "/me", "/apidocs", "/nothing"])
def test_names_no_version_of_itself(server: Server, path: str) -> None:
    head = server.answer(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()).partition(b"\r\n\r\n")[
        0
    ]

    assert b"\r\nDate: " in head
    assert not re.search(rb"(?i)\r\nserver:|werkzeug|python", head)


def test_answers_a_request_without_a_version(server: Server) -> None:
    """As it would answer any other, with a status and headers."""
    assert server.answer(b"GET /health\r\n\r\n").startswith(b"HTTP/1.1 200 OK\r\n")


def test_lets_no_silent_client_wait_for_long(server: Server) -> None:
    login = b"POST /auth/login HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 99"
    started = time.monotonic()
    clients = [server.connect(sent) for sent in (b"", b"GET /hea", login, login + b"\r\n\r\n{")]
    answers = [read_all(client) for client in clients]
    seconds = time.monotonic() - started
    for client in clients:
        client.close()

    assert answers[:3] == [b"", b"", b""]
    assert answers[3].startswith(b"HTTP/1.1 400 ")
    assert SILENCE_SECONDS - 1 < seconds < SILENCE_SECONDS + 5


@pytest.mark.parametrize("wrapper", [[], UNSHARE], ids=["a process", "process 1 of a container"])
def test_sigterm_ends_it_at_once(wrapper: list[str]) -> None:
    """Also while a client is in the middle of a request."""
    if wrapper:
        allowed = (
            shutil.which("unshare")
            and not subprocess.run([*wrapper, "true"], stderr=subprocess.DEVNULL).returncode
        )
        skip_unless(bool(allowed), "this machine allows no process namespaces")
    with (
        serving(*wrapper, sys.executable, "main.py", **SETTINGS) as server,
        server.connect(b"GET /hea"),
    ):
        started = time.monotonic()
        os.killpg(server.process.pid, signal.SIGTERM)
        server.process.wait(timeout=20)
    assert time.monotonic() - started < 3
    assert server.process.returncode == 0
    assert "Traceback" not in server.printed


GUNICORN = (sys.executable, "-m", "gunicorn", "--workers=1", "--bind=127.0.0.1:PORT", "main:app")


class TestGunicorn:
    def test_serves_the_app(self) -> None:
        with serving(*GUNICORN, **SETTINGS) as server:
            health = requests.get(f"http://127.0.0.1:{server.port}/health", timeout=10)

        assert (health.status_code, health.json()["status"]) == (200, "ok")
        assert server.process.returncode == 0

    def test_says_at_once_which_settings_are_missing(self) -> None:
        incomplete = {k: v for k, v in SETTINGS.items() if k != "CLIENT_ID"}
        with serving(*GUNICORN, **incomplete) as server:
            url = f"http://127.0.0.1:{server.port}"
            health = requests.get(f"{url}/health", timeout=10)
            login = requests.post(f"{url}/auth/login", timeout=10)

        assert (health.status_code, health.json()["status"]) == (500, "misconfigured")
        assert (login.status_code, login.json()) == (
            500,
            {
                "error": "ServerMisconfigured",
                "message": "The server's Cognito settings are wrong; its log says which.",
            },
        )
        ours = [json.loads(line) for line in server.printed.splitlines() if line.startswith("{")]
        assert (ours[0]["level"], ours[0]["message"]) == ("ERROR", "Settings missing: CLIENT_ID.")
        assert "Traceback" not in server.printed
