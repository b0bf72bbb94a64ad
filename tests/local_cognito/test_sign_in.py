"""Signing in with a password: who may, who may not, and what each is told."""

import base64
import hmac
import json
from typing import Any

import pytest

from tests.support.local_cognito import PASSWORD, Cognito, Json, Pools
from tests.support.sign_in import begin, initiate, members, refused, respond

INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")
TEMPORARY = "T3mporary!"
NEW = "An0ther-passw0rd!"
SESSION = ("NotAuthorizedException", "Invalid session for the user.")


@pytest.fixture(scope="module")
def pool(admin: Any) -> str:
    """Make a pool for all tests of this file."""
    return Pools(admin).pool()


@pytest.fixture(scope="module")
def client(admin: Any, pool: str) -> str:
    """Make a client that says when a user does not exist."""
    return Pools(admin).client(pool, "USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH")


@pytest.fixture
def user(pools: Pools, pool: str) -> str:
    """Make a user with a password."""
    return pools.user(pool)


def invite(admin: Any, pool: str, name: str, **attributes: str) -> None:
    """Make a user with a temporary password."""
    admin.admin_create_user(
        UserPoolId=pool,
        Username=name,
        TemporaryPassword=TEMPORARY,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()],
    )


def test_a_password_is_worth_tokens(public: Any, client: str, user: str) -> None:
    answer = begin(public, client, user)
    result = answer["AuthenticationResult"]
    assert sorted(answer) == ["AuthenticationResult", "ChallengeParameters"]
    assert sorted(result) == ["AccessToken", "ExpiresIn", "IdToken", "RefreshToken", "TokenType"]
    assert (result["ExpiresIn"], result["TokenType"]) == (3600, "Bearer")
    assert public.get_user(AccessToken=result["AccessToken"])["Username"] == user


@pytest.mark.parametrize(
    ("flow", "sentence"),
    [
        ("USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH flow not enabled for this client"),
        ("USER_SRP_AUTH", "USER_SRP_AUTH is not enabled for the client."),
        ("USER_AUTH", "USER_AUTH is not enabled for the client."),
        ("CUSTOM_AUTH", "CUSTOM_AUTH is not enabled for the client."),
        ("REFRESH_TOKEN_AUTH", "Refresh Token flow not enabled for this client"),
        ("ADMIN_USER_PASSWORD_AUTH", "Initiate Auth method not supported."),
        ("ADMIN_NO_SRP_AUTH", "Initiate Auth method not supported."),
    ],
)
def test_a_flow_that_the_client_does_not_allow_is_refused(
    public: Any, pools: Pools, pool: str, user: str, flow: str, sentence: str
) -> None:
    other = "USER_SRP_AUTH" if flow != "USER_SRP_AUTH" else "USER_PASSWORD_AUTH"
    client = pools.client(pool, other)
    assert refused(initiate, public, client, flow, user, PASSWORD=PASSWORD) == (
        "InvalidParameterException",
        sentence,
    )


def test_choice_of_factors_needs_more_than_the_lite_tier(public: Any, pools: Pools) -> None:
    pool = pools.pool(UserPoolTier="LITE")
    client, user = pools.client(pool, "USER_AUTH"), pools.user(pool)
    assert refused(initiate, public, client, "USER_AUTH", user) == (
        "FeatureUnavailableInTierException",
        "USER_AUTH is not available in the LITE tier.",
    )


@pytest.mark.parametrize("missing", ["USERNAME", "PASSWORD"])
def test_what_is_missing_is_named(public: Any, client: str, user: str, missing: str) -> None:
    given = {"USERNAME": user, "PASSWORD": PASSWORD}
    del given[missing]
    assert refused(
        public.initiate_auth, ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=given
    ) == ("InvalidParameterException", f"Missing required parameter {missing}")


def test_an_unknown_user_is_called_so_unless_the_client_hides_it(
    public: Any, pools: Pools, pool: str, client: str
) -> None:
    assert refused(begin, public, client, "nobody") == (
        "UserNotFoundException",
        "User does not exist.",
    )
    hiding = pools.client(pool, "USER_PASSWORD_AUTH", PreventUserExistenceErrors="ENABLED")
    assert refused(begin, public, hiding, "nobody") == INCORRECT


def test_a_disabled_or_unconfirmed_user_is_refused_whatever_the_password(
    admin: Any, public: Any, pool: str, client: str, user: str
) -> None:
    unconfirmed = f"{user}-new"
    public.sign_up(ClientId=client, Username=unconfirmed, Password=PASSWORD)
    admin.admin_disable_user(UserPoolId=pool, Username=user)
    for password in (PASSWORD, "wrong"):
        assert refused(begin, public, client, user, PASSWORD=password) == (
            "NotAuthorizedException",
            "User is disabled.",
        )
        assert refused(begin, public, client, unconfirmed, PASSWORD=password) == (
            "UserNotConfirmedException",
            "User is not confirmed.",
        )


