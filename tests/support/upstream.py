"""A scripted stand-in for Cognito on loopback: its JSON API, its jwks.json, its hosted UI.

Unscripted it answers as a healthy pool would, from botocore's own service model. A test scripts
the answers it is about, or a fault from `FAULTS`, and reads what was asked in `requests`. All of it
is held against the same model: what AWS would refuse as malformed is listed in `violations`.
"""

import json
import socket
import socketserver
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPMessage, parse_headers
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.support import cognito_model
from tests.support.cognito_model import ABSENT, KNOWN, example, model
from tests.support.faults import (
    AUTHORIZE,
    COGNITO,
    CONTENT_TYPES,
    DISCOVERY,
    FAULTS,
    GOOGLE,
    JWKS,
    LOGOUT,
    OTHER,
    TOKEN,
    StubAnswer,
    cognito_error,
    reset,
)
from tests.support.keys import make_id_token

TARGET = "AWSCognitoIdentityProviderService."
GETS = {"/oauth2/authorize": AUTHORIZE, "/logout": LOGOUT, "/google": GOOGLE}
TOKENS = {name: f"{name}-of-the-stand-in" for name in ("AccessToken", "IdToken", "RefreshToken")}


@dataclass(frozen=True)
class Request:
    """A request as it was received; `json` or `form` is its body, read as its face reads it."""

    face: str
    operation: str
    method: str
    path: str
    headers: HTTPMessage
    body: bytes
    connection: int
    json: Any = None
    form: dict[str, str] = field(default_factory=dict)


def understand(
    method: str, target: str, headers: HTTPMessage, body: bytes, connection: int
) -> Request:
    """Tell which face a request is for, and read its body as that face does."""
    path = urlsplit(target).path
    operation, parsed, form = "", None, {}
    if (method, path) == ("POST", "/"):
        face, operation = COGNITO, headers.get("X-Amz-Target", "").removeprefix(TARGET)
        with suppress(ValueError):
            parsed = json.loads(body)
    elif (method, path) == ("POST", "/oauth2/token"):
        face, form = TOKEN, dict(parse_qsl(body.decode("latin-1"), keep_blank_values=True))
    elif method == "GET" and path.endswith("/.well-known/jwks.json"):
        face = JWKS
    elif method == "GET" and path.endswith("/.well-known/openid-configuration"):
        face = DISCOVERY
    elif method == "GET" and path in GETS:
        face, form = GETS[path], dict(parse_qsl(urlsplit(target).query))
    else:
        face = OTHER
    return Request(face, operation, method, target, headers, body, connection, parsed, form)


def complaints(request: Request) -> Iterator[str]:
    """List what AWS would find malformed in a request."""
    where, content_type = request.operation or request.face, request.headers.get("Content-Type", "")
    if request.face != TOKEN and "Authorization" in request.headers:
        yield f"{where}: Authorization header on a request that is not to be signed"
    if request.face == OTHER:
        yield f"{request.method} {request.path}: no such thing"
    if request.face == TOKEN:
        if content_type.partition(";")[0] != "application/x-www-form-urlencoded":
            yield f"{where}: Content-Type is {content_type!r}"
        form = parse_qsl(request.body.decode("latin-1"), keep_blank_values=True)
        if len(form) > len(request.form):
            yield f"{where}: a parameter is repeated"
    if request.face == COGNITO:
        if content_type != CONTENT_TYPES[COGNITO]:
            yield f"{where}: Content-Type is {content_type!r}"
        if where not in model().operation_names:
            yield f"{where}: no such operation"
        else:
            operation = model().operation_model(where)
            if operation.auth_type != "none":
                yield f"{where}: needs AWS credentials"
            yield from cognito_model.violations(request.json, operation.input_shape, where)


# One entry of a script: JSON for a 200, a StubAnswer, the name of a fault, None for the healthy
# answer, or a function of the request that returns any of these.
Entry = dict[str, Any] | StubAnswer | str | None | Callable[[Request], Any]


