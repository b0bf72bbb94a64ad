"""The API on a real port, with the local AWS behind it: what the flow and browser tests share."""

import base64
import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from wsgiref.types import WSGIApplication

import pyotp
import pytest
import requests
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server

from app import create_app
from app.settings import Settings
from local.servers import loopback
from local.servers.environment import COGNITO
from local.servers.mailbox import wait_for_code
from local.servers.pool import Pool, create_pool
from local.servers.stack import Stack, callback_urls, logout_urls

PASSWORD = "Str0ngP@ssw0rd!"
MAIL_SECONDS = 5
SEEN_BY_BOTO3 = "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"


def new_email() -> str:
    """Make up an address that no other test uses."""
    return f"user-{uuid.uuid4().hex[:12]}@example.com"


def skip_unless(installed: object, otherwise: str) -> None:
    """Skip the test where something is not installed; in CI everything has to be."""
    if not installed:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(otherwise)


def skip_unless_local_aws() -> None:
    """Skip the test where the local AWS is not installed."""
    skip_unless(
        COGNITO.python.exists(),
        "the local Cognito is not installed: run `make test`, or once"
        f" `python tools/install.py {COGNITO.folder} {COGNITO.requirements}`",
    )


@dataclass(frozen=True)
class Live:
    """A running API and the local AWS behind it, as seen by a user with a mailbox."""

    stack: Stack
    url: str
    session: requests.Session = field(repr=False)

    def get(self, path: str, token: str | None = None) -> requests.Response:
        """GET with an optional bearer token."""
        return self._send("GET", path, token)

    def post(self, path: str, body: dict[str, Any], token: str | None = None) -> requests.Response:
        """POST a JSON body with an optional bearer token."""
        return self._send("POST", path, token, json=body)

    def delete(self, path: str, token: str) -> requests.Response:
        """DELETE with a bearer token."""
        return self._send("DELETE", path, token)

    def code(self, email: str) -> str:
        """Read the code in the newest mail to this address."""
        code = wait_for_code(self.stack.aws.mailbox(), email, MAIL_SECONDS)
        assert code, f"no mail with a code came for {email}"
        return code

    def sign_up(self, email: str) -> str:
        """Make a user who has confirmed the email; return the user's sub."""
        signed_up = self.post("/auth/signup", {"email": email, "password": PASSWORD})
        assert signed_up.status_code == 200, signed_up.text
        confirmed = self.post("/auth/confirm", {"email": email, "code": self.code(email)})
        assert confirmed.status_code == 200, confirmed.text
        sub: str = signed_up.json()["user_sub"]
        return sub

    def log_in(self, email: str, password: str = PASSWORD) -> dict[str, Any]:
        """Log in; return the tokens."""
        answer = self.post("/auth/login", {"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    def _send(self, method: str, path: str, token: str | None, **kwargs: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.session.request(method, self.url + path, headers=headers, timeout=10, **kwargs)


def answer(response: requests.Response) -> tuple[int, Any]:
    """Return status and body; every body is JSON."""
    assert response.headers["Content-Type"] == "application/json"
    return response.status_code, response.json()


def totp(secret: str, used: int = 0) -> str:
    """Compute what an authenticator app shows now, or after the codes that are used already.

    Cognito takes each code once, and one that is a step early, too.
    """
    return pyotp.TOTP(secret).at(time.time() + 30 * used)


def claims(token: str) -> dict[str, Any]:
    """Return what a token says, unverified."""
    payload = token.split(".")[1]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * 3))
    return decoded


def new_session() -> requests.Session:
    """Make a browser without pages: it keeps cookies, follows redirects and uses no proxy."""
    session = requests.Session()
    session.trust_env = False
    return session


@contextmanager
def run_live(port: int = 0) -> Iterator[Live]:
    """Run the local AWS, and the API in front of it, while the block lasts."""
    with (
        listen(port) as listener,
        Stack.run(api_port=_port(listener)) as stack,
        serve(make_app(stack), listener) as url,
        new_session() as session,
    ):
        yield Live(stack, url, session)


@contextmanager
def run_beside(live: Live, *words: str, **settings: str) -> Iterator[Live]:
    """Run another API in front of another pool in the same local Cognito, with words of POOL."""
    with listen() as listener:
        pool: Pool = create_pool(
            live.stack.admin,
            live.stack.google.issuer,
            callback_urls(_port(listener)),
            logout_urls(_port(listener)),
            words,
        )
        stack = replace(live.stack, pool=pool)
        with serve(make_app(stack, **settings), listener) as url, new_session() as session:
            yield Live(stack, url, session)


def make_app(stack: Stack, **settings: str) -> Flask:
    """Build the API in front of the stack."""
    environment = {**stack.environment(), **settings}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SEEN_BY_BOTO3, environment[SEEN_BY_BOTO3])
        return create_app(Settings.from_env(environment))


def below(prefix: str, app: Flask) -> WSGIApplication:
    """Mount the app below a path, as a stage of API Gateway does."""
    return DispatcherMiddleware(_nothing, {prefix: app})


def _nothing(environ: Any, start_response: Any) -> list[bytes]:
    start_response("404 Not Found", [("Content-Length", "0")])
    return []


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Keep the access log, and the codes in its queries, out of the output."""


def listen(port: int = 0) -> socket.socket:
    """Take a port before anything can be served there: the pool has to know the callback URL."""
    return socket.create_server((loopback.HOST, port))


def _port(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


@contextmanager
def serve(app: WSGIApplication, listener: socket.socket) -> Iterator[str]:
    """Serve the app in a thread while the block lasts; give its URL."""
    server = make_server(
        loopback.HOST,
        _port(listener),
        app,
        threaded=True,
        request_handler=_Quiet,
        fd=listener.fileno(),
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://{loopback.HOST}:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
