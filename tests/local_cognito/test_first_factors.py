"""USER_AUTH: which first factors a user is offered, and the codes that stand for a password."""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.local_cognito import PASSWORD, Cognito, Json, Pools, new_email, new_name
from tests.support.sign_in import begin, initiate, refused, respond, srp_proof
from walk import srp

EVERY_FACTOR = ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"]
BY_PASSWORD = ["PASSWORD_SRP", "PASSWORD"]
MISMATCH = ("CodeMismatchException", "Invalid code or auth state for the user.")
USED = (
    "NotAuthorizedException",
    "Invalid session for the user, session can only be used once.",
)
SMS = {"SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"}}


def make_pool(pools: Pools, *factors: str) -> str:
    """Make a pool with these first factors, all by default."""
    policy = {"SignInPolicy": {"AllowedFirstAuthFactors": list(factors or EVERY_FACTOR)}}
    return pools.pool(Policies=policy)


@pytest.fixture(scope="module")
def pool(admin: Any) -> str:
    """Make a pool with all first factors."""
    return make_pool(Pools(admin))


@pytest.fixture(scope="module")
def client(admin: Any, pool: str) -> str:
    """Make a client that says when a user does not exist."""
    return Pools(admin).client(pool, "USER_AUTH", "USER_PASSWORD_AUTH")


@pytest.fixture
def user(pools: Pools, pool: str, email: str, phone: str) -> str:
    """Make a user who has everything but a passkey."""
    return pools.user(pool, email=email, phone_number=phone)


def without_password(admin: Any, pool: str, **attributes: str) -> str:
    """Make a user who signs in with codes alone."""
    name = new_name()
    admin.admin_create_user(
        UserPoolId=pool,
        Username=name,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()],
    )
    return name


def offered(public: Any, client: str, user: str, **parameters: str) -> list[str]:
    """Return what SELECT_CHALLENGE offers, which is all that it answers besides a Session."""
    answer = initiate(public, client, "USER_AUTH", user, **parameters)
    assert len(answer.pop("Session")) > 800
    available: list[str] = answer.pop("AvailableChallenges")
    assert answer == {"ChallengeName": "SELECT_CHALLENGE", "ChallengeParameters": {}}
    return available


def test_a_user_is_offered_what_the_pool_allows_and_the_user_has(
    admin: Any, public: Any, pools: Pools, pool: str, client: str, user: str, email: str
) -> None:
    assert offered(public, client, user) == [*BY_PASSWORD, "EMAIL_OTP", "SMS_OTP"]
    assert offered(public, client, pools.user(pool)) == BY_PASSWORD
    verified = {"email": f"x{email}", "email_verified": "true"}
    assert offered(public, client, without_password(admin, pool, **verified)) == ["EMAIL_OTP"]
    codes_only = make_pool(pools, "PASSWORD", "SMS_OTP")
    other = pools.client(codes_only, "USER_AUTH")
    assert offered(public, other, pools.user(codes_only, email=email)) == BY_PASSWORD


def test_an_invited_user_is_offered_the_password_alone(
    admin: Any, public: Any, pool: str, client: str, email: str
) -> None:
    admin.admin_create_user(
        UserPoolId=pool,
        Username="invited",
        TemporaryPassword="T3mporary!",
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": email}],
    )
    assert offered(public, client, "invited", PREFERRED_CHALLENGE="EMAIL_OTP") == BY_PASSWORD


@pytest.mark.parametrize("preferred", ["WEB_AUTHN", "SOFTWARE_TOKEN_MFA", "nonsense", ""])
def test_a_factor_that_the_user_does_not_have_leads_to_the_choice(
    public: Any, client: str, user: str, preferred: str
) -> None:
    available = offered(public, client, user, PREFERRED_CHALLENGE=preferred)
    assert available == [*BY_PASSWORD, "EMAIL_OTP", "SMS_OTP"]


