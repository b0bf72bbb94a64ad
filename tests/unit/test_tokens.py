"""Bearer tokens on GET /me: which of them are taken, and what the others are told."""

import base64
import json
import logging
import socket
import threading
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.serving import make_server

from app.cognito.keys import KeySet
from app.cognito.tokens import TokenVerifier
from app.errors import InvalidToken
from tests.support.app import make_app
from tests.support.hostile import GOOD, HOSTILE, URLSAFE, Made
from tests.support.keys import (
    CLIENT_ID,
    ISSUER,
    ec_key,
    make_token,
    next_key,
    pool_key,
)
from tests.support.upstream import Upstream

CHALLENGE = 'Bearer realm="cognito-auth-api"'
NO_TOKEN = "Send an access token: Authorization: Bearer <access_token>"


@pytest.fixture(scope="module")
def app(shared_upstream: Upstream) -> Flask:
    return make_app(shared_upstream)


@pytest.fixture
def upstream(upstream: Upstream) -> Upstream:
    """Give a pool that lists another key and one of another kind beside its current one."""
    upstream.keys = [pool_key().jwk, next_key().jwk, ec_key().jwk]
    return upstream


def me(api: FlaskClient, token: str) -> Any:
    return api.get("/me", headers={"Authorization": f"Bearer {token}"})


def common(token: str, text: str) -> set[str]:
    """Find what is long enough to be told apart from chance, and is in both."""
    pieces = {token[i : i + 8] for i in range(len(token) - 7)}
    return pieces & {text[i : i + 8] for i in range(len(text) - 7)}


@pytest.mark.parametrize(
    ("message", "make"),
    [
        pytest.param(message, make, id=name)
        for message, table in HOSTILE.items()
        for name, make in table.items()
    ],
)
def test_hostile_token_is_refused_and_never_repeated(
    api: FlaskClient,
    upstream: Upstream,
    caplog: pytest.LogCaptureFixture,
    message: str,
    make: Made,
) -> None:
    token = make()
    with caplog.at_level(logging.DEBUG):
        response = me(api, token)

    assert response.status_code == 401
    assert response.json == {"error": "InvalidToken", "message": message}
    challenge = f'{CHALLENGE}, error="invalid_token", error_description="{message}"'
    assert response.headers["WWW-Authenticate"] == challenge
    assert common(token, f"{response.headers}{response.text}{caplog.text}") == set()
    assert {request.face for request in upstream.requests} <= {"jwks"}


@pytest.mark.parametrize("make", GOOD.values(), ids=GOOD)
def test_good_token_gives_its_claims(api: FlaskClient, make: Made) -> None:
    token = make()
    response = me(api, token)

    assert response.status_code == 200
    claims = token.split(".")[1]
    assert response.json == json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert "WWW-Authenticate" not in response.headers


@pytest.mark.parametrize("where", ["jku", "x5u"])
@pytest.mark.parametrize("key", [pool_key, next_key], ids=["true", "forged"])
def test_token_naming_a_place_for_keys_makes_nobody_go_there(
    api: FlaskClient, upstream: Upstream, where: str, key: Any
) -> None:
    upstream.elsewhere.keys = [{**next_key().jwk, "kid": pool_key().kid}]
    place = {where: upstream.elsewhere.url + "/.well-known/jwks.json", "kid": pool_key().kid}

    status = me(api, make_token(key=key(), header=place)).status_code

    assert status == (200 if key is pool_key else 401)
    assert upstream.elsewhere.requests == []


# exp, nbf, the verifier's clock, and whether the token is good then
SECONDS = {
    "just before exp": (1000, None, 999.999, True),
    "at exp": (1000, None, 1000, False),
    "just after exp": (1000, None, 1000.001, False),
    "just before a fractional exp": (1000.5, None, 1000.499, True),
    "at a fractional exp": (1000.5, None, 1000.5, False),
    "just before nbf": (2000, 1000, 999.999, False),
    "at nbf": (2000, 1000, 1000, True),
    "just after nbf": (2000, 1000, 1000.001, True),
}


@pytest.mark.parametrize(("exp", "nbf", "now", "good"), SECONDS.values(), ids=SECONDS)
def test_token_is_good_to_the_very_second(
    exp: float, nbf: float | None, now: float, good: bool
) -> None:
    verifier = TokenVerifier(
        KeySet(lambda: json.dumps({"keys": [pool_key().jwk]}).encode()),
        issuers={ISSUER},
        use="access",
        client_claim="client_id",
        client_id=CLIENT_ID,
        strings=("scope",),
        clock=lambda: now,
    )
    token = make_token(claims={"exp": exp} | ({"nbf": nbf} if nbf else {}))

    if good:
        assert verifier.verify(token)["exp"] == exp
    else:
        with pytest.raises(InvalidToken):
            verifier.verify(token)


