"""The client's address, scheme and host behind the proxies that TRUSTED_PROXIES counts."""

from flask import Flask


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
