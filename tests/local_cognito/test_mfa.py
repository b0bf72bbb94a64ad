"""What users set up for MFA: the authenticator app and the preference."""

from typing import Any

import pytest

from tests.support.local_cognito import Cognito, Pools
from tests.support.sign_in import (
    FACTORS,
    access_token,
    members,
    refused,
    set_up_totp,
    totp_code,
)


@pytest.fixture(scope="module")
def pool(admin: Any) -> str:
    """Make a pool in which MFA is optional, by all three factors."""
    pool = Pools(admin).pool()
    admin.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OPTIONAL", **FACTORS)
    return pool


@pytest.fixture(scope="module")
def client(admin: Any, pool: str) -> str:
    """Make an app client of the pool."""
    return Pools(admin).client(pool, "USER_PASSWORD_AUTH")


def setup_of(public: Any, token: str) -> tuple[str | None, list[str] | None]:
    """Return PreferredMfaSetting and UserMFASettingList."""
    user = public.get_user_auth_factors(AccessToken=token)
    return user.get("PreferredMfaSetting"), user.get("UserMFASettingList")


def test_an_authenticator_app_counts_once_its_code_was_right(
    cognito: Cognito, public: Any, pools: Pools, pool: str, client: str
) -> None:
    token = access_token(public, client, pools.user(pool))
    answer = members(public.associate_software_token(AccessToken=token))
    assert set(answer) == {"SecretCode"}
    secret = answer["SecretCode"]
    code = totp_code(cognito, secret)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert refused(public.verify_software_token, AccessToken=token, UserCode=wrong) == (
        "EnableSoftwareTokenMFAException",
        "Code mismatch and fail enable Software Token MFA",
    )
    assert (
        "SOFTWARE_TOKEN"
        not in public.get_user_auth_factors(AccessToken=token)["ConfiguredUserAuthFactors"]
    )
    verified = public.verify_software_token(AccessToken=token, UserCode=code)
    assert members(verified) == {"Status": "SUCCESS"}
    name, _ = refused(public.verify_software_token, AccessToken=token, UserCode=code)
    assert name == "SoftwareTokenMFANotFoundException"  # the secret is not new any more
    assert public.get_user_auth_factors(AccessToken=token)["ConfiguredUserAuthFactors"] == [
        "PASSWORD",
        "SOFTWARE_TOKEN",
    ]
    assert setup_of(public, token) == (None, None)  # an app alone is not asked for


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_of_another_minute_is_wrong(
    cognito: Cognito, public: Any, pools: Pools, pool: str, client: str, steps: int
) -> None:
    token = access_token(public, client, pools.user(pool))
    secret = public.associate_software_token(AccessToken=token)["SecretCode"]
    code = totp_code(cognito, secret, steps=steps + (1 if steps > 0 else -1))
    name, _ = refused(public.verify_software_token, AccessToken=token, UserCode=code)
    assert name == "EnableSoftwareTokenMFAException"


def test_an_app_that_nobody_asked_for_cannot_be_verified(
    public: Any, pools: Pools, pool: str, client: str
) -> None:
    token = access_token(public, client, pools.user(pool))
    assert refused(public.verify_software_token, AccessToken=token, UserCode="123456") == (
        "SoftwareTokenMFANotFoundException",
        "Software Token MFA does not exist for the user.",
    )


def test_a_pool_without_authenticator_apps_gives_out_no_secret(public: Any, pools: Pools) -> None:
    pool = pools.pool()
    token = access_token(public, pools.client(pool, "USER_PASSWORD_AUTH"), pools.user(pool))
    assert refused(public.associate_software_token, AccessToken=token) == (
        "SoftwareTokenMFANotFoundException",
        "Software Token MFA has not been enabled by the userPool",
    )


@pytest.mark.parametrize(
    "given", [{}, {"AccessToken": "a.b.c", "Session": "s" * 20}], ids=["neither", "both"]
)
def test_either_a_token_or_a_session_is_needed(public: Any, given: dict[str, str]) -> None:
    name, _ = refused(public.associate_software_token, **given)
    assert name == "InvalidParameterException"


def test_a_made_up_session_sets_up_nothing(public: Any) -> None:
    assert refused(public.associate_software_token, Session="s" * 20) == (
        "NotAuthorizedException",
        "Invalid session for the user.",
    )


