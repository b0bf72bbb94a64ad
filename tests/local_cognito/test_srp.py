"""Signing in with SRP: pycognito does the arithmetic, and this file what it would not send."""

import base64
import hashlib
import hmac
import re
import time
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from pycognito import Cognito as Pycognito
from pycognito.aws_srp import AWSSRP

from tests.support.local_cognito import PASSWORD, Cognito, Json, Pools
from tests.support.sign_in import initiate, members, refused, srp_proof
from walk import srp

# pycognito reads the clock as Python has deprecated it since 3.12.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")
# Of every user that us-east-1 was seen to make.
SUB = r"(?:[0-9a-f][48]){4}-[0-9a-f]{3}1-70[0-9a-f]{2}-[0-9a-f]{4}-[0-9a-f]{12}"
BAD_TIMESTAMP = (
    "InvalidParameterException",
    "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.",
)


@pytest.fixture(scope="module")
def pool(admin: Any) -> str:
    """Make a pool for all tests of this file."""
    return Pools(admin).pool()


@pytest.fixture(scope="module")
def client(admin: Any, pool: str) -> str:
    """Make a client that says when a user does not exist."""
    return Pools(admin).client(pool, "USER_SRP_AUTH", "REFRESH_TOKEN_AUTH")


@pytest.fixture
def user(pools: Pools, pool: str) -> str:
    """Make a user with a password."""
    return pools.user(pool)


@dataclass
class Proof:
    """One run of the exchange up to the answer, which a test may change before it sends it."""

    public: Any
    client_id: str
    responses: dict[str, str]

    def send(self, **changes: str) -> Json:
        """Send the proof with these responses changed."""
        return members(
            self.public.respond_to_auth_challenge(
                ClientId=self.client_id,
                ChallengeName="PASSWORD_VERIFIER",
                ChallengeResponses={**self.responses, **changes},
            )
        )


def prove(
    public: Any,
    pool: str,
    client_id: str,
    user: str,
    password: str = PASSWORD,
    timestamp: str | None = None,
) -> Proof:
    """Begin with SRP and compute the proof."""
    exchange = srp.Client()
    answer = initiate(public, client_id, "USER_SRP_AUTH", user, SRP_A=exchange.public)
    assert sorted(answer) == ["ChallengeName", "ChallengeParameters"]
    proof = srp_proof(exchange, answer, pool, password, timestamp=timestamp)
    responses = {"USERNAME": answer["ChallengeParameters"]["USER_ID_FOR_SRP"], **proof}
    return Proof(public, client_id, responses)


def test_pycognito_signs_in_verifies_the_tokens_renews_them_and_signs_out(
    cognito: Cognito, public: Any, pool: str, client: str, user: str
) -> None:
    pycognito = Pycognito(
        pool,
        client,
        username=user,
        user_pool_region=cognito.region,
        access_key="any",  # public operations do not look at signatures
        secret_key="any",
        boto3_client_kwargs={"endpoint_url": cognito.url},
    )
    pycognito.pool_domain_url = None  # so that it expects the issuer that AWS has
    keys = f"{cognito.url}/{pool}/.well-known/jwks.json"
    pycognito.pool_jwk = requests.get(keys, timeout=20).json()
    pycognito.authenticate(PASSWORD)
    first = pycognito.access_token
    assert pycognito.get_user().username == user
    pycognito.renew_access_token()
    assert pycognito.access_token != first
    assert pycognito.access_claims["username"] == user
    pycognito.logout()
    pycognito.client.close()
    assert refused(public.get_user, AccessToken=first) == (
        "NotAuthorizedException",
        "Access Token has been revoked",
    )


def test_pycognito_sets_the_new_password_of_an_invited_user(
    admin: Any, public: Any, pool: str, client: str
) -> None:
    admin.admin_create_user(
        UserPoolId=pool, Username="ada", TemporaryPassword="T3mporary!", MessageAction="SUPPRESS"
    )
    exchange = AWSSRP(
        username="ada", password="T3mporary!", pool_id=pool, client_id=client, client=public
    )
    assert "AuthenticationResult" in exchange.set_new_password_challenge(PASSWORD)
    assert "AuthenticationResult" in prove(public, pool, client, "ada").send()


def test_a_wrong_password_proves_nothing(public: Any, pool: str, client: str, user: str) -> None:
    assert refused(prove(public, pool, client, user, "wrong").send) == INCORRECT


