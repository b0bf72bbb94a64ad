"""Who the client is where proxies stand in front of the server, as TRUSTED_PROXIES says."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def init_app(app: Flask, hops: int) -> None:
    """Take scheme, host and address from what the proxy `hops` steps away said of its client.

    Each proxy appends what it knows to the X-Forwarded-* headers, or sets them; what stands before
    the last `hops` values is hearsay. Without proxies all of it is, and nothing is looked at.
    """
    if hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's own way to wrap an app
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
