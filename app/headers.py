"""The headers of every answer: what browsers and caches may do with it."""

from collections.abc import Collection

from flask import Flask, Response, request

API_POLICY = "default-src 'none'; frame-ancestors 'none'"
HSTS = "max-age=31536000; includeSubDomains"


def init_app(app: Flask, cors_origins: Collection[str]) -> None:
    """Add security headers, and CORS for the listed origins, to every answer of the app."""
    origins = frozenset(cors_origins)

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Cache-Control", "no-store")  # RFC 6749, section 5.1: tokens
        headers.setdefault("Content-Security-Policy", API_POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"  # a callback's address holds the code
        if request.is_secure:
            headers["Strict-Transport-Security"] = HSTS
        if origins:
            headers.add("Vary", "Origin")
            if request.headers.get("Origin") in origins:
                _allow_origin(response)
        return response


def _allow_origin(response: Response) -> None:
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
    headers["Access-Control-Expose-Headers"] = "WWW-Authenticate, Retry-After"
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = headers.get("Allow", "")
        headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        headers["Access-Control-Max-Age"] = "600"