def test_the_salt_is_the_users_and_the_rest_is_new_each_time(
    public: Any, client: str, user: str
) -> None:
    one, other = (
        initiate(public, client, "USER_SRP_AUTH", user, SRP_A="2")["ChallengeParameters"]
        for _ in range(2)
    )
    assert one["SALT"] == other["SALT"]
    assert one["SRP_B"] != other["SRP_B"]
    assert one["SECRET_BLOCK"] != other["SECRET_BLOCK"]


@pytest.mark.parametrize("a_public", [0, srp.N, 2 * srp.N])
def test_no_proof_is_right_for_an_a_that_would_make_the_key_known(
    public: Any, pool: str, client: str, user: str, a_public: int
) -> None:
    answer = initiate(public, client, "USER_SRP_AUTH", user, SRP_A=f"{a_public:x}")
    given = answer["ChallengeParameters"]
    # With such an A the shared secret is 0, whatever the password.
    u = hashlib.sha256(shortest(a_public) + shortest(int(given["SRP_B"], 16))).digest()
    extracted = hmac.digest(shortest(int.from_bytes(u)), shortest(0), "sha256")
    key = hmac.digest(extracted, b"Caldera Derived Key\x01", "sha256")[:16]
    stamp = srp.timestamp(time.time())
    text = f"{pool.partition('_')[2]}{user}".encode()
    text += base64.b64decode(given["SECRET_BLOCK"]) + stamp.encode()
    responses = {
        "USERNAME": user,
        "TIMESTAMP": stamp,
        "PASSWORD_CLAIM_SECRET_BLOCK": given["SECRET_BLOCK"],
        "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(hmac.digest(key, text, "sha256")).decode(),
    }
    assert refused(Proof(public, client, responses).send) == INCORRECT


