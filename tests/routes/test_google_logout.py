"""GET /auth/google/logout: the hosted UI forgets the browser, and sends it back here."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient

from tests.support.app import make_app
from tests.support.keys import CLIENT_ID
from tests.support.upstream import Upstream


def logout(api: FlaskClient, upstream: Upstream, host: str | None = None) -> dict[str, str]:
    """Ask for the logout; return the query that the browser is sent to the hosted UI with."""
    response = api.get("/auth/google/logout", headers={"Host": host} if host else {})

    assert (response.status_code, response.data) == (302, b"")
    url = urlsplit(response.headers["Location"])
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{upstream.url}/logout"
    assert upstream.requests == [], "the browser goes there, and nobody else"
    return dict(parse_qsl(url.query, strict_parsing=True))


def test_returns_to_the_root_of_the_api(api: FlaskClient, upstream: Upstream) -> None:
    query = {"client_id": CLIENT_ID, "logout_uri": "http://127.0.0.1:5000/"}

    assert logout(api, upstream, "127.0.0.1:5000") == query


@pytest.mark.parametrize(
    ("redirect_uri", "root"),
    [
        ("https://api.example.com/auth/google/callback", "https://api.example.com/"),
        ("https://example.com/v1/auth/google/callback", "https://example.com/v1/"),
    ],
)
def test_of_a_configured_callback(upstream: Upstream, redirect_uri: str, root: str) -> None:
    """Whatever Host says, the browser returns to where the API is registered."""
    api = make_app(upstream, COGNITO_REDIRECT_URI=redirect_uri).test_client()

    assert logout(api, upstream, "elsewhere.example") == {
        "client_id": CLIENT_ID,
        "logout_uri": root,
    }


def test_from_a_host_that_is_none(api: FlaskClient) -> None:
    response = api.get("/auth/google/logout", headers={"Host": "a b"})

    assert response.status_code == 400
    assert response.json == {
        "error": "InvalidRequest",
        "message": "The Host header does not name a host; set COGNITO_REDIRECT_URI.",
    }
