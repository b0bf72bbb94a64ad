"""The client's address, scheme and host behind the proxies that TRUSTED_PROXIES counts."""

import ipaddress
from functools import lru_cache

from flask import Flask, request


def init_app(app: Flask, hops: int) -> None:
    """Use the X-Forwarded-* values that the proxy `hops` steps away has written.

    Each proxy sets these headers or appends a value. A client can write any value before the last
    `hops`; without proxies it can write all of them, so the headers are not read.
    """
    if hops:
        from werkzeug.middleware.proxy_fix import ProxyFix  # here, because Lambda does not need it

        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's own way to wrap an app
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )


def client_address() -> str | None:
    """Return the client's IP address; None if there is none, as at a Unix socket."""
    return _address(request.remote_addr or "")


@lru_cache(maxsize=1024)  # a login needs it twice, and parsing it is 2 % of that login's cost
def _address(peer: str) -> str | None:
    """Return the IP address in what a server or a proxy calls its peer, None if there is none.

    Some proxies append the client's port, with IPv6 addresses in brackets (RFC 7239, section 6.1).
    """
    text = peer.partition("%")[0]  # a zone means nothing elsewhere
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
