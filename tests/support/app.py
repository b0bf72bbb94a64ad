"""The API under test: its settings, and how to build it in front of an upstream."""

import pytest
from flask import Flask

from app import create_app
from app.settings import Settings
from tests.support.keys import CLIENT_ID, CLIENT_SECRET, POOL, REGION
from tests.support.upstream import Upstream

ENDPOINT = "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"
SETTINGS = {
    "FLASK_SECRET_KEY": "a secret of 32 characters or more",
    "COGNITO_REGION": REGION,
    "USER_POOL_ID": POOL,
    "CLIENT_ID": CLIENT_ID,
    "CLIENT_SECRET": CLIENT_SECRET,
    "COGNITO_DOMAIN": "http://localhost:1",
}

# The README's own example of settings.
EXAMPLE = {
    "FLASK_SECRET_KEY": "dev",
    "COGNITO_REGION": "us-east-1",
    "USER_POOL_ID": "us-east-1_XXXX",
    "CLIENT_ID": "xxxxxxxx",
    "CLIENT_SECRET": "yyyyyyyy",
    "COGNITO_DOMAIN": "https://your-domain.auth.us-east-1.amazoncognito.com",
}


def make_app(upstream: Upstream | str, **settings: str) -> Flask:
    """Build the API in front of this upstream, with settings by their environment names."""
    url = upstream if isinstance(upstream, str) else upstream.url
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ENDPOINT, url)
        app = create_app(Settings.from_env({**SETTINGS, "COGNITO_DOMAIN": url, **settings}))
    app.testing = False  # a test sees what a caller would see, faults included
    return app


# What Cognito is told of the caller in every test: the address of Flask's test client.
CALLER = {"IpAddress": "127.0.0.1"}
