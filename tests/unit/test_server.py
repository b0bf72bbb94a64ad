"""`python main.py` as a server, and gunicorn in its place: each a process of its own."""

import base64
import hmac
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from app.settings import REQUIRED
from tests.support.app import ENDPOINT, EXAMPLE, SETTINGS
from tests.support.keys import EMAIL
from tests.support.live import skip_unless
from tests.support.project import ROOT
from tests.support.server import Server, read_all, serving
from tests.support.upstream import Upstream

MAIN = (sys.executable, "-B", ROOT / "main.py")
UNSHARE = ["unshare", "--pid", "--fork", "--kill-child"]
SILENCE_SECONDS = 10


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Run `python main.py` once for the tests that only ask it something."""
    with serving(*MAIN, **SETTINGS) as server:
        yield server
    assert "canary" not in server.printed
    assert "Traceback" not in server.printed


NO_REQUEST = "This is not a request in HTTP/1.1."
CODE = b"/auth/google/callback?code=canary"


@pytest.mark.parametrize(
    ("content", "status", "message"),
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
    server: Server, content: bytes, status: str, message: str
) -> None:
    head, _, body = server.answer(content).partition(b"\r\n\r\n")
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
    clients = [
        server.connect(content) for content in (b"", b"GET /hea", login, login + b"\r\n\r\n{")
    ]
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
        serving(*wrapper, *MAIN, **SETTINGS) as server,
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
            health = requests.get(f"{server.url}/health", timeout=10)

        assert (health.status_code, health.json()["status"]) == (200, "ok")
        assert server.process.returncode == 0

    def test_says_at_once_which_settings_are_missing(self) -> None:
        incomplete = {k: v for k, v in SETTINGS.items() if k != "CLIENT_ID"}
        with serving(*GUNICORN, **incomplete) as server:
            health = requests.get(f"{server.url}/health", timeout=10)
            login = requests.post(f"{server.url}/auth/login", timeout=10)

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


def start(cwd: Path = ROOT, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run `python main.py` with these settings and no others, where it ends by itself."""
    ours = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return subprocess.run(
        MAIN, cwd=cwd, env=ours | settings, capture_output=True, text=True, timeout=20
    )


class TestStart:
    """`python main.py`, and what it is told by its environment."""

    @pytest.mark.parametrize(
        ("settings", "complaint"),
        [
            ({}, f"Settings missing: {', '.join(REQUIRED)}."),
            (
                EXAMPLE | {"CLIENT_ID": " ", "CLIENT_SECRET": ""},
                "Settings missing: CLIENT_ID, CLIE",
            ),
            (EXAMPLE | {"PORT": "0"}, "Settings malformed: PORT (must be a port number)."),
            (EXAMPLE | {ENDPOINT: "nonsense"}, f"Settings malformed: {ENDPOINT} (must be an https"),
            (EXAMPLE | {"AWS_PROFILE": "nobody"}, "boto3 cannot make a Cognito client: "),
        ],
        ids=["nothing", "blanks", "port", "endpoint", "profile"],
    )
    def test_says_in_one_line_what_is_wrong(self, settings: dict[str, str], complaint: str) -> None:
        done = start(**settings)

        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(complaint)
        assert done.stderr.endswith(" To try the API without an AWS account: make run\n")
        assert done.stderr.count("\n") == 1

    def test_serves_the_example(self) -> None:
        with serving(*MAIN, **EXAMPLE) as server:
            me = requests.get(f"{server.url}/me", timeout=10)
            page = requests.get(f"{server.url}/apidocs", timeout=10)
            google = requests.get(
                f"{server.url}/auth/google/start", timeout=10, allow_redirects=False
            )

        assert me.status_code == 401
        assert page.status_code == 200
        assert google.headers["Location"].startswith(
            "https://your-domain.auth.us-east-1.amazoncognito.com/oauth2/authorize?"
        )
        assert f"Serving {server.url} (" in server.printed
        assert "Traceback" not in server.printed

    def test_looks_for_no_aws_credentials(self, upstream: Upstream) -> None:
        """Cognito's public operations need none, and looking for them takes seconds."""
        more = {ENDPOINT: upstream.url}
        with (
            Upstream() as metadata,
            serving(
                *MAIN, **EXAMPLE, **more, AWS_EC2_METADATA_SERVICE_ENDPOINT=metadata.url
            ) as server,
        ):
            body = {"email": "jane@example.com", "password": "Str0ngP@ssw0rd!"}
            response = requests.post(f"{server.url}/auth/login", json=body, timeout=10)

            assert response.status_code == 200
            assert metadata.connections == 0
        assert upstream.count("InitiateAuth") == 1
        assert upstream.violations == []

    def test_has_no_debugger_and_no_reloader(self) -> None:
        """Werkzeug's debugger would run code for anyone who reaches it."""
        query = {"__debugger__": "yes", "cmd": "resource", "f": "debugger.js"}
        with serving(*MAIN, **EXAMPLE, FLASK_DEBUG="1", FLASK_ENV="development") as server:
            answers = [
                requests.get(f"{server.url}/", params=query, timeout=10),
                requests.get(f"{server.url}/console", timeout=10),
            ]

        for answer in answers:
            assert answer.status_code == 404
            assert answer.json()["error"] == "NotFound"
        assert not re.search("(?i)debugger|pin|reload", server.printed)

    @pytest.mark.parametrize("level", ["DEBUG", "INFO"])
    def test_logs_no_query(self, level: str) -> None:
        with serving(*MAIN, **EXAMPLE, LOG_LEVEL=level) as server:
            for path in ("/auth/google/callback", "/me", "/nothing", "/apidocs"):
                requests.get(f"{server.url}{path}?code=canary&state=canary", timeout=10)

        assert "google_callback" in server.printed
        assert "canary" not in server.printed


