"""MFA at sign-in: which challenge follows the password, and what answers it."""

import json
from typing import Any

import pytest

from tests.support.local_cognito import PASSWORD, Cognito, Json, Pools
from tests.support.sign_in import (
    FACTORS,
    access_token,
    begin,
    members,
    refused,
    respond,
    set_up_totp,
    totp_code,
)

TOKENS = {"AccessToken", "ExpiresIn", "IdToken", "RefreshToken", "TokenType"}
PREFERRED = {"Enabled": True, "PreferredMfa": True}
WRONG_CODE = ("CodeMismatchException", "Invalid code or auth state for the user.")
SETTINGS = {"SMS_MFA": "SMSMfaSettings", "EMAIL_OTP": "EmailMfaSettings"}


def make_pool(admin: Any, mode: str, *recovery: str, **factors: Any) -> tuple[str, str]:
    """Make a pool with MFA and return its id and that of a client.

    `recovery` names the addresses that passwords are reset by, the first one first.
    """
    more: Json = {}
    if recovery:
        more["AccountRecoverySetting"] = {
            "RecoveryMechanisms": [
                {"Name": name, "Priority": priority} for priority, name in enumerate(recovery, 1)
            ]
        }
    pools = Pools(admin)
    pool = pools.pool(**more)
    admin.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration=mode, **(factors or FACTORS))
    return pool, pools.client(pool, "USER_PASSWORD_AUTH")


@pytest.fixture(scope="module")
def optional(admin: Any) -> tuple[str, str]:
    """Make a pool in which MFA is up to the user."""
    return make_pool(admin, "OPTIONAL")


@pytest.fixture(scope="module")
def required(admin: Any) -> tuple[str, str]:
    """Make a pool in which MFA is required, and passwords are reset by email first."""
    return make_pool(admin, "ON")


def assert_tokens(answer: Json) -> None:
    """Assert that a sign-in is complete."""
    assert set(answer) == {"AuthenticationResult", "ChallengeParameters"}
    assert set(answer["AuthenticationResult"]) == TOKENS
    assert answer["ChallengeParameters"] == {}


def parameters_of(answer: Json, name: str) -> Json:
    """Assert which challenge an answer is, and return its parameters."""
    assert set(answer) == {"ChallengeName", "ChallengeParameters", "Session"}
    assert answer["ChallengeName"] == name
    parameters: Json = answer["ChallengeParameters"]
    return parameters


def test_a_user_who_set_nothing_up_is_asked_for_nothing_where_mfa_is_optional(
    public: Any, pools: Pools, optional: tuple[str, str], email: str, phone: str
) -> None:
    pool, client = optional
    assert_tokens(begin(public, client, pools.user(pool, email=email, phone_number=phone)))


@pytest.mark.parametrize(
    ("factor", "medium", "attribute"),
    [("SMS_MFA", "SMS", "phone_number"), ("EMAIL_OTP", "EMAIL", "email")],
)
def test_a_code_that_is_sent_completes_the_sign_in_and_verifies_its_address(
    admin: Any,
    cognito: Cognito,
    public: Any,
    pools: Pools,
    optional: tuple[str, str],
    email: str,
    phone: str,
    factor: str,
    medium: str,
    attribute: str,
) -> None:
    pool, client = optional
    user = pools.user(pool, email=email, phone_number=phone)
    token = access_token(public, client, user)
    public.set_user_mfa_preference(AccessToken=token, **{SETTINGS[factor]: {"Enabled": True}})
    to = {"email": email, "phone_number": phone}[attribute]
    masked = {"email": "u***@e***", "phone_number": f"+{'*' * 7}{phone[-4:]}"}[attribute]

    challenge = begin(public, client, user)
    assert parameters_of(challenge, factor) == {
        "CODE_DELIVERY_DELIVERY_MEDIUM": medium,
        "CODE_DELIVERY_DESTINATION": masked,
        "USER_ID_FOR_SRP": user,
    }
    code = cognito.code(to)
    assert len(code) == 6
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    member = f"{factor}_CODE"
    assert refused(respond, public, client, challenge, user, **{member: wrong}) == WRONG_CODE
    assert_tokens(respond(public, client, challenge, user, **{member: code}))
    attributes = admin.admin_get_user(UserPoolId=pool, Username=user)["UserAttributes"]
    assert {"Name": f"{attribute}_verified", "Value": "true"} in attributes
    assert refused(respond, public, client, challenge, user, **{member: code}) == (
        "NotAuthorizedException",
        "Invalid session for the user, session can only be used once.",
    )


