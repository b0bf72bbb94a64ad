"""The URL of this API, as the client of a request wrote it."""

from urllib.parse import quote, urlsplit

from flask import Request, request


def own_origin(request: Request) -> str:
    """Return scheme and host of a request as its client wrote them.

    Werkzeug's own URLs have a host name in Unicode instead, which neither an Origin header nor a
    registered URL has; and they raise UnicodeError for a name that is not Punycode after `xn--`.
    """
    return f"{request.scheme}://{request.host}"


def base_url() -> str | None:
    """Return scheme, host and stage or base path; None if the Host header is not a host.

    Clients choose the Host of a request: use this only in answers to them, or where somebody else
    checks it.
    """
    url = own_origin(request) + quote(request.root_path).rstrip("/")
    try:
        parts = urlsplit(url)
        is_host = bool((parts.hostname or "").encode("idna")) and parts.port != 0
    except ValueError:
        is_host = False
    return url if request.host and is_host else None
