"""docs/elsewhere.md as it stands: gunicorn behind a reverse proxy, a container, systemd."""

import configparser
import json
import re
import shlex
import sys
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.support.app import ENDPOINT, SETTINGS, make_app
from tests.support.keys import EMAIL
from tests.support.project import ROOT
from tests.support.proxy import proxy
from tests.support.server import serving
from tests.support.upstream import Upstream

DOCS = (ROOT / "docs" / "elsewhere.md").read_text()
CLIENT = "127.0.0.2"  # an address that is not the proxy's
FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "ftp",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Port": "444",
    "Forwarded": "for=203.0.113.9;host=evil.example;proto=ftp",
}


def code(language: str, holding: str = "") -> str:
    """Return the one code block in this language that holds this text."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", DOCS, re.DOTALL | re.MULTILINE)
    (block,) = [text for text in blocks if holding in text]
    return str(block)


GUNICORN = code("bash", "gunicorn --bind").splitlines()[-1].replace(":5000", ":PORT").split()


def log_in(url: str) -> requests.Response:
    """Log in from another address than the proxy's, with headers that a client may forge."""

    class From(HTTPAdapter):
        def init_poolmanager(self, *args: object, **kwargs: object) -> None:
            super().init_poolmanager(*args, **kwargs, source_address=(CLIENT, 0))  # type: ignore[arg-type]

    with requests.Session() as session:
        session.mount("http://", From())
        body = {"email": EMAIL, "password": "Str0ngP@ssw0rd!"}
        return session.post(f"{url}/auth/login", json=body, headers=FORGED, timeout=10)


@pytest.mark.parametrize(("trusted", "address"), [("0", "127.0.0.1"), ("1", CLIENT)])
def test_gunicorn_behind_a_proxy(upstream: Upstream, trusted: str, address: str) -> None:
    """gunicorn itself believes the scheme of a proxy on its machine; the Host was always sent."""
    settings = {**SETTINGS, ENDPOINT: upstream.url, "TRUSTED_PROXIES": trusted}
    gunicorn = Path(sys.executable).with_name(Path(GUNICORN[0]).name)
    with (
        serving(gunicorn, *GUNICORN[1:], **settings) as server,
        proxy(server.port, scheme="https", host="auth.example.com") as url,
    ):
        ready = requests.get(f"{url}/health/ready", timeout=10)
        assert log_in(url).status_code == 200
        started = requests.get(f"{url}/auth/google/start", timeout=10, allow_redirects=False)

    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    lines = [json.loads(line) for line in server.printed.splitlines() if line.startswith("{")]
    assert [line["ip"] for line in lines if line.get("event") == "login"] == [address]
    location = requests.utils.unquote(started.headers["Location"])
    assert "redirect_uri=https://auth.example.com/auth/google/callback&" in location
    assert started.headers["Set-Cookie"].startswith("__Host-google_login=")
    assert "Strict-Transport-Security" in started.headers


HOPS = {
    "X-Forwarded-For": "203.0.113.9, 192.0.2.7, 198.51.100.1",
    "X-Forwarded-Proto": "ftp, https, http",
    "X-Forwarded-Host": "evil.example, auth.example.com, inner.example",
}


@pytest.mark.parametrize(
    ("hops", "headers", "address", "origin"),
    [
        ("0", HOPS, "127.0.0.1", "http://localhost"),
        ("1", HOPS, "198.51.100.1", "http://inner.example"),
        ("2", HOPS, "192.0.2.7", "https://auth.example.com"),
        ("4", HOPS, "127.0.0.1", "http://localhost"),
        ("1", {}, "127.0.0.1", "http://localhost"),
        ("1", {"Forwarded": FORGED["Forwarded"]}, "127.0.0.1", "http://localhost"),
        ("1", {"X-Forwarded-For": "192.0.2.7:4711"}, "192.0.2.7", "http://localhost"),
        ("1", {"X-Forwarded-For": "unknown"}, None, "http://localhost"),
    ],
    ids=[
        *("none", "one", "two", "more than there are", "no header", "another header"),
        *("with its port", "hidden"),
    ],
)
def test_as_many_hops_are_believed(
    upstream: Upstream,
    caplog: pytest.LogCaptureFixture,
    hops: str,
    headers: dict[str, str],
    address: str | None,
    origin: str,
) -> None:
    caplog.set_level("INFO")
    api = make_app(upstream, TRUSTED_PROXIES=hops).test_client()
    started = api.get("/auth/google/start", headers=headers)

    location = requests.utils.unquote(started.headers["Location"])
    assert f"redirect_uri={origin}/auth/google/callback&" in location
    attempts = [record.attempt for record in caplog.records if hasattr(record, "attempt")]
    assert [attempt["ip"] for attempt in attempts] == [address]


def test_lambda_has_no_proxies(upstream: Upstream) -> None:
    """The event has the client's address; a client can write the headers, whatever is set."""
    api = make_app(
        upstream,
        TRUSTED_PROXIES="1",
        AWS_LAMBDA_FUNCTION_NAME="api",
        FLASK_SECRET_KEY="k" * 32,
    ).test_client()
    started = api.get("/auth/google/start", headers=HOPS)

    location = requests.utils.unquote(started.headers["Location"])
    assert "redirect_uri=http://localhost/auth/google/callback&" in location


class TestContainer:
    LINES = code("dockerfile").splitlines()

    def test_is_ten_lines(self) -> None:
        assert len(self.LINES) == 10

    def test_copies_what_there_is_and_what_the_api_needs(self) -> None:
        copied = [line.split()[1] for line in self.LINES if line.startswith("COPY ")]
        assert copied == ["requirements.lock", "main.py", "app"]
        assert all((ROOT / name).exists() for name in copied)

    def test_starts_what_the_rest_of_the_page_starts(self) -> None:
        command = json.loads(self.LINES[-1].removeprefix("CMD "))
        assert command[0] == "gunicorn"
        ours = [option.replace(":PORT", ":5000") for option in GUNICORN[1:]]
        assert [option.replace("0.0.0.0", "127.0.0.1") for option in command[1:]] == ours  # noqa: S104

    def test_is_not_root(self) -> None:
        assert "USER nobody" in self.LINES


def test_systemd_starts_the_same() -> None:
    unit = configparser.ConfigParser()
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(code("ini"))
    program, *options = shlex.split(unit["Service"]["ExecStart"])
    assert program.endswith("/.venv/bin/gunicorn")
    assert options == [option.replace(":PORT", ":5000") for option in GUNICORN[1:]]


def test_gunicorn_is_the_one_that_is_tested() -> None:
    (tested,) = re.findall(r"^gunicorn==.*$", (ROOT / "requirements-dev.txt").read_text(), re.M)
    assert set(re.findall(r"gunicorn==\S+", DOCS)) == {tested}