WITHOUT_A_TOKEN = {
    "no header": {},
    "an empty header": {"headers": {"Authorization": ""}},
    "the scheme alone": {"headers": {"Authorization": "Bearer"}},
    "the scheme and spaces": {"headers": {"Authorization": "Bearer   "}},
    "another scheme": {"headers": {"Authorization": "Basic TOKEN"}},
    "a scheme like it": {"headers": {"Authorization": "Bearers TOKEN"}},
    "no scheme": {"headers": {"Authorization": "TOKEN"}},
    "a tab after the scheme": {"headers": {"Authorization": "Bearer\tTOKEN"}},
    "another scheme first": {"headers": {"Authorization": "Basic eA==, Bearer TOKEN"}},
    "the query": {"query_string": {"access_token": "TOKEN", "Authorization": "Bearer TOKEN"}},
    "a form": {"data": {"access_token": "TOKEN"}},
    "a cookie": {"headers": {"Cookie": "access_token=TOKEN; Authorization=Bearer TOKEN"}},
    "headers like it": {"headers": {"X-Authorization": "Bearer TOKEN", "X-Amzn-Token": "TOKEN"}},
}


@pytest.mark.parametrize("options", WITHOUT_A_TOKEN.values(), ids=WITHOUT_A_TOKEN)
def test_token_anywhere_but_in_its_header_is_none(
    api: FlaskClient, options: dict[str, Any]
) -> None:
    token = make_token()
    options = json.loads(json.dumps(options).replace("TOKEN", token))

    response = api.application.test_client(use_cookies=False).get("/me", **options)

    assert response.status_code == 401
    assert response.json == {"error": "InvalidToken", "message": NO_TOKEN}
    assert response.headers["WWW-Authenticate"] == CHALLENGE
    assert common(token, f"{response.headers}{response.text}") == set()


@pytest.mark.parametrize("other", ["Bearer {}", "Basic eA==", ""])
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_second_authorization_header_spoils_the_first(
    app: Flask, upstream: Upstream, other: str, first: bool
) -> None:
    token = make_token()
    values = [f"Bearer {token}", other.format(token)]
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    with socket.create_connection(server.server_address[:2]) as connection:
        lines = [f"Authorization: {value}" for value in (values if first else values[::-1])]
        request = ["GET /me HTTP/1.1", "Host: localhost", "Connection: close", *lines, "", ""]
        connection.sendall("\r\n".join(request).encode())
        with connection.makefile("rb") as answer:
            text = answer.read().decode()
    thread.join()
    server.server_close()

    assert " 401 " in text.partition("\r\n")[0]
    assert common(token, text) == set()


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["replace", "insert", "delete", "swap", "repeat"]),
        st.integers(0, 2000),
        st.one_of(st.sampled_from(URLSAFE + ".=+/ ,"), st.characters(max_codepoint=255)),
    ),
    min_size=1,
    max_size=4,
)
PROPERTY = settings(
    max_examples=300,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def edited(text: str, kind: str, position: int, character: str) -> str:
    i = position % (len(text) + 1)
    before, after = text[:i], text[i:]
    return {
        "replace": before + character + after[1:],
        "insert": before + character + after,
        "delete": before + after[1:],
        "swap": before + after[1:2] + after[:1] + after[2:],
        "repeat": before + after[:40] + after,
    }[kind]


@PROPERTY
@given(edits=EDITS)
def test_token_changed_in_any_way_is_refused(
    api: FlaskClient, edits: list[tuple[str, int, str]]
) -> None:
    token = changed = make_token()
    for edit in edits:
        changed = edited(changed, *edit)
    changed = changed.replace("\r", "").replace("\n", "")  # which no header can carry

    same = changed.strip(" ") == token
    assert me(api, changed).status_code == (200 if same else 401)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = ["iss", "sub", "exp", "iat", "nbf", "client_id", "token_use", "scope", "aud", "x"]
MEMBERS = ["alg", "kid", "typ", "cty", "crit", "jwk", "jku", "x5c", "b64", "zip"]


@PROPERTY
@given(
    header=st.dictionaries(st.sampled_from(MEMBERS[2:]), JSON, max_size=2),
    claims=st.dictionaries(st.sampled_from(NAMES), JSON, max_size=3),
)
def test_signed_token_of_any_content_breaks_nothing(
    api: FlaskClient, header: dict[str, Any], claims: dict[str, Any]
) -> None:
    assert me(api, make_token(header=header, claims=claims)).status_code in (200, 401)