def test_a_reset_that_is_required_is_told_for_the_right_password_only(
    admin: Any, public: Any, pools: Pools, pool: str, client: str, email: str
) -> None:
    user = pools.user(pool, email=email, email_verified="true")
    admin.admin_reset_user_password(UserPoolId=pool, Username=user)
    assert refused(begin, public, client, user, PASSWORD="wrong") == INCORRECT
    assert refused(begin, public, client, user) == (
        "PasswordResetRequiredException",
        "Password reset required for the user",
    )


def test_guessing_is_slowed_down_for_real_and_invented_users_alike(
    public: Any, pools: Pools, cognito: Cognito, pool: str, user: str
) -> None:
    hiding = pools.client(pool, "USER_PASSWORD_AUTH", PreventUserExistenceErrors="ENABLED")
    for name in (user, f"{user}-nobody"):
        for _ in range(5):
            assert refused(begin, public, hiding, name, PASSWORD="wrong") == INCORRECT
        assert refused(begin, public, hiding, name) == (
            "NotAuthorizedException",
            "Password attempts exceeded",
        )
    cognito.advance(2)
    assert "AuthenticationResult" in begin(public, hiding, user)


def test_a_client_with_a_secret_signs_the_user_name(
    public: Any, pools: Pools, pool: str, user: str, admin: Any
) -> None:
    client = pools.client(pool, "USER_PASSWORD_AUTH", GenerateSecret=True)
    described = admin.describe_user_pool_client(UserPoolId=pool, ClientId=client)
    secret = described["UserPoolClient"]["ClientSecret"]
    digest = hmac.digest(secret.encode(), f"{user}{client}".encode(), "sha256")
    right = base64.b64encode(digest).decode()
    assert "AuthenticationResult" in begin(public, client, user, SECRET_HASH=right)
    assert refused(begin, public, client, user, SECRET_HASH=right[::-1]) == (
        "NotAuthorizedException",
        f"Unable to verify secret hash for client {client}",
    )
    assert refused(begin, public, client, "nobody") == (
        "NotAuthorizedException",
        f"Client {client} is configured with secret but SECRET_HASH was not received",
    )


def test_a_temporary_password_is_replaced_and_missing_attributes_are_given(
    admin: Any, public: Any, pools: Pools, email: str
) -> None:
    required = [
        {"Name": name, "Required": True, "Mutable": True, "AttributeDataType": "String"}
        for name in ("email", "given_name")
    ]
    pool = pools.pool(Schema=required)
    client = pools.client(pool, "USER_PASSWORD_AUTH")
    invite(admin, pool, "ada", email=email)
    challenge = begin(public, client, "ada", PASSWORD=TEMPORARY)
    parameters = challenge["ChallengeParameters"]
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert parameters == {
        "USER_ID_FOR_SRP": "ada",
        "requiredAttributes": '["userAttributes.given_name"]',
        "userAttributes": json.dumps({"email": email}, separators=(",", ":")),
    }

    def answer(**responses: str) -> Json:
        given = {"NEW_PASSWORD": NEW, "userAttributes.given_name": "Ada", **responses}
        return respond(public, client, challenge, "ada", **given)

    for responses, refusal in (
        (
            {"NEW_PASSWORD": ""},
            ("InvalidParameterException", "Missing required parameter NEW_PASSWORD"),
        ),
        (
            {"NEW_PASSWORD": "short"},
            (
                "InvalidPasswordException",
                "Password does not conform to policy: Password not long enough",
            ),
        ),
        (
            {"userAttributes.email": "eve@example.com"},
            ("NotAuthorizedException", "Cannot modify an already provided email"),
        ),
        (
            {"userAttributes.given_name": ""},
            ("InvalidParameterException", "Invalid attributes given, given_name is missing"),
        ),
        (
            {"userAttributes.email_verified": "true"},
            (
                "InvalidParameterException",
                "Cannot modify the non-mutable attribute email_verified",
            ),
        ),
    ):
        assert refused(answer, **responses) == refusal
    token = answer()["AuthenticationResult"]["AccessToken"]
    attributes = public.get_user(AccessToken=token)["UserAttributes"]
    assert {"Name": "given_name", "Value": "Ada"} in attributes
    assert "AuthenticationResult" in begin(public, client, "ada", PASSWORD=NEW)
    assert refused(answer) == (
        "NotAuthorizedException",
        "Invalid session for the user, session can only be used once.",
    )


def test_a_temporary_password_expires(
    admin: Any, public: Any, cognito: Cognito, pool: str, client: str
) -> None:
    invite(admin, pool, "late")
    cognito.advance(7 * 86_400 + 1)
    assert refused(begin, public, client, "late", PASSWORD="wrong") == INCORRECT
    assert refused(begin, public, client, "late", PASSWORD=TEMPORARY) == (
        "NotAuthorizedException",
        "Temporary password has expired and must be reset by an administrator.",
    )