def by_preference(public: Any, client: str, user: str, factor: str, **parameters: str) -> Json:
    """Begin with a factor in one step."""
    return initiate(public, client, "USER_AUTH", user, PREFERRED_CHALLENGE=factor, **parameters)


def by_choice(public: Any, client: str, user: str, factor: str, **parameters: str) -> Json:
    """Begin with a factor in two steps."""
    choice = initiate(public, client, "USER_AUTH", user)
    return respond(public, client, choice, user, ANSWER=factor, **parameters)


@pytest.mark.parametrize("start", [by_preference, by_choice])
@pytest.mark.parametrize("factor", ["EMAIL_OTP", "SMS_OTP"])
def test_a_code_of_eight_digits_signs_in_once_and_verifies_the_address(
    public: Any,
    cognito: Cognito,
    client: str,
    user: str,
    email: str,
    phone: str,
    start: Callable[..., Json],
    factor: str,
) -> None:
    medium, attribute, address, shown = {
        "EMAIL_OTP": ("EMAIL", "email", email, "u***@e***"),
        "SMS_OTP": ("SMS", "phone_number", phone, f"+{'*' * 7}{phone[-4:]}"),
    }[factor]
    challenge = start(public, client, user, factor)
    assert {name: value for name, value in challenge.items() if name != "Session"} == {
        "ChallengeName": factor,
        "ChallengeParameters": {
            "CODE_DELIVERY_DELIVERY_MEDIUM": medium,
            "CODE_DELIVERY_DESTINATION": shown,
        },
        "AvailableChallenges": [*BY_PASSWORD, "EMAIL_OTP", "SMS_OTP"],
    }
    code = cognito.code(address)
    assert len(code) == 8
    wrong = f"{(int(code) + 1) % 10**8:08}"
    for _ in range(6):
        assert refused(respond, public, client, challenge, user, **{f"{factor}_CODE": wrong}) == (
            MISMATCH
        )
    answer = respond(public, client, challenge, user, **{f"{factor}_CODE": code})
    assert sorted(answer) == ["AuthenticationResult", "ChallengeParameters"]
    token = answer["AuthenticationResult"]["AccessToken"]
    attributes = public.get_user(AccessToken=token)["UserAttributes"]
    assert {"Name": f"{attribute}_verified", "Value": "true"} in attributes
    assert refused(respond, public, client, challenge, user, **{f"{factor}_CODE": code}) == USED


def test_a_code_verifies_no_address_that_the_user_got_since(
    admin: Any, public: Any, cognito: Cognito, pool: str, client: str, user: str, email: str
) -> None:
    challenge = by_preference(public, client, user, "EMAIL_OTP")
    changed = [{"Name": "email", "Value": new_email()}]
    admin.admin_update_user_attributes(UserPoolId=pool, Username=user, UserAttributes=changed)
    code = cognito.code(email)
    assert "AuthenticationResult" in respond(public, client, challenge, user, EMAIL_OTP_CODE=code)
    attributes = admin.admin_get_user(UserPoolId=pool, Username=user)["UserAttributes"]
    assert {"Name": "email_verified", "Value": "false"} in attributes