def test_an_authenticator_app_completes_the_sign_in_with_each_code_once(
    cognito: Cognito, public: Any, pools: Pools, optional: tuple[str, str]
) -> None:
    pool, client = optional
    user = pools.user(pool)
    token = access_token(public, client, user)
    secret = set_up_totp(cognito, public, token, FriendlyDeviceName="my phone")
    public.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings=PREFERRED)

    challenge = begin(public, client, user)
    assert parameters_of(challenge, "SOFTWARE_TOKEN_MFA") == {
        "FRIENDLY_DEVICE_NAME": "my phone",
        "USER_ID_FOR_SRP": user,
    }

    def answer(code: str) -> Json:
        return respond(public, client, challenge, user, SOFTWARE_TOKEN_MFA_CODE=code)

    used = ("ExpiredCodeException", "Your software token has already been used once.")
    assert refused(answer, totp_code(cognito, secret, steps=-1)) == used
    arabic = totp_code(cognito, secret).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for code in (totp_code(cognito, secret, steps=4), arabic):
        assert refused(answer, code) == (
            "CodeMismatchException",
            "Invalid code received for user",
        )
    code = totp_code(cognito, secret)
    assert_tokens(answer(code))
    challenge = begin(public, client, user)
    assert refused(answer, code) == used
    cognito.advance(30)
    assert_tokens(answer(totp_code(cognito, secret)))


def test_the_user_chooses_where_nothing_is_preferred(
    cognito: Cognito,
    public: Any,
    pools: Pools,
    optional: tuple[str, str],
    email: str,
    phone: str,
) -> None:
    pool, client = optional
    user = pools.user(pool, email=email, phone_number=phone)
    public.set_user_mfa_preference(
        AccessToken=access_token(public, client, user),
        SMSMfaSettings={"Enabled": True},
        EmailMfaSettings={"Enabled": True},
    )
    choice = begin(public, client, user)
    assert parameters_of(choice, "SELECT_MFA_TYPE") == {
        "MFAS_CAN_CHOOSE": '["SMS_MFA","EMAIL_OTP"]',
        "USER_ID_FOR_SRP": user,
    }
    name, _ = refused(
        respond,
        public,
        client,
        choice,
        user,
        ANSWER="SOFTWARE_TOKEN_MFA",
    )
    assert name == "MFAMethodNotFoundException"
    challenge = respond(public, client, choice, user, ANSWER="EMAIL_OTP")
    parameters_of(challenge, "EMAIL_OTP")
    assert cognito.messages(phone) == []
    assert_tokens(respond(public, client, challenge, user, EMAIL_OTP_CODE=cognito.code(email)))


def test_the_preferred_factor_is_asked_for_at_once(
    public: Any, pools: Pools, optional: tuple[str, str], email: str, phone: str
) -> None:
    pool, client = optional
    user = pools.user(pool, email=email, phone_number=phone)
    public.set_user_mfa_preference(
        AccessToken=access_token(public, client, user),
        SMSMfaSettings={"Enabled": True},
        EmailMfaSettings=PREFERRED,
    )
    parameters_of(begin(public, client, user), "EMAIL_OTP")


def test_a_code_verifies_no_address_that_another_user_signs_in_by(
    admin: Any, cognito: Cognito, public: Any, pools: Pools, phone: str
) -> None:
    pool = pools.pool(AliasAttributes=["phone_number"])
    admin.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OPTIONAL", **FACTORS)
    client = pools.client(pool, "USER_PASSWORD_AUTH")
    pools.user(pool, phone_number=phone, phone_number_verified="true")
    user = pools.user(pool, phone_number=phone)
    public.set_user_mfa_preference(
        AccessToken=access_token(public, client, user), SMSMfaSettings={"Enabled": True}
    )
    challenge = begin(public, client, user)
    assert_tokens(respond(public, client, challenge, user, SMS_MFA_CODE=cognito.code(phone)))
    attributes = admin.admin_get_user(UserPoolId=pool, Username=user)["UserAttributes"]
    assert {"Name": "phone_number_verified", "Value": "true"} not in attributes