def test_a_session_is_for_one_user_one_client_one_challenge_and_three_minutes(
    admin: Any, public: Any, cognito: Cognito, pools: Pools, pool: str, client: str, user: str
) -> None:
    invite(admin, pool, "guest")
    challenge = begin(public, client, "guest", PASSWORD=TEMPORARY)
    other = pools.client(pool, "USER_PASSWORD_AUTH")
    assert refused(respond, public, other, challenge, "guest", NEW_PASSWORD=NEW) == SESSION
    assert refused(respond, public, client, challenge, user, NEW_PASSWORD=NEW) == SESSION
    for name in ("SMS_MFA", "PASSWORD", "ADMIN_NO_SRP_AUTH"):
        mixed_up = {**challenge, "ChallengeName": name}
        assert refused(respond, public, client, mixed_up, "guest", NEW_PASSWORD=NEW) == SESSION
    made_up = {**challenge, "Session": "A" * 100}
    assert refused(respond, public, client, made_up, "guest", NEW_PASSWORD=NEW) == SESSION
    cognito.advance(180)
    assert refused(respond, public, client, challenge, "guest", NEW_PASSWORD=NEW) == (
        "NotAuthorizedException",
        "Invalid session for the user, session is expired.",
    )


def test_a_client_may_give_more_time(
    admin: Any, public: Any, cognito: Cognito, pools: Pools, pool: str
) -> None:
    client = pools.client(pool, "USER_PASSWORD_AUTH", AuthSessionValidity=15)
    invite(admin, pool, "slow")
    challenge = begin(public, client, "slow", PASSWORD=TEMPORARY)
    cognito.advance(890)
    answer = respond(public, client, challenge, "slow", NEW_PASSWORD=NEW)
    assert "AuthenticationResult" in answer


@pytest.mark.parametrize(
    ("responses", "sentence"),
    [
        ({}, "Missing required parameter challenge responses."),
        ({"NEW_PASSWORD": NEW}, "Missing required parameter USERNAME"),
        ({"USERNAME": "ada", "NEW_PASSWORD": NEW}, "Missing required parameter Session"),
    ],
)
def test_an_answer_names_its_user_and_its_session(
    public: Any, client: str, responses: dict[str, str], sentence: str
) -> None:
    assert refused(
        public.respond_to_auth_challenge,
        ClientId=client,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        ChallengeResponses=responses,
    ) == ("InvalidParameterException", sentence)


def test_who_is_disabled_or_deleted_meanwhile_does_not_get_in(
    admin: Any, public: Any, pool: str, client: str
) -> None:
    for name, end, refusal in (
        ("blocked", admin.admin_disable_user, ("NotAuthorizedException", "User is disabled.")),
        ("gone", admin.admin_delete_user, SESSION),
    ):
        invite(admin, pool, name)
        challenge = begin(public, client, name, PASSWORD=TEMPORARY)
        end(UserPoolId=pool, Username=name)
        assert refused(respond, public, client, challenge, name, NEW_PASSWORD=NEW) == refusal


def test_a_session_is_not_for_a_later_user_of_the_same_name(
    admin: Any, public: Any, pools: Pools, pool: str, client: str
) -> None:
    invite(admin, pool, "heir")
    challenge = begin(public, client, "heir", PASSWORD=TEMPORARY)
    admin.admin_delete_user(UserPoolId=pool, Username="heir")
    pools.user(pool, "heir")
    assert refused(respond, public, client, challenge, "heir", NEW_PASSWORD=NEW) == SESSION
    assert "AuthenticationResult" in begin(public, client, "heir")


def test_a_new_password_is_not_set_twice(admin: Any, public: Any, pool: str, client: str) -> None:
    invite(admin, pool, "hasty")
    first, second = (begin(public, client, "hasty", PASSWORD=TEMPORARY) for _ in range(2))
    assert "AuthenticationResult" in respond(public, client, first, "hasty", NEW_PASSWORD=NEW)
    assert refused(respond, public, client, second, "hasty", NEW_PASSWORD=PASSWORD) == SESSION
    assert "AuthenticationResult" in begin(public, client, "hasty", PASSWORD=NEW)


def test_the_first_sign_in_after_a_sign_up_needs_no_second_code(
    admin: Any, public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    pool = pools.pool(
        UsernameAttributes=["email"], AutoVerifiedAttributes=["email"], Policies=factors
    )
    client = pools.client(pool, "USER_AUTH")
    public.sign_up(ClientId=client, Username=email, Password=PASSWORD)
    session = public.confirm_sign_up(
        ClientId=client, Username=email, ConfirmationCode=cognito.code(email)
    )["Session"]

    def sign_in(username: str, **parameters: str) -> Json:
        return members(
            public.initiate_auth(
                ClientId=client,
                AuthFlow="USER_AUTH",
                AuthParameters={"USERNAME": username, **parameters},
                Session=session,
            )
        )

    other = pools.user(pool, f"other-{email}")
    assert refused(sign_in, other) == SESSION
    assert sign_in(email, PREFERRED_CHALLENGE="SMS_OTP")["ChallengeName"] == "SELECT_CHALLENGE"
    assert "AuthenticationResult" in sign_in(email)
    assert refused(sign_in, email) == (
        "NotAuthorizedException",
        "Invalid session for the user, session can only be used once.",
    )