def shortest(number: int) -> bytes:
    """Return a number as Cognito hashes it."""
    return number.to_bytes(number.bit_length() // 8 + 1)


def test_what_is_no_a_is_refused(public: Any, client: str, user: str) -> None:
    assert refused(initiate, public, client, "USER_SRP_AUTH", user) == (
        "InvalidParameterException",
        "Missing required parameter SRP_A",
    )
    for a_public in ("xyz", "0x2", "-2", "1" * 1025):
        assert refused(initiate, public, client, "USER_SRP_AUTH", user, SRP_A=a_public) == (
            "InvalidParameterException",
            "Invalid SRP_A",
        )


@pytest.mark.parametrize("missing", ["TIMESTAMP", "PASSWORD_CLAIM_SIGNATURE"])
def test_what_a_proof_lacks_is_named(
    public: Any, pool: str, client: str, user: str, missing: str
) -> None:
    proof = prove(public, pool, client, user)
    assert refused(proof.send, **{missing: ""}) == (
        "InvalidParameterException",
        f"Missing required parameter {missing}",
    )


@pytest.mark.parametrize(
    "timestamp",
    [
        "now",
        "Thu Sep 24 13:50:15 utc 2026",
        "Thu Sep 24 13:50 UTC 2026",
        "Xyz Sep 4 01:01:01 UTC 2026",
        "Thu Sep 31 13:50:15 UTC 2026",
        "Thu Sep 24 25:50:15 UTC 2026",
    ],
)
def test_a_timestamp_has_one_form(
    public: Any, pool: str, client: str, user: str, timestamp: str
) -> None:
    assert refused(prove(public, pool, client, user).send, TIMESTAMP=timestamp) == BAD_TIMESTAMP


def test_a_timestamp_is_of_now_and_written_as_aws_writes_it(
    public: Any, pool: str, client: str, user: str
) -> None:
    now = srp.timestamp(time.time())
    weekday, _, rest = now.partition(" ")
    wrong_day = f"{'Mon' if weekday != 'Mon' else 'Tue'} {rest}"
    old, early = srp.timestamp(time.time() - 400), srp.timestamp(time.time() + 400)
    for timestamp in (wrong_day, old, early):
        proof = prove(public, pool, client, user, timestamp=timestamp)
        assert refused(proof.send) == INCORRECT
    greenwich = now.replace("UTC", "GMT")
    answer = prove(public, pool, client, user, timestamp=greenwich).send()
    assert "AuthenticationResult" in answer


def test_a_signature_is_base64(public: Any, pool: str, client: str, user: str) -> None:
    proof = prove(public, pool, client, user)
    assert refused(proof.send, PASSWORD_CLAIM_SIGNATURE="no base64!") == (
        "InvalidParameterException",
        "Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string.",
    )
    assert refused(proof.send, PASSWORD_CLAIM_SIGNATURE="AAAA") == INCORRECT


def test_a_proof_is_good_until_its_challenge_expires_and_for_no_other(
    public: Any, cognito: Cognito, pools: Pools, pool: str, client: str, user: str
) -> None:
    proof, other = (prove(public, pool, client, user) for _ in range(2))
    block = other.responses["PASSWORD_CLAIM_SECRET_BLOCK"]
    assert refused(proof.send, PASSWORD_CLAIM_SECRET_BLOCK=block) == INCORRECT
    assert refused(proof.send, PASSWORD_CLAIM_SECRET_BLOCK="AAAA") == INCORRECT
    assert refused(proof.send, USERNAME=pools.user(pool)) == (
        "NotAuthorizedException",
        "Invalid session for the user.",
    )
    assert "AuthenticationResult" in proof.send()
    assert "AuthenticationResult" in proof.send()
    cognito.advance(180)
    assert refused(proof.send) == INCORRECT


def test_a_hidden_user_is_invented_the_same_way_each_time(
    public: Any, pools: Pools, pool: str
) -> None:
    hiding = [
        pools.client(pool, "USER_SRP_AUTH", PreventUserExistenceErrors="ENABLED") for _ in range(2)
    ]
    first, again = (
        initiate(public, client, "USER_SRP_AUTH", "nobody", SRP_A="2")["ChallengeParameters"]
        for client in hiding
    )
    other = initiate(public, hiding[0], "USER_SRP_AUTH", "nobody-else", SRP_A="2")
    assert first["SALT"] == again["SALT"]
    assert first["SALT"] != other["ChallengeParameters"]["SALT"]
    assert first["SRP_B"] != again["SRP_B"]
    assert (first["USERNAME"], first["USER_ID_FOR_SRP"]) == ("nobody", "nobody")
    assert refused(prove(public, pool, hiding[0], "nobody").send) == INCORRECT


def test_a_hidden_user_of_a_pool_that_signs_in_by_email_has_an_invented_id(
    public: Any, pools: Pools, email: str
) -> None:
    pool = pools.pool(UsernameAttributes=["email"])
    client = pools.client(pool, "USER_SRP_AUTH", PreventUserExistenceErrors="ENABLED")
    real = pools.user(pool, email)
    challenges = [
        initiate(public, client, "USER_SRP_AUTH", name, SRP_A="2")["ChallengeParameters"]
        for name in (email, f"x{email}")
    ]
    invented = challenges[1]["USER_ID_FOR_SRP"]
    assert challenges[0]["USER_ID_FOR_SRP"] == real != invented
    assert all(re.fullmatch(SUB, user_id) for user_id in (real, invented))
    assert refused(prove(public, pool, client, f"x{email}").send) == INCORRECT
    assert "AuthenticationResult" in prove(public, pool, client, email).send()


def test_a_user_without_a_password_proves_none(
    admin: Any, public: Any, pools: Pools, email: str
) -> None:
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    pool = pools.pool(Policies=factors)
    client = pools.client(pool, "USER_SRP_AUTH")
    admin.admin_create_user(
        UserPoolId=pool,
        Username="ada",
        MessageAction="SUPPRESS",
        UserAttributes=[
            {"Name": "email", "Value": email},
            {"Name": "email_verified", "Value": "true"},
        ],
    )
    assert refused(prove(public, pool, client, "ada").send) == INCORRECT


def test_a_disabled_or_unconfirmed_user_gets_no_challenge(
    admin: Any, public: Any, pool: str, client: str, user: str
) -> None:
    public.sign_up(ClientId=client, Username=f"{user}-new", Password=PASSWORD)
    admin.admin_disable_user(UserPoolId=pool, Username=user)
    assert refused(initiate, public, client, "USER_SRP_AUTH", user, SRP_A="2") == (
        "NotAuthorizedException",
        "User is disabled.",
    )
    assert refused(initiate, public, client, "USER_SRP_AUTH", f"{user}-new", SRP_A="2") == (
        "UserNotConfirmedException",
        "User is not confirmed.",
    )


def test_guessing_is_slowed_down(
    public: Any, cognito: Cognito, pool: str, client: str, user: str
) -> None:
    proof = prove(public, pool, client, user)
    for _ in range(5):
        assert refused(proof.send, PASSWORD_CLAIM_SIGNATURE="AAAA") == INCORRECT
    assert refused(proof.send) == ("NotAuthorizedException", "Password attempts exceeded")
    cognito.advance(2)
    assert "AuthenticationResult" in proof.send()
