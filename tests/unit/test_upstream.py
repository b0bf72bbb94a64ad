"""The instruments themselves: what the other tests rely on when they believe the stand-in."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
import requests
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.support.cognito_model import KNOWN, example, model, violations
from tests.support.faults import FAULTS, HUGE, StubAnswer, cognito_error
from tests.support.keys import (
    CLIENT_ID,
    CLIENT_SECRET,
    POOL,
    REGION,
    SUB,
    ec_key,
    make_id_token,
    make_token,
    next_key,
    pool_key,
    sign,
    weak_key,
)
from tests.support.upstream import Upstream, closed_port

PUBLIC = [
    name for name in model().operation_names if model().operation_model(name).auth_type == "none"
]
JWKS_PATH = f"/{POOL}/.well-known/jwks.json"


@pytest.fixture
def pool() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def aws() -> boto3.Session:
    return boto3.Session("key-id", "key-secret")


@pytest.fixture
def cognito(pool: Upstream, aws: boto3.Session) -> Iterator[Any]:
    config = Config(signature_version=UNSIGNED, retries={"max_attempts": 0})
    client = aws.client("cognito-idp", REGION, endpoint_url=pool.url, config=config)
    yield client
    client.close()


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


def call(client: Any, operation: str, params: dict[str, Any]) -> dict[str, Any]:
    """Call an operation by its own name, without what boto3 adds to the answer."""
    answer = client._make_api_call(operation, params)
    del answer["ResponseMetadata"]
    return answer


@pytest.mark.parametrize("operation", PUBLIC)
def test_every_public_operation_has_a_healthy_answer(
    operation: str, pool: Upstream, cognito: Any
) -> None:
    inputs = {"ClientSecret": CLIENT_SECRET, "SecretHash": "c2VjcmV0", "UserCode": "123456"}
    shape = model().operation_model(operation)
    params = example(shape.input_shape, operation, KNOWN | inputs | {"UserPoolId": POOL}, ())
    answer = call(cognito, operation, params)
    assert pool.violations == []
    (request,) = pool.requests
    assert (request.face, request.operation, request.json) == ("cognito", operation, params)
    if shape.output_shape:
        healthy = pool.healthy(request).body
        assert list(violations(healthy, shape.output_shape, operation)) == []
        assert answer.keys() == healthy.keys()


def test_tokens_of_healthy_answers_are_the_tests_own(pool: Upstream, cognito: Any) -> None:
    pool.tokens = {"AccessToken": make_token(), "IdToken": make_id_token()}
    params = {"ClientId": CLIENT_ID, "AuthFlow": "USER_AUTH"}
    assert call(cognito, "InitiateAuth", params)["AuthenticationResult"] == {
        **pool.tokens,
        "RefreshToken": "RefreshToken-of-the-stand-in",
        "ExpiresIn": 3600,
        "TokenType": "Bearer",
    }


def test_refusals_reach_boto3_as_cognitos(pool: Upstream, cognito: Any) -> None:
    pool.refuses("GetUser", "NotAuthorizedException", "Access Token has been revoked")
    with pytest.raises(cognito.exceptions.NotAuthorizedException) as caught:
        cognito.get_user(AccessToken="t")
    assert caught.value.response["Error"]["Message"] == "Access Token has been revoked"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_scripts_are_used_up_in_turn(pool: Upstream, cognito: Any) -> None:
    replies: list[Any] = [cognito_error("TooManyRequestsException"), {"Username": "a"}]
    pool.answers("GetUser", [*replies, lambda request: {"Username": request.json["AccessToken"]}])
    with pytest.raises(ClientError, match="TooManyRequests"):
        cognito.get_user(AccessToken="t")
    users = [cognito.get_user(AccessToken=token)["Username"] for token in "tuv"]
    assert (users, pool.count("GetUser")) == (["a", "u", "v"], 4)


@pytest.mark.parametrize(
    ("operation", "body", "violation"),
    [
        ("GetUser", {}, "GetUser.AccessToken: is required"),
        ("GetUser", {"AccessToken": 7}, "GetUser.AccessToken: is not a string"),
        ("GetUser", {"AccessToken": "t", "X": 1}, "GetUser.X: is unknown"),
        ("GetUser", [], "GetUser: is not a structure"),
        ("RevokeToken", {"Token": "t", "ClientId": "c" * 129}, "ClientId: more than 128"),
        ("ForgotPassword", {"ClientId": "c", "Username": ""}, "Username: less than 1"),
        ("ForgotPassword", {"ClientId": "c", "Username": "a b"}, "Username: does not match"),
        ("ForgotPassword", {"ClientId": "c", "Username": "\ud800"}, "Username: does not match"),
        ("InitiateAuth", {"ClientId": "c", "AuthFlow": "x"}, "AuthFlow: is not one of"),
        ("AdminGetUser", {"UserPoolId": POOL, "Username": "u"}, "needs AWS credentials"),
        ("GetEverything", {}, "no such operation"),
    ],
)
def test_malformed_requests_are_noticed(
    operation: str, body: Any, violation: str, pool: Upstream, http: requests.Session
) -> None:
    target = f"AWSCognitoIdentityProviderService.{operation}"
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    http.post(pool.url, json.dumps(body), headers=headers)
    assert violation in pool.violations[0]


def test_names_of_any_alphabet_are_well_formed(pool: Upstream, cognito: Any) -> None:
    cognito.forgot_password(ClientId=CLIENT_ID, Username="žofie+ß@例え.jp")
    assert pool.violations == []


def test_signed_requests_are_noticed(pool: Upstream, aws: boto3.Session) -> None:
    client = aws.client("cognito-idp", REGION, endpoint_url=pool.url)
    client._make_api_call("AdminGetUser", {"UserPoolId": POOL, "Username": "u"})
    client.close()
    assert "Authorization header" in pool.violations[0]


def test_the_jwks_and_token_faces(pool: Upstream, http: requests.Session) -> None:
    pool.keys = [pool_key().jwk]
    assert http.get(pool.url + JWKS_PATH).json() == {"keys": [pool_key().jwk]}
    form = {"grant_type": "authorization_code", "code": "a b&c"}
    tokens = http.post(f"{pool.url}/oauth2/token", form, auth=("id", "secret")).json()
    assert tokens.keys() >= {"access_token", "id_token", "refresh_token", "expires_in"}
    pool.token_answers({"error": "invalid_grant"}, status=400)
    assert http.post(f"{pool.url}/oauth2/token", form).status_code == 400
    assert pool.calls("token")[0].form == form
    assert pool.calls("token")[0].headers["authorization"].startswith("Basic ")
    assert (pool.violations, pool.count("jwks"), pool.count("token")) == ([], 1, 2)


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_what_they_say(fault: str, pool: Upstream, http: requests.Session) -> None:
    pool.misbehaves("jwks", fault, times=1)
    url = pool.url + JWKS_PATH
    if fault[:3].isdigit():
        answer = http.get(url, timeout=5, allow_redirects=False)
        assert answer.status_code == int(fault[:3])
        assert (len(answer.content) > HUGE) == (fault in {"200 huge", "200 gzip bomb"})
        assert pool.elsewhere.requests == []
    else:
        with pytest.raises(requests.RequestException):
            http.get(url, timeout=0.2)
    assert http.get(url, timeout=5).json() == {"keys": []}


def test_redirects_lead_to_a_server_that_remembers(pool: Upstream, http: requests.Session) -> None:
    pool.misbehaves("token", "307")
    assert http.post(f"{pool.url}/oauth2/token", {"code": "c"}).json()["token_type"] == "Bearer"
    assert [request.form for request in pool.elsewhere.requests] == [{"code": "c"}]


@pytest.mark.parametrize("fault", ["hang", "drip", "drip body", "endless headers", "200 huge"])
def test_close_ends_whatever_is_going_on(fault: str) -> None:
    before = threading.active_count()
    with Upstream() as pool, ThreadPoolExecutor() as clients:
        pool.misbehaves("*", fault)
        calls = [
            clients.submit(requests.get, pool.url + JWKS_PATH, timeout=30, stream=True)
            for _ in range(4)
        ]
        while pool.count("jwks") < 4:
            time.sleep(0.01)
        started = time.monotonic()
        pool.close()
        assert time.monotonic() - started < 1
        for done in calls:
            if not done.exception():
                done.result().close()
    assert threading.active_count() == before


def test_connections_are_kept_alive_unless_told_otherwise(
    pool: Upstream, http: requests.Session
) -> None:
    def connections_after_two() -> int:
        before = pool.connections
        for _ in range(2):
            http.get(pool.url + JWKS_PATH)
        return pool.connections - before

    assert connections_after_two() == 1
    pool.drop_connections()
    assert connections_after_two() == 1  # a new one, which stays
    pool.drop_connections()
    pool.keep_alive = False
    assert connections_after_two() == 2
    pool.keep_alive, pool.idle_seconds = True, 0.05
    assert connections_after_two() == 1
    time.sleep(0.2)
    assert connections_after_two() == 1


def test_64_clients_are_served_at_once(pool: Upstream) -> None:
    pool.latency, url = 0.3, pool.url + JWKS_PATH
    started = time.monotonic()
    with ThreadPoolExecutor(64) as clients:
        answers = list(clients.map(lambda url: requests.get(url, timeout=5), [url] * 64))
    assert all(answer.ok for answer in answers)
    assert pool.connections == 64
    assert time.monotonic() - started < 64 * 0.3 / 4


def test_a_closed_port_and_a_closed_stand_in_refuse(pool: Upstream, http: requests.Session) -> None:
    pool.close()
    with closed_port() as url:
        for refusing in (url, pool.url):
            with pytest.raises(requests.ConnectionError, match="refused"):
                http.get(refusing)


def test_mistakes_in_a_test_are_noticed(pool: Upstream, http: requests.Session) -> None:
    with pytest.raises(ValueError, match="no such fault"):
        pool.misbehaves("jwks", "hnag")
    with pytest.raises(ValueError, match="no such operation"):
        pool.answers("SignUpp", StubAnswer())
    pool.answers("jwks", lambda request: 1 / 0)
    with pytest.raises(requests.ConnectionError):
        http.get(pool.url + JWKS_PATH)
    assert "ZeroDivisionError" in pool.violations[0]


def read(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


@pytest.mark.parametrize("key", [pool_key, next_key, weak_key], ids=lambda key: key.__name__)
def test_published_keys_verify_what_was_signed(key: Any) -> None:
    e, n = (int.from_bytes(read(key().jwk[name]), "big") for name in "en")
    public = rsa.RSAPublicNumbers(e, n).public_key()
    data, _, signature = sign(b"any", b"\xff bytes", key()).rpartition(".")
    public.verify(read(signature), data.encode(), padding.PKCS1v15(), hashes.SHA256())
    data, _, signature = make_token(key=key(), alg="PS384").rpartition(".")
    pss = padding.PSS(padding.MGF1(hashes.SHA384()), 48)
    public.verify(read(signature), data.encode(), pss, hashes.SHA384())


def test_tokens_are_cognitos_except_where_told_otherwise() -> None:
    header, payload, _ = make_token(claims={"client_id": [7]}, drop=("exp", "kid")).split(".")
    assert json.loads(read(header)) == {"alg": "RS256"}
    claims = json.loads(read(payload))
    assert (claims["sub"], claims["client_id"], claims["token_use"]) == (SUB, [7], "access")
    expected = "sub iss client_id token_use scope username jti origin_jti event_id auth_time iat"
    assert " ".join(sorted(claims)) == " ".join(sorted(expected.split()))
    header, payload, signature = make_token(alg="none").split(".")
    assert (json.loads(read(header))["alg"], signature) == ("none", "")
    assert len(read(make_token(key=ec_key()).split(".")[2])) == 64
    assert len(read(make_token(key=b"secret", alg="HS512").split(".")[2])) == 64