class Upstream:
    """The stand-in, listening from construction to `close()`; also a context manager.

    Settings a test may change at any time: `keys` (the published JWKs), `tokens` (AccessToken,
    IdToken and RefreshToken of healthy answers), `latency` (seconds before each answer),
    `keep_alive`, `idle_seconds` (then a quiet connection is closed without a word),
    `drip_seconds` (between two bytes).
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._open: set[socket.socket] = set()
        self._elsewhere: Upstream | None = None
        self.stopping = threading.Event()
        self.reset()
        self._server = _Server(self)
        self.url = "http://{}:{}".format(*self._server.server_address)
        # The same server by another name, as Google is another one than Cognito.
        self.google = f"localhost:{self._server.server_address[1]}"
        poll = {"poll_interval": 0.02}  # seconds that close() may have to wait for the acceptor
        self._acceptor = threading.Thread(target=self._server.serve_forever, kwargs=poll)
        self._acceptor.start()

    def __enter__(self) -> "Upstream":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop at once, ending every connection whatever it was doing; later calls are refused."""
        self.stopping.set()
        self._server.shutdown()
        self.drop_connections()
        self._server.server_close()  # joins the threads of all connections
        self._acceptor.join()
        if self._elsewhere:
            self._elsewhere.close()

    def reset(self) -> None:
        """Forget all scripts, settings and records; open connections stay open."""
        with self._lock:
            self._scripts: dict[str, list[Entry]] = {}
            self.requests: list[Request] = []
            self.violations: list[str] = []
            self.connections = 0  # TCP connections accepted
            self.keys: list[dict[str, Any]] = []
            self.tokens: dict[str, str] = {}
            self.latency = 0.0
            self.keep_alive = True
            self.idle_seconds: float | None = None
            self.drip_seconds = 1.0
            if self._elsewhere:
                self._elsewhere.reset()

    @property
    def elsewhere(self) -> "Upstream":
        """The healthy server that redirects point to: nothing should ever reach it."""
        with self._lock:
            self._elsewhere = self._elsewhere or Upstream()
            return self._elsewhere

    # What a test says

    def answers(self, name: str, entries: Entry | list[Entry]) -> None:
        """Script an operation, a face, or "*" for all; the most specific script wins.

        A dict is the JSON of a 200. A list is used up in turn and its last entry stays.
        """
        entries = list(entries) if isinstance(entries, list) else [entries]
        if unknown := {entry for entry in entries if isinstance(entry, str)} - FAULTS.keys():
            raise ValueError(f"no such fault: {unknown}")
        faces = {"*", COGNITO, JWKS, TOKEN, DISCOVERY, *GETS.values()}
        if name not in faces | set(model().operation_names):
            raise ValueError(f"no such operation or face: {name}")
        with self._lock:
            self._scripts[name] = entries

    def refuses(self, name: str, code: str, message: str = "Refused.", status: int = 400) -> None:
        """Make an operation answer with this Cognito exception."""
        self.answers(name, cognito_error(code, message, status))

    def token_answers(self, body: Any, status: int = 200) -> None:
        """Make the token endpoint answer with this JSON."""
        self.answers(TOKEN, StubAnswer(status, body))

    def misbehaves(self, name: str, fault: str, times: int | None = None) -> None:
        """Make an operation, a face or "*" fail in this way: always, or `times` times."""
        self.answers(name, fault if times is None else [*[fault] * times, None])

    def drop_connections(self) -> None:
        """Close every open connection from this side, as idle ones die behind a client's back."""
        with self._lock:
            for conn in self._open:
                with suppress(OSError):
                    conn.shutdown(socket.SHUT_RDWR)

    # What a test asks

    def calls(self, name: str) -> list[Request]:
        """List the requests made to an operation or a face, oldest first."""
        with self._lock:
            return [call for call in self.requests if name in (call.operation, call.face)]

    def count(self, name: str) -> int:
        """Count the requests made to an operation or a face."""
        return len(self.calls(name))

    # How it works

    def serve(self, conn: socket.socket) -> None:
        """Answer the requests of one connection until either side is done with it."""
        with self._lock:
            self.connections += 1
            number = self.connections
            self._open.add(conn)
        try:
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._resets_on_accept():
                reset(self, conn)
                return
            with conn.makefile("rb") as incoming:
                while not self.stopping.is_set():
                    conn.settimeout(self.idle_seconds)
                    if not incoming.peek(1):
                        return
                    conn.settimeout(None)
                    request = self._read(incoming, number)
                    if not self._respond(conn, request):
                        return
        except OSError:
            pass  # the client left, or close() ended the connection
        finally:
            with self._lock:
                self._open.discard(conn)

    def _read(self, incoming: BinaryIO, number: int) -> Request:
        method, target, _ = incoming.readline().decode("latin-1").split()
        headers = parse_headers(incoming)
        length = int(headers.get("Content-Length", 0))
        body = incoming.read(length)
        if len(body) < length:
            raise ConnectionError("the client left in the middle of its request")
        request = understand(method, target, headers, body, number)
        complaints_found = list(complaints(request))
        with self._lock:
            self.requests.append(request)
            self.violations += complaints_found
        return request

    def _next(self, request: Request) -> Entry:
        with self._lock:
            for name in (request.operation, request.face, "*"):
                if script := self._scripts.get(name):
                    return script.pop(0) if len(script) > 1 else script[0]
        return None

    def _resets_on_accept(self) -> bool:
        # Nothing has been read yet, so this fault cannot tell whom the connection is for.
        with self._lock:
            for script in self._scripts.values():
                if script[0] == "reset on accept":
                    if len(script) > 1:
                        script.pop(0)
                    return True
        return False

    def _respond(self, conn: socket.socket, request: Request) -> bool:
        """Answer one request; tell whether the connection may carry another."""
        entry: Any = self._next(request)
        self.stopping.wait(self.latency)
        if callable(entry):
            entry = entry(request)
        if isinstance(entry, str):
            fault = FAULTS[entry]
            entry = fault(self, conn, request) if callable(fault) else fault
        if entry is None:
            entry = self.healthy(request)
        if isinstance(entry, dict):
            entry = StubAnswer(200, entry)
        keep_alive = self.keep_alive and request.headers.get("Connection", "").lower() != "close"
        if isinstance(entry, StubAnswer):
            conn.sendall(entry.wire(request.face, keep_alive))
            return keep_alive
        conn.sendall(entry)  # the bytes of a broken answer, after which there is nothing to say
        return False

    def healthy(self, request: Request) -> StubAnswer:
        """Build the answer of a pool in which all is well."""
        tokens = TOKENS | self.tokens
        if request.face == JWKS:
            return StubAnswer(200, {"keys": self.keys})
        if request.face == TOKEN:
            tokens |= {"IdToken": self.tokens.get("IdToken") or make_id_token()}  # it is verified
            snake = {f"{name[:-5].lower()}_token": value for name, value in tokens.items()}
            return StubAnswer(200, snake | {"expires_in": 3600, "token_type": "Bearer"})
        if request.face in (AUTHORIZE, LOGOUT, GOOGLE, DISCOVERY):
            return self._page(request)
        if request.operation not in model().operation_names:
            return cognito_error(
                "UnknownOperationException", "", 404 if request.face == OTHER else 400
            )
        shape = model().operation_model(request.operation).output_shape
        if shape is None:
            return StubAnswer(200, b"")
        # Cognito answers a session with a new one, except along with tokens.
        goes_on = "Session" in (request.json or {}) and "AuthenticationResult" not in shape.members
        absent = ABSENT if goes_on else ABSENT | {"Session"}
        return StubAnswer(200, example(shape, request.operation, KNOWN | tokens, absent))

    def _page(self, request: Request) -> StubAnswer:
        """Build what the hosted UI answers, and Google, to which it sends for a login."""
        query = request.form
        if request.face == DISCOVERY:
            return StubAnswer(200, {"authorization_endpoint": f"{self.url}/oauth2/authorize"})
        if request.face == GOOGLE:
            return StubAnswer(
                200, b"<html>Sign in with Google</html>", {"Content-Type": "text/html"}
            )
        if request.face == LOGOUT:
            return StubAnswer(302, b"", {"Location": query["logout_uri"]})
        if "identity_provider" not in query:
            return StubAnswer(302, b"", {"Location": f"{self.url}/login?{urlencode(query)}"})
        parameters = {
            "client_id": "cognito",
            "scope": "openid email profile",
            "redirect_uri": f"{self.url}/oauth2/idpresponse",
        }
        return StubAnswer(
            302, b"", {"Location": f"http://{self.google}/google?{urlencode(parameters)}"}
        )


class _Server(socketserver.ThreadingTCPServer):
    request_queue_size = 128

    def __init__(self, upstream: Upstream) -> None:
        self.upstream = upstream
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.upstream.serve(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Fail the test for a script that raises, and for a request that cannot be read.
        self.upstream.violations.append(traceback.format_exc())


@contextmanager
def closed_port() -> Iterator[str]:
    """Give the URL of a port that refuses connections, and that nobody else can take meanwhile."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield "http://{}:{}".format(*bound.getsockname())