def test_a_challenge_cannot_be_answered_in_another_users_name_or_as_another_one(
    cognito: Cognito, public: Any, pools: Pools, optional: tuple[str, str], phone: str
) -> None:
    pool, client = optional
    user, other = pools.user(pool, phone_number=phone), pools.user(pool)
    public.set_user_mfa_preference(
        AccessToken=access_token(public, client, user), SMSMfaSettings={"Enabled": True}
    )
    challenge = begin(public, client, user)
    code = cognito.code(phone)
    invalid = ("NotAuthorizedException", "Invalid session for the user.")
    for name, username in (("SMS_MFA", other), ("EMAIL_OTP", user), ("MFA_SETUP", user)):
        assert (
            refused(
                respond,
                public,
                client,
                {**challenge, "ChallengeName": name},
                username,
                SMS_MFA_CODE=code,
                EMAIL_OTP_CODE=code,
            )
            == invalid
        )


def test_a_challenge_expires(
    cognito: Cognito, public: Any, pools: Pools, optional: tuple[str, str], phone: str
) -> None:
    pool, client = optional
    user = pools.user(pool, phone_number=phone)
    public.set_user_mfa_preference(
        AccessToken=access_token(public, client, user), SMSMfaSettings={"Enabled": True}
    )
    challenge = begin(public, client, user)
    cognito.advance(180)
    assert refused(
        respond,
        public,
        client,
        challenge,
        user,
        SMS_MFA_CODE=cognito.code(phone),
    ) == ("NotAuthorizedException", "Invalid session for the user, session is expired.")


def test_wrong_codes_lock_the_second_factor_for_a_while(
    cognito: Cognito, public: Any, pools: Pools, optional: tuple[str, str], phone: str
) -> None:
    pool, client = optional
    user = pools.user(pool, phone_number=phone)
    public.set_user_mfa_preference(
        AccessToken=access_token(public, client, user), SMSMfaSettings={"Enabled": True}
    )
    challenge = begin(public, client, user)
    code = cognito.code(phone)

    def answer(code: str) -> Json:
        return respond(public, client, challenge, user, SMS_MFA_CODE=code)

    for _ in range(5):
        assert refused(answer, "x") == WRONG_CODE
    assert refused(answer, code)[0] == "NotAuthorizedException"
    cognito.advance(2)
    assert_tokens(answer(code))


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ((), ("MFA_SETUP", {"MFAS_CAN_SETUP": '["SMS_MFA","SOFTWARE_TOKEN_MFA"]'})),
        # Passwords are reset by email, so that the mailbox cannot be the second factor as well.
        (("email",), ("MFA_SETUP", {"MFAS_CAN_SETUP": '["SMS_MFA","SOFTWARE_TOKEN_MFA"]'})),
        (("email", "phone_number"), ("SMS_MFA", {})),
    ],
    ids=["nothing", "email", "both"],
)
def test_where_mfa_is_required_whatever_the_user_has_is_used(
    public: Any,
    pools: Pools,
    required: tuple[str, str],
    email: str,
    phone: str,
    attributes: tuple[str, ...],
    expected: tuple[str, Json],
) -> None:
    pool, client = required
    addresses = {"email": email, "phone_number": phone}
    user = pools.user(pool, **{name: addresses[name] for name in attributes})
    parameters = parameters_of(begin(public, client, user), expected[0])
    assert parameters["USER_ID_FOR_SRP"] == user
    assert expected[1].items() <= parameters.items()


def test_both_addresses_can_be_chosen_where_neither_resets_passwords(
    admin: Any, public: Any, pools: Pools, email: str, phone: str
) -> None:
    pool, client = make_pool(admin, "ON", "admin_only")
    user = pools.user(pool, email=email, phone_number=phone)
    assert parameters_of(begin(public, client, user), "SELECT_MFA_TYPE") == {
        "MFAS_CAN_CHOOSE": '["SMS_MFA","EMAIL_OTP"]',
        "USER_ID_FOR_SRP": user,
    }


def test_a_pool_whose_only_factor_also_resets_passwords_lets_nobody_in(
    admin: Any, public: Any, pools: Pools, email: str
) -> None:
    pool, client = make_pool(admin, "ON", EmailMfaConfiguration={})
    user = pools.user(pool, email=email)
    name, _ = refused(begin, public, client, user)
    assert name == "InvalidUserPoolConfigurationException"


