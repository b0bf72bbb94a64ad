"""What all tests share: a clean environment, a scripted Cognito, and the API in front of it."""

import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.app import SETTINGS, make_app
from tests.support.keys import make_token, pool_key
from tests.support.live import Live, run_live, skip_unless_local_aws
from tests.support.upstream import Upstream


def _only_loopback(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple):
        host = args[1][0]
        if not (host.startswith("127.") or host in ("::1", "localhost")):
            raise AssertionError(f"a test connects to {host}")


sys.addaudithook(_only_loopback)


@pytest.fixture(autouse=True, scope="session")
def environment() -> Iterator[pytest.MonkeyPatch]:
    """Keep the machine's own AWS and API settings out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("AWS_", "COGNITO_", "FLASK_")) or name in SETTINGS:
                patch.delenv(name)
        patch.setenv("PYTHON_DOTENV_DISABLED", "true")
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        yield patch


@pytest.fixture(scope="session")
def shared_upstream() -> Iterator[Upstream]:
    """Run one scripted Cognito for all tests; they use `upstream`, which forgets in between."""
    with Upstream() as upstream:
        yield upstream


@pytest.fixture
def upstream(shared_upstream: Upstream) -> Upstream:
    """Give a scripted Cognito that has the pool's signing key and no script."""
    shared_upstream.reset()
    shared_upstream.keys = [pool_key().jwk]
    return shared_upstream


@pytest.fixture(scope="session")
def app(shared_upstream: Upstream) -> Flask:
    """Give the API in front of the scripted Cognito; it may know the signing keys already."""
    return make_app(shared_upstream)


@pytest.fixture
def api(app: Flask, upstream: Upstream) -> FlaskClient:
    """Give a client of the API without cookies of earlier tests."""
    return app.test_client()


@pytest.fixture
def token() -> str:
    """Give a valid access token."""
    return make_token()


@pytest.fixture
def user(app: Flask, upstream: Upstream, token: str) -> FlaskClient:
    """Give a client of the API that sends the access token with every request."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


@pytest.fixture
def well_formed(upstream: Upstream) -> Iterator[None]:
    """Hold everything that the test makes the API send against botocore's model."""
    yield
    assert upstream.violations == []


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    """Run the API in front of the local AWS once for all tests; each uses addresses of its own."""
    skip_unless_local_aws()
    with run_live() as live:
        yield live
