"""The stand-in's answers: good ones, Cognito's refusals, and all kinds of faults.

A fault is an `StubAnswer`, the bytes to send before closing, or a function that misbehaves on the
connection itself and returns either one.
"""

import json
import socket
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.upstream import Request, Upstream

COGNITO, JWKS, TOKEN, OTHER = "cognito", "jwks", "token", "other"
# Faces that only the doctor calls.
DISCOVERY, AUTHORIZE, LOGOUT, GOOGLE = "discovery", "authorize", "logout", "google"
CONTENT_TYPES = {COGNITO: "application/x-amz-json-1.1", TOKEN: "application/json;charset=UTF-8"}
HUGE = 50 * 1024 * 1024


@dataclass(frozen=True)
class StubAnswer:
    """An HTTP answer: `body` is sent as it is when it is bytes, and as JSON otherwise."""

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def wire(self, face: str = OTHER, keep_alive: bool = True) -> bytes:
        """Return the answer as HTTP/1.1 writes it."""
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        headers = {
            "Content-Type": CONTENT_TYPES.get(face, "application/json"),
            "Content-Length": str(len(body)),
            "Connection": "keep-alive" if keep_alive else "close",
            "Date": formatdate(usegmt=True),
        } | dict(self.headers)
        head = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def cognito_error(code: str, message: str = "Refused.", status: int = 400) -> StubAnswer:
    """Write an error as Cognito does, in the body and again in a header."""
    body = {"__type": code, "message": message}
    return StubAnswer(status, body, {"x-amzn-ErrorType": f"{code}:"})


def reset(upstream: "Upstream", conn: socket.socket, request: "Request | None" = None) -> bytes:
    """End a connection with RST, as a crashed peer or a firewall does."""
    # With a linger time of zero, close() sends RST and not FIN.
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    conn.close()
    raise ConnectionAbortedError


def _hang(upstream: "Upstream", conn: socket.socket, request: "Request") -> bytes:
    while conn.recv(65536):
        pass
    return b""


def _farewell(upstream: "Upstream", request: "Request") -> bytes:
    # The header says that the connection ends here; the next request on it would break.
    return upstream.healthy(request).wire(request.face, keep_alive=False)


def _drip(upstream: "Upstream", conn: socket.socket, request: "Request", head: int = 0) -> bytes:
    wire = _farewell(upstream, request)
    conn.sendall(wire[:head])
    for position in range(head, len(wire)):
        conn.sendall(wire[position : position + 1])
        if upstream.stopping.wait(upstream.drip_seconds):
            break
    return b""


def _drip_body(upstream: "Upstream", conn: socket.socket, request: "Request") -> bytes:
    wire = _farewell(upstream, request)
    return _drip(upstream, conn, request, head=wire.index(b"\r\n\r\n") + 4)


def _endless_headers(upstream: "Upstream", conn: socket.socket, request: "Request") -> bytes:
    conn.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:  # until the client has had enough
        conn.sendall(b"X-Padding: " + b"x" * 1000 + b"\r\n")


def _huge(upstream: "Upstream", conn: socket.socket, request: "Request") -> bytes:
    answer = upstream.healthy(request)
    body = answer.wire().partition(b"\r\n\r\n")[2]
    conn.sendall(replace(answer, headers={"Content-Length": str(len(body) + HUGE)}).wire())
    for _ in range(HUGE // 65536):  # the JSON is whole and good: only its size is not
        conn.sendall(b" " * 65536)
    return b""


def _gzip_bomb(upstream: "Upstream", conn: socket.socket, request: "Request") -> StubAnswer:
    packer = zlib.compressobj(wbits=31)
    body = upstream.healthy(request).wire().partition(b"\r\n\r\n")[2] + b" " * HUGE
    body = packer.compress(body) + packer.flush()
    return StubAnswer(200, body, {"Content-Encoding": "gzip"})


def _truncated(upstream: "Upstream", conn: socket.socket, request: "Request") -> bytes:
    return upstream.healthy(request).wire(request.face)[:-1]


def _redirect(status: int) -> Callable[..., StubAnswer]:
    def fault(upstream: "Upstream", conn: socket.socket, request: "Request") -> StubAnswer:
        upstream.elsewhere.keys = upstream.keys  # following must look like success
        upstream.elsewhere.tokens = upstream.tokens
        return StubAnswer(status, b"", {"Location": upstream.elsewhere.url + request.path})

    return fault


def _twist(change: Callable[[Any], Any]) -> Callable[..., StubAnswer]:
    def fault(upstream: "Upstream", conn: socket.socket, request: "Request") -> StubAnswer:
        body = upstream.healthy(request).body
        return StubAnswer(200, {name: change(value) for name, value in (body or {}).items()})

    return fault


def _wrong(value: Any) -> Any:
    return 7 if isinstance(value, str) else "not what was promised"


def _wrong_leaf(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _wrong_leaf(item) for name, item in value.items()}
    return [_wrong_leaf(item) for item in value] if isinstance(value, list) else _wrong(value)


HTML = b"<html><body><h1>Not what you asked for</h1></body></html>"
IS_HTML = {"Content-Type": "text/html"}
IS_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

FAULTS: dict[str, StubAnswer | bytes | Callable[..., StubAnswer | bytes]] = {
    "reset on accept": reset,
    "reset": reset,
    "close": b"",
    "hang": _hang,
    "drip": _drip,
    "drip body": _drip_body,
    "garbage status line": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "endless headers": _endless_headers,
    "truncated body": _truncated,
    "broken chunk": IS_CHUNKED + b"2\r\n{}\r\nnonsense\r\n",
    "broken gzip": StubAnswer(200, b"\x1f\x8bnonsense", {"Content-Encoding": "gzip"}),
    "200 gzip bomb": _gzip_bomb,
    "200 huge": _huge,
    "200 empty": StubAnswer(200, b""),
    "200 garbage": StubAnswer(200, bytes(range(256))),
    "200 html": StubAnswer(200, HTML, IS_HTML),
    "200 array": StubAnswer(200, []),
    "200 string": StubAnswer(200, "text"),
    "200 null": StubAnswer(200, None),
    "200 object": StubAnswer(200, {}),
    "200 deep": StubAnswer(200, b"[" * 100_000),
    "200 nulls": _twist(lambda value: None),
    "200 wrong types": _twist(_wrong),
    "200 wrong leaves": _twist(_wrong_leaf),
    "301": _redirect(301),
    "302": _redirect(302),
    "307": _redirect(307),
    "308": _redirect(308),
    "400 empty": StubAnswer(400, b""),
    "400 html": StubAnswer(400, HTML, IS_HTML),
    "400 unknown": cognito_error("SomethingNewException"),
    "403 html": StubAnswer(403, HTML, IS_HTML),
    "404 html": StubAnswer(404, HTML, IS_HTML),
    "429": cognito_error("TooManyRequestsException", "Rate exceeded", 429),
    "500": cognito_error("InternalErrorException", status=500),
    "500 empty": StubAnswer(500, b""),
    "502 html": StubAnswer(502, HTML, IS_HTML),
    "503": StubAnswer(503, b""),
    "504": StubAnswer(504, b""),
}