class TestDotenv:
    """The file .env in the current directory."""

    def test_says_what_the_environment_does_not(self, tmp_path: Path) -> None:
        lines = {**EXAMPLE, "CLIENT_SECRET": "'a$b${CLIENT_ID}#c'", "LOG_LEVEL": "nonsense"}
        text = "".join(f"{name}={value}\n" for name, value in lines.items())
        (tmp_path / ".env").write_text(f"# a pool\nexport {text}")
        both = {"PYTHON_DOTENV_DISABLED": "", "LOG_LEVEL": "ERROR"}
        with serving(*MAIN, cwd=tmp_path, **both) as server:
            health = requests.get(f"{server.url}/health", timeout=10)

        assert health.json()["settings_complete"] is True
        assert server.printed == f"Serving {server.url} (Ctrl-C stops it)\n"

    def test_reads_a_secret_to_the_letter(self, tmp_path: Path, upstream: Upstream) -> None:
        secret = "a$b${CLIENT_ID}#c"  # in quotes, as # begins a comment elsewhere
        (tmp_path / ".env").write_text(f"CLIENT_SECRET='{secret}'\n")
        others = {name: value for name, value in EXAMPLE.items() if name != "CLIENT_SECRET"}
        more = {"PYTHON_DOTENV_DISABLED": "", ENDPOINT: upstream.url}
        with serving(*MAIN, cwd=tmp_path, **others, **more) as server:
            body = {"email": EMAIL, "password": "Str0ngP@ssw0rd!"}
            requests.post(f"{server.url}/auth/login", json=body, timeout=10)

        (call,) = upstream.calls("InitiateAuth")
        key, message = secret.encode(), f"{EMAIL}{EXAMPLE['CLIENT_ID']}".encode()
        expected = base64.b64encode(hmac.digest(key, message, "sha256")).decode()
        assert call.json["AuthParameters"]["SECRET_HASH"] == expected

    @pytest.mark.parametrize("content", [b"CLIENT_ID=\xff\n", b"CLIENT_ID=canary\0\n"])
    def test_that_cannot_be_read_is_said_in_one_line(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / ".env").write_bytes(content)
        done = start(tmp_path, PYTHON_DOTENV_DISABLED="")

        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("The file .env cannot be read: ")
        assert done.stderr.count("\n") == 1
        assert "canary" not in done.stderr

    def test_is_read_by_the_doctor(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("COGNITO_REGION=nowhere\n")
        done = subprocess.run(
            [sys.executable, "-B", "-m", "doctor", "--skip=clock"],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "AWS_CONFIG_FILE": os.devnull},
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert "malformed: COGNITO_REGION" in done.stdout

    def test_is_nothing_to_lambda_and_gunicorn(self, tmp_path: Path) -> None:
        """They import main, and get their settings from those who start them."""
        (tmp_path / ".env").write_text("".join(f"{k}={v}\n" for k, v in EXAMPLE.items()))
        code = "import sys, main; print('dotenv' in sys.modules, main.app.extensions)"
        done = subprocess.run(
            [sys.executable, "-B", "-c", code],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        assert done.stdout == "False {}\n"
        assert "Settings missing: FLASK_SECRET_KEY" in done.stderr
