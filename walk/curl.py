"""One HTTP request as a command line for curl, and its answer as a terminal may show it.

Secrets are variables in what is shown, for the request and for the answer: `$PASSWORD`.
"""

import ipaddress
import json
import re
import shlex
import signal
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from local.console import printable
from local.servers import loopback

MAX_BYTES = 1 << 20
MAX_SHOWN = 2000
WIDTH = 100

_TOKEN = re.compile(r'("(?:\w*_token|session|secret)": ")((?!\$)(?:[^"\\]|\\.)+)(?=")')
_PICTURE = re.compile(r'(?<="qr_svg": ")(?:[^"\\]|\\.)*(?=")')
_LONG = re.compile(r"[\w.=+/-]{80,}")


class Var(str):
    """The name of a shell variable that stands for a text."""


class JsonVar(Var):
    """The name of a shell variable that stands for a value written in JSON."""


Body = Mapping[str, Any]


class NoAnswerError(Exception):
    """There was no answer; the message says why, for the person at the terminal."""


@dataclass(frozen=True)
class ApiAnswer:
    """An answer, whatever its status; `json` is empty when the body is no JSON object."""

    status: int
    headers: Message
    json: dict[str, Any]
    text: str
    seconds: float

    @property
    def error(self) -> str:
        """The name of the error, if the API named one."""
        return str(self.json.get("error", ""))


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow no redirect: another server must not get the secrets of this request."""


def base_url(text: str) -> str:
    """Return the URL without a slash at its end; raise ValueError for a URL that cannot be used."""
    parts = urlsplit(text)
    if not text.isprintable() or " " in text or parts.scheme not in ("http", "https"):
        raise ValueError("it must start with https:// or http://")
    if not parts.hostname or "@" in parts.netloc or "?" in text or "#" in text:
        raise ValueError("it must be a host, with or without a port and a path, and no more")
    if parts.port == 0:
        raise ValueError("port 0 is none")
    if parts.scheme == "http" and not is_loopback(text):
        raise ValueError("over http the passwords could be read on the way: use https")
    return text.rstrip("/")


def is_loopback(url: str) -> bool:
    """Tell whether the URL's host is this very machine."""
    try:
        host = urlsplit(url).hostname or ""
        return _is_localhost(host) or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def line(
    method: str,
    url: str,
    body: Body | None = None,
    bearer: Var | None = None,
    cookie: Var | None = None,
    flags: str = "",
    query: str = "",
) -> str:
    """Return the command line for curl; `query` may contain variables."""
    words = ["curl", *flags.split()]
    if method != "GET":
        words += ["-X", method]
    words.append(shlex.quote(url) + (f'"?{query}"' if query else ""))
    if bearer:
        words.append(f'-H "Authorization: Bearer ${bearer}"')
    if cookie:
        words.append(f'-b "${cookie}"')
        if method != "GET":  # or the API takes it for a request of another page
            words.append(f"-H {shlex.quote(f'Origin: {_origin(url)}')}")
    if body:
        words.append(f"-H 'Content-Type: application/json' -d '{_json(body)}'")
    return " ".join(words)


def filled_in(value: Any, values: Mapping[Var, str]) -> Any:
    """Return the body, or a part of it, with values in place of the variables."""
    if isinstance(value, JsonVar):
        return json.loads(values[value])
    if isinstance(value, Var):
        return values[value]
    if isinstance(value, Mapping):
        return {name: filled_in(member, values) for name, member in value.items()}
    return value


def send(
    method: str,
    url: str,
    body: Body | None = None,
    token: str | None = None,
    seconds: float = 35,
    cookie: str | None = None,
) -> ApiAnswer:
    """Make the request within `seconds`; raise NoAnswerError if no answer comes."""
    headers = {"Accept": "application/json"}
    if body:
        headers["Content-Type"] = "application/json"
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if cookie:
        headers["Cookie"] = cookie
        headers["Origin"] = _origin(url)
    proxies = urllib.request.ProxyHandler({} if is_loopback(url) else None)
    opener = urllib.request.build_opener(proxies, _NoRedirects)
    start = time.monotonic()
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            raise ValueError("an address that is not of the web")
        if parts.scheme == "http" and (parts.hostname or "").endswith(".localhost"):
            # All of *.localhost is this machine (RFC 6761), but not every resolver knows that.
            headers["Host"] = parts.netloc
            url = parts._replace(netloc=f"{loopback.HOST}:{parts.port or 80}").geturl()
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310
        with _time_limit(seconds):
            try:
                response = opener.open(request, timeout=seconds)
            except HTTPError as error:
                response = error
            with response:
                text = response.read(MAX_BYTES).decode(errors="replace")
    except (OSError, HTTPException, ValueError) as error:
        raise NoAnswerError(_reason(error, seconds)) from error
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        parsed = None
    members = parsed if isinstance(parsed, dict) else {}
    took = time.monotonic() - start
    return ApiAnswer(response.status, response.headers, members, text, took)


def show(answer: ApiAnswer, values: Mapping[Var, str]) -> str:
    """Return the answer's body for the terminal, without secrets and control characters."""
    text = answer.text.strip()
    if answer.json:
        text = json.dumps(answer.json, ensure_ascii=False)
        if len(_shorten(text, values)) > WIDTH:
            text = json.dumps(answer.json, ensure_ascii=False, indent=2)
    text = _shorten(text, values)
    return printable(text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]} ...")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _json(value: Any) -> str:
    """Return JSON to stand between single quotes; each variable stands in double ones."""
    if isinstance(value, JsonVar):
        return f"'\"${value}\"'"
    if isinstance(value, Var):
        return f'"\'"${value}"\'"'
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_json(n)}: {_json(v)}" for n, v in value.items()) + "}"
    return json.dumps(value).replace("'", "'\\''")


def _shorten(text: str, values: Mapping[Var, str]) -> str:
    for name, value in values.items():
        text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", f"${name}", text)
    text = _PICTURE.sub(lambda match: _beginning(match[0]), text)
    text = _TOKEN.sub(lambda match: match[1] + _beginning(match[2]), text)
    return _LONG.sub(lambda match: _beginning(match[0]), text)


def _beginning(token: str) -> str:
    return f"{token[:7] if len(token) > 40 else ''}…({len(token)} characters)"


def _is_localhost(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    # A socket's timeout begins anew with each byte.
    def expire(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _reason(error: Exception, seconds: float) -> str:
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return f"no answer within {seconds:g} s"
    if isinstance(cause, ConnectionRefusedError):
        return "nothing listens there"
    return printable(str(cause) or type(cause).__name__)