def test_factors_are_switched_on_preferred_and_switched_off(
    cognito: Cognito, public: Any, pools: Pools, pool: str, client: str, email: str, phone: str
) -> None:
    user = pools.user(pool, email=email, phone_number=phone)
    token = access_token(public, client, user)
    set_up_totp(cognito, public, token)
    sms, email_code, app = "SMS_MFA", "EMAIL_OTP", "SOFTWARE_TOKEN_MFA"
    on, preferred, off = {"Enabled": True}, {"Enabled": True, "PreferredMfa": True}, {}
    steps: list[tuple[dict[str, Any], tuple[str | None, list[str] | None]]] = [
        ({"SMSMfaSettings": on}, (None, [sms])),
        ({"SoftwareTokenMfaSettings": preferred}, (app, [sms, app])),
        ({"EmailMfaSettings": on}, (app, [sms, email_code, app])),
        ({"EmailMfaSettings": preferred}, (email_code, [sms, email_code, app])),
        ({"EmailMfaSettings": on}, (None, [sms, email_code, app])),
        ({"EmailMfaSettings": off, "SMSMfaSettings": off}, (None, [app])),
        ({"SoftwareTokenMfaSettings": preferred}, (app, [app])),
        ({"SoftwareTokenMfaSettings": off}, (None, None)),
    ]
    for settings, expected in steps:
        assert members(public.set_user_mfa_preference(AccessToken=token, **settings)) == {}
        assert setup_of(public, token) == expected


NOT_SET_UP = "User does not have delivery config set to turn on "


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"SMSMfaSettings": {"Enabled": True}}, NOT_SET_UP + "SMS_MFA"),
        ({"EmailMfaSettings": {"Enabled": True}}, NOT_SET_UP + "EMAIL_OTP"),
        ({"SoftwareTokenMfaSettings": {"Enabled": True}}, NOT_SET_UP + "SOFTWARE_TOKEN_MFA"),
        (
            {"SMSMfaSettings": {"PreferredMfa": True}},
            "A factor has to be enabled to be the preferred one.",
        ),
        (
            {
                "SMSMfaSettings": {"Enabled": True, "PreferredMfa": True},
                "EmailMfaSettings": {"Enabled": True, "PreferredMfa": True},
            },
            "Only one factor can be the preferred one.",
        ),
        (
            {"WebAuthnMfaSettings": {"Enabled": True}},
            "The user pool's FactorConfiguration is not MULTI_FACTOR_WITH_USER_VERIFICATION.",
        ),
    ],
)
def test_a_preference_that_cannot_be_met_is_refused_and_changes_nothing(
    public: Any, pools: Pools, pool: str, client: str, settings: dict[str, Any], sentence: str
) -> None:
    token = access_token(public, client, pools.user(pool))
    assert refused(public.set_user_mfa_preference, AccessToken=token, **settings) == (
        "InvalidParameterException",
        sentence,
    )
    assert setup_of(public, token) == (None, None)


def test_the_older_setting_switches_text_messages_on_and_off(
    admin: Any, public: Any, pools: Pools, pool: str, client: str, phone: str
) -> None:
    user = pools.user(pool, phone_number=phone)
    token = access_token(public, client, user)
    option = {"DeliveryMedium": "SMS", "AttributeName": "phone_number"}
    public.set_user_settings(AccessToken=token, MFAOptions=[option])
    assert admin.admin_get_user(UserPoolId=pool, Username=user)["MFAOptions"] == [option]
    assert setup_of(public, token) == (None, ["SMS_MFA"])
    public.set_user_settings(AccessToken=token, MFAOptions=[])
    assert "MFAOptions" not in admin.admin_get_user(UserPoolId=pool, Username=user)
    assert setup_of(public, token) == (None, None)


@pytest.mark.parametrize("option", [{}, {"DeliveryMedium": "EMAIL", "AttributeName": "email"}])
def test_the_older_setting_knows_text_messages_only(
    public: Any, pools: Pools, pool: str, client: str, phone: str, option: dict[str, str]
) -> None:
    token = access_token(public, client, pools.user(pool, phone_number=phone))
    name, _ = refused(public.set_user_settings, AccessToken=token, MFAOptions=[option])
    assert name == "InvalidParameterException"


def test_the_factors_of_a_user_are_named_whatever_the_pool_allows(
    public: Any, pools: Pools, pool: str, client: str, email: str, phone: str
) -> None:
    user = pools.user(pool, email=email, phone_number=phone)
    token = access_token(public, client, user)
    public.set_user_mfa_preference(
        AccessToken=token, SMSMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    assert members(public.get_user_auth_factors(AccessToken=token)) == {
        "Username": user,
        "PreferredMfaSetting": "SMS_MFA",
        "UserMFASettingList": ["SMS_MFA"],
        "ConfiguredUserAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP"],
    }