def test_a_code_verifies_no_address_that_another_user_signs_in_by(
    admin: Any, public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    factors = {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}
    pool = pools.pool(AliasAttributes=["email"], Policies={"SignInPolicy": factors})
    client = pools.client(pool, "USER_AUTH")
    pools.user(pool, email=email, email_verified="true")
    user = pools.user(pool, email=email)
    challenge = by_preference(public, client, user, "EMAIL_OTP")
    code = cognito.code(email)
    assert "AuthenticationResult" in respond(public, client, challenge, user, EMAIL_OTP_CODE=code)
    attributes = admin.admin_get_user(UserPoolId=pool, Username=user)["UserAttributes"]
    assert {"Name": "email_verified", "Value": "true"} not in attributes


def test_a_code_expires_with_its_session(
    public: Any, cognito: Cognito, client: str, user: str, email: str
) -> None:
    challenge = by_preference(public, client, user, "EMAIL_OTP")
    cognito.advance(180)
    code = cognito.code(email)
    assert refused(respond, public, client, challenge, user, EMAIL_OTP_CODE=code) == (
        "NotAuthorizedException",
        "Invalid session for the user, session is expired.",
    )


def test_a_code_is_for_its_own_session(
    public: Any, cognito: Cognito, client: str, user: str, email: str
) -> None:
    first = by_preference(public, client, user, "EMAIL_OTP")
    code = cognito.code(email)
    second = by_preference(public, client, user, "EMAIL_OTP")
    assert refused(respond, public, client, second, user, EMAIL_OTP_CODE=code) == MISMATCH
    assert "AuthenticationResult" in respond(public, client, first, user, EMAIL_OTP_CODE=code)


def test_a_code_confirms_who_signed_up_and_did_not_confirm(
    public: Any, cognito: Cognito, pool: str, client: str, email: str
) -> None:
    name = new_name()
    public.sign_up(
        ClientId=client,
        Username=name,
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": email}],
    )
    assert refused(by_preference, public, client, name, "PASSWORD", PASSWORD=PASSWORD) == (
        "UserNotConfirmedException",
        "User is not confirmed.",
    )
    challenge = by_preference(public, client, name, "EMAIL_OTP")
    code = cognito.code(email)
    assert "AuthenticationResult" in respond(public, client, challenge, name, EMAIL_OTP_CODE=code)
    assert "AuthenticationResult" in begin(public, client, name)


@pytest.mark.parametrize("start", [by_preference, by_choice])
def test_the_password_is_a_first_factor(
    public: Any, client: str, user: str, start: Callable[..., Json]
) -> None:
    answer = start(public, client, user, "PASSWORD", PASSWORD=PASSWORD)
    assert "AuthenticationResult" in answer
    assert refused(start, public, client, user, "PASSWORD", PASSWORD="wrong") == (
        "NotAuthorizedException",
        "Incorrect username or password.",
    )


@pytest.mark.parametrize("start", [by_preference, by_choice])
def test_srp_is_a_first_factor_with_a_session(
    public: Any, pool: str, client: str, user: str, start: Callable[..., Json]
) -> None:
    exchange = srp.Client()
    challenge = start(public, client, user, "PASSWORD_SRP", SRP_A=exchange.public)
    assert challenge["ChallengeName"] == "PASSWORD_VERIFIER"
    proof = srp_proof(exchange, challenge, pool)
    for block in ("AAAA", "AAA", "no base64!"):
        other = {**proof, "PASSWORD_CLAIM_SECRET_BLOCK": block}
        assert refused(respond, public, client, challenge, user, **other) == (
            "NotAuthorizedException",
            "Incorrect username or password.",
        )
    assert "AuthenticationResult" in respond(public, client, challenge, user, **proof)
    assert refused(respond, public, client, challenge, user, **proof) == USED


@pytest.mark.parametrize(
    ("factor", "more", "value"),
    [("PASSWORD", "PASSWORD", PASSWORD), ("PASSWORD_SRP", "SRP_A", "2")],
)
def test_a_choice_without_what_it_needs_asks_for_it(
    public: Any, client: str, user: str, factor: str, more: str, value: str
) -> None:
    challenge = by_choice(public, client, user, factor)
    assert challenge["ChallengeName"] == factor
    assert refused(respond, public, client, challenge, user, ANSWER="x") == (
        "InvalidParameterException",
        f"Missing required parameter {more}",
    )
    answer = respond(public, client, challenge, user, **{more: value})
    assert answer.get("ChallengeName", "tokens") in ("tokens", "PASSWORD_VERIFIER")
    assert refused(by_preference, public, client, user, factor) == (
        "InvalidParameterException",
        f"Missing required parameter {more}",
    )


@pytest.mark.parametrize("chosen", ["WEB_AUTHN", "SMS_MFA", "nonsense"])
def test_only_what_is_offered_can_be_chosen(
    public: Any, client: str, user: str, chosen: str
) -> None:
    assert refused(by_choice, public, client, user, chosen) == (
        "InvalidParameterException",
        f"{chosen} is not an available challenge.",
    )


def test_mfa_leaves_the_password_as_the_only_first_factor(
    admin: Any, public: Any, pools: Pools, email: str, phone: str
) -> None:
    pool = pools.pool(
        Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    )
    client = pools.client(pool, "USER_AUTH", "USER_PASSWORD_AUTH")
    admin.set_user_pool_mfa_config(
        UserPoolId=pool, MfaConfiguration="OPTIONAL", SmsMfaConfiguration=SMS
    )
    user = pools.user(pool, email=email, phone_number=phone)
    assert offered(public, client, user) == [*BY_PASSWORD, "EMAIL_OTP"]
    token = begin(public, client, user)["AuthenticationResult"]["AccessToken"]
    public.set_user_mfa_preference(AccessToken=token, SMSMfaSettings={"Enabled": True})
    assert offered(public, client, user) == BY_PASSWORD


def test_a_disabled_user_is_offered_nothing(
    admin: Any, public: Any, pool: str, client: str, user: str
) -> None:
    admin.admin_disable_user(UserPoolId=pool, Username=user)
    assert refused(initiate, public, client, "USER_AUTH", user) == (
        "NotAuthorizedException",
        "User is disabled.",
    )


def test_an_unknown_user_is_told_so(public: Any, client: str) -> None:
    assert refused(initiate, public, client, "USER_AUTH", "nobody") == (
        "UserNotFoundException",
        "User does not exist.",
    )


def test_a_hidden_user_has_an_invented_factor_that_never_signs_in(
    public: Any, cognito: Cognito, pools: Pools, pool: str, email: str, phone: str
) -> None:
    hiding = pools.client(pool, "USER_AUTH", PreventUserExistenceErrors="ENABLED")
    for name, factor, shown in (
        (email, "EMAIL_OTP", "u***@e***"),
        (phone, "SMS_OTP", f"+{'*' * 7}{phone[-4:]}"),
    ):
        challenge = by_preference(public, hiding, name, factor)
        assert challenge["AvailableChallenges"] == [factor]
        shown_of = challenge["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"]
        assert shown_of == shown
        assert cognito.messages(name) == []
        wrong = {f"{factor}_CODE": "12345678"}
        assert refused(respond, public, hiding, challenge, name, **wrong) == MISMATCH
    assert [offered(public, hiding, "somebody") for _ in range(3)] == [
        offered(public, hiding, "somebody")
    ] * 3


@pytest.mark.parametrize("name", ["nobody", "nobody-else"])
def test_each_factor_can_be_invented(public: Any, pools: Pools, name: str) -> None:
    for factor in EVERY_FACTOR:
        pool = pools.pool(
            Policies={"SignInPolicy": {"AllowedFirstAuthFactors": [factor]}},
            UserPoolTier="ESSENTIALS",
        )
        hiding = pools.client(pool, "USER_AUTH", PreventUserExistenceErrors="ENABLED")
        if factor == "PASSWORD":
            assert offered(public, hiding, name) == BY_PASSWORD
            assert refused(by_preference, public, hiding, name, "PASSWORD", PASSWORD=PASSWORD) == (
                "NotAuthorizedException",
                "Incorrect username or password.",
            )
            continue
        challenge = by_preference(public, hiding, name, factor)
        assert challenge["AvailableChallenges"] == [factor]
        if factor == "WEB_AUTHN":
            parameters = challenge["ChallengeParameters"]
            options = json.loads(parameters["CREDENTIAL_REQUEST_OPTIONS"])
            (passkey,) = options["allowCredentials"]
            assert (
                len(base64.urlsafe_b64decode(passkey["id"] + "==")) == hashlib.sha256().digest_size
            )
            assert refused(respond, public, hiding, challenge, name, CREDENTIAL="{}") == (
                "NotAuthorizedException",
                "Incorrect username or password.",
            )
