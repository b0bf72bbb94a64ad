"""The headers of every answer: security headers, the request's id, and CORS."""

import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Request

from app.logs import request_id
from app.origins import Origins
from app.web.base_url import own_origin

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
    # It also saves 15 µs a request.
    flask_app, origins = app.wsgi_app, Origins(cors_origins)

    def add_headers(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        identity = os.urandom(8).hex()

        def start(status: str, headers: Headers, *exc_info: Any) -> Callable[[bytes], object]:
            present = {name for name, _ in headers}
            headers += [default for default in DEFAULTS if default[0] not in present]
            headers += ALWAYS
            headers.append(("X-Request-Id", identity))
            if environ["wsgi.url_scheme"] == "https":
                headers.append(HSTS)
            headers.append(("Vary", "Origin"))
            if "HTTP_ORIGIN" in environ:
                headers += _cors(environ, dict(headers), origins, allow_credentials)
            return start_response(status, headers, *exc_info)

        token = request_id.set(identity)
        try:
            return flask_app(environ, start)
        finally:
            request_id.reset(token)

    app.wsgi_app = add_headers  # type: ignore[method-assign]  # Flask's own way to wrap an app


def _cors(
    environ: WSGIEnvironment, headers: Mapping[str, str], origins: Origins, allow_credentials: bool
) -> Headers:
    """Return the headers that let pages of the request's origin read the answer, if any."""
    origin = environ["HTTP_ORIGIN"]
    if origin not in origins:
        if origin != own_origin(Request(environ)):
            # A browser does not tell the page's developer which setting is missing; this does.
            log.warning(
                "Pages of %.200s may not call this API unless CORS_ORIGINS lists it.", origin
            )
        return []
    cors = [
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Expose-Headers", "WWW-Authenticate, Retry-After, X-Request-Id"),
    ]
    if allow_credentials:
        cors.append(("Access-Control-Allow-Credentials", "true"))
    if environ["REQUEST_METHOD"] == "OPTIONS":
        cors += [
            ("Access-Control-Allow-Methods", headers.get("Allow", "")),
            ("Access-Control-Allow-Headers", "Authorization, Content-Type"),
            ("Access-Control-Max-Age", "600"),
        ]
    return cors
