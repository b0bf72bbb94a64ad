"""The hosted UI: Cognito's pages and OAuth endpoints for browsers.

`authorize` reads what an app asks for and gives out codes, `login` is Cognito's own page,
`federation` sends the browser to another provider and takes it back, `token` exchanges codes,
`endpoints` is the rest.
"""

from flask import Flask

from local.cognito.hosted import authorize, endpoints, federation, login, token
from local.cognito.server import Server


def init_app(app: Flask, server: Server) -> None:
    """Serve all of it."""
    for part in (authorize, login, federation, token, endpoints):
        part.init_app(app, server)