def test_an_authenticator_app_is_set_up_at_sign_in(
    cognito: Cognito, public: Any, pools: Pools, required: tuple[str, str]
) -> None:
    pool, client = required
    user = pools.user(pool)
    challenge = begin(public, client, user)
    parameters_of(challenge, "MFA_SETUP")
    # Without the app the challenge is not passed.
    name, _ = refused(respond, public, client, challenge, user)
    assert name == "SoftwareTokenMFANotFoundException"
    associated = members(public.associate_software_token(Session=challenge["Session"]))
    assert set(associated) == {"SecretCode", "Session"}
    secret = associated["SecretCode"]
    verified = members(
        public.verify_software_token(
            Session=associated["Session"], UserCode=totp_code(cognito, secret)
        )
    )
    assert set(verified) == {"Session", "Status"}
    assert verified["Status"] == "SUCCESS"
    answer = respond(public, client, {**challenge, "Session": verified["Session"]}, user)
    assert_tokens(answer)
    token = answer["AuthenticationResult"]["AccessToken"]
    assert public.get_user(AccessToken=token)["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]
    cognito.advance(30)
    challenge = begin(public, client, user)
    parameters_of(challenge, "SOFTWARE_TOKEN_MFA")
    code = totp_code(cognito, secret)
    assert_tokens(respond(public, client, challenge, user, SOFTWARE_TOKEN_MFA_CODE=code))


def test_an_email_address_is_set_up_at_sign_in(
    admin: Any, cognito: Cognito, public: Any, pools: Pools, email: str
) -> None:
    pool, client = make_pool(admin, "ON", "verified_phone_number")
    user = pools.user(pool)
    setup = begin(public, client, user)
    assert json.loads(parameters_of(setup, "MFA_SETUP")["MFAS_CAN_SETUP"]) == [
        "EMAIL_OTP",
        "SOFTWARE_TOKEN_MFA",
    ]
    challenge = respond(public, client, setup, user, EMAIL=email)
    parameters_of(challenge, "EMAIL_OTP")
    before = admin.admin_get_user(UserPoolId=pool, Username=user)["UserAttributes"]
    assert [item["Name"] for item in before] == ["sub"]
    answer = respond(public, client, challenge, user, EMAIL_OTP_CODE=cognito.code(email))
    assert_tokens(answer)
    token = answer["AuthenticationResult"]["AccessToken"]
    assert public.get_user(AccessToken=token)["UserMFASettingList"] == ["EMAIL_OTP"]
    after = admin.admin_get_user(UserPoolId=pool, Username=user)["UserAttributes"]
    assert {"Name": "email", "Value": email} in after
    assert {"Name": "email_verified", "Value": "true"} in after
    parameters_of(begin(public, client, user), "EMAIL_OTP")


@pytest.mark.parametrize("address", ["nowhere", "a@b@c"])
def test_what_is_no_email_address_is_not_set_up(
    admin: Any, public: Any, pools: Pools, address: str
) -> None:
    pool, client = make_pool(admin, "ON", "verified_phone_number")
    user = pools.user(pool)
    setup = begin(public, client, user)
    assert refused(respond, public, client, setup, user, EMAIL=address) == (
        "InvalidParameterException",
        "Invalid email address format.",
    )


def test_a_second_factor_follows_a_new_password_too(
    admin: Any, cognito: Cognito, public: Any, pools: Pools, optional: tuple[str, str], phone: str
) -> None:
    pool, client = optional
    user = pools.user(pool, phone_number=phone)
    public.set_user_mfa_preference(
        AccessToken=access_token(public, client, user), SMSMfaSettings={"Enabled": True}
    )
    admin.admin_set_user_password(
        UserPoolId=pool, Username=user, Password=PASSWORD, Permanent=False
    )
    challenge = begin(public, client, user)
    parameters_of(challenge, "NEW_PASSWORD_REQUIRED")
    challenge = respond(public, client, challenge, user, NEW_PASSWORD="An0ther!Password")
    parameters_of(challenge, "SMS_MFA")
    assert_tokens(respond(public, client, challenge, user, SMS_MFA_CODE=cognito.code(phone)))
