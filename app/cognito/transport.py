"""Every HTTP exchange with AWS, each under one deadline and one size limit.

The timeouts of urllib3, requests and botocore apply to each read, so a server that sends a byte a
second never exceeds them, and none of them limits the size of an answer. Here every wait gets what
is left of the exchange's time: connecting, TLS, headers and body.
Resolving a name is the exception: Python cannot interrupt it, so the resolver's limits apply.
Redirects are not followed, and proxies and .netrc are not used, because requests carry secrets.
"""

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from http.client import RemoteDisconnected
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError, ReadTimeoutError
from urllib3.response import BaseHTTPResponse

from app.errors import UpstreamError, UpstreamTimeout, UpstreamUnavailable

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

CONNECT_SECONDS = 2.0
POOL_SIZE = 64  # connections kept per host: at least as many as threads that serve requests

_deadline: ContextVar[float] = ContextVar("deadline")
_waited: ContextVar[float] = ContextVar("waited", default=0.0)


class HttpAnswer(NamedTuple):
    """An upstream's answer with its whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@contextmanager
def _within(seconds: float, url: str) -> Iterator[None]:
    """Set one deadline for the block, and translate urllib3's errors in it.

    Raises UpstreamUnavailable, UpstreamTimeout or UpstreamError; only the log names the origin.
    """
    started = time.monotonic()
    token = _deadline.set(started + seconds)
    try:
        yield
    except NewConnectionError as error:
        raise UpstreamUnavailable("Cognito cannot be reached.", cause=origin(url)) from error
    except HTTPError as error:
        late = time.monotonic() >= _deadline.get()  # after the deadline any failure counts as late
        if late or isinstance(error, ReadTimeoutError) or isinstance(_reason(error), TimeoutError):
            raise UpstreamTimeout("Cognito did not answer in time.", cause=origin(url)) from error
        raise UpstreamError("Cognito broke off its answer.", cause=origin(url)) from error
    finally:
        _deadline.reset(token)
        _waited.set(_waited.get() + time.monotonic() - started)


def take_waited_seconds() -> float:
    """Return the seconds that exchanges took since the last call, and count from 0 again."""
    seconds = _waited.get()
    _waited.set(0.0)
    return seconds


def origin(url: str) -> str:
    """Return scheme, host and port of a URL for the log, without a user or password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | str | None,
    seconds: float,
    limit: int,
    replayable: bool,
) -> HttpAnswer:
    """Send one request and return its answer, of at most `limit` bytes, within `seconds`.

    A `replayable` request is sent once more if connecting failed or the connection was lost, as
    happens to one that was kept open from an earlier exchange.
    Raises UpstreamUnavailable, UpstreamTimeout or UpstreamError.
    """
    with _within(seconds, url):
        try:
            return _exchange(method, url, headers, body, limit)
        except HTTPError as error:
            if not (replayable and _lost_connection(error)):
                raise
        return _exchange(method, url, headers, body, limit)


def _read(response: BaseHTTPResponse, limit: int) -> bytes:
    """Return an answer's whole body and keep its connection; raise ProtocolError above `limit`."""
    try:
        if response.status < 200:  # the final answer would be read by the next exchange
            raise ProtocolError("an interim answer")
        content = response.read(limit)
        # Only another read finds the end: it raises for a short body, and frees the connection.
        if response.read(1):
            raise ProtocolError(f"more than {limit} bytes")
    except BaseException:
        response.close()
        raise
    return content


def _exchange(
    method: str, url: str, headers: Mapping[str, str], body: bytes | str | None, limit: int
) -> HttpAnswer:
    response = _pools().urlopen(
        method,
        url,
        headers=headers,
        body=body,
        retries=False,
        redirect=False,
        preload_content=False,
        decode_content=False,
    )
    return HttpAnswer(response.status, response.headers, _read(response, limit))


def _lost_connection(error: HTTPError) -> bool:
    return isinstance(error, NewConnectionError) or isinstance(
        _reason(error), RemoteDisconnected | ConnectionResetError | BrokenPipeError
    )


def _reason(error: HTTPError) -> object:
    """Return the exception that urllib3 wrapped in a ProtocolError, else None."""
    return error.args[1] if isinstance(error, ProtocolError) and len(error.args) > 1 else None


def _time_left() -> float:
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise TimeoutError("deadline passed")
    return left


class _Socket(socket.socket):
    """A socket on which each wait gets what is left of the exchange's time."""

    def sendall(self, data: "ReadableBuffer", flags: int = 0) -> None:
        self.settimeout(_time_left())
        super().sendall(data, flags)

    def recv_into(
        self, buffer: "WriteableBuffer", nbytes: int | None = None, flags: int = 0
    ) -> int:
        self.settimeout(_time_left())
        return super().recv_into(buffer, nbytes or 0, flags)  # 0: as much as the buffer holds


class _TLSSocket(_Socket, ssl.SSLSocket):
    pass


@cache
def _tls() -> ssl.SSLContext:
    # Loading the certificate authorities takes longer than a request, and only https needs it.
    import certifi

    context = ssl.create_default_context(cafile=certifi.where())
    context.sslsocket_class = _TLSSocket
    context.hostname_checks_common_name = False  # RFC 9110, section 4.3.4
    return context


class _HTTPConnection(HTTPConnection):
    """Connect to the first address that answers, within the exchange's deadline in all."""

    def _new_conn(self) -> socket.socket:
        try:
            addresses = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:  # UnicodeError: not a valid host name
            raise NewConnectionError(self, "name not resolved") from error
        failure: OSError | None = None
        for family, kind, protocol, _, address in addresses:
            connection = None
            try:
                connection = _Socket(family, kind, protocol)
                connection.settimeout(min(CONNECT_SECONDS, _time_left()))
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.connect(address)
                connection.settimeout(min(CONNECT_SECONDS, _time_left()))  # for a TLS handshake
                return connection
            except OSError as error:
                if connection:
                    connection.close()
                failure = error
        raise NewConnectionError(self, "no address answered") from failure


class _HTTPSConnection(_HTTPConnection, HTTPSConnection):
    def connect(self) -> None:
        self.ssl_context = _tls()
        try:
            super().connect()
        except OSError as error:  # the handshake failed, before the request was sent
            raise NewConnectionError(self, "no trusted TLS") from error


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


@cache
def _pools() -> urllib3.PoolManager:
    """Return the process's connections, which stay open between requests."""
    manager = urllib3.PoolManager(maxsize=POOL_SIZE)
    manager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
    return manager
