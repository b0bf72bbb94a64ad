"""Authenticator apps and texts."""

from typing import Any

from walk.recorded.expect import (
    SESSION,
    Form,
    answered,
    invalid,
    refused,
    tokens,
)
from walk.recorded.given import (
    answer_challenge,
    client,
    code_sent_to,
    confirmed,
    mails,
    password_sign_in,
    pool,
    totp,
    wait,
    wrong_code,
)
from walk.recorded.row import Row
from walk.recorded.rows.reported.first_factors import MISMATCH
from walk.recorded.rows.reported.mfa_settings import TOTP_BLOCK, set_mfa
from walk.recorded.scene import Call, call

TOTP_POOL = (
    pool("pool", fresh=True, PoolName="authenticators"),
    set_mfa("OPTIONAL", **TOTP_BLOCK),
    client(),
    confirmed(),
    password_sign_in(),
)
ASSOCIATE = call(
    "AssociateSoftwareToken", {"AccessToken": "$access"}, keep={"secret": "SecretCode"}
)


def verify(code: Any) -> Call:
    """VerifySoftwareToken."""
    return call("VerifySoftwareToken", {"AccessToken": "$access", "UserCode": code})


PREFER_TOTP = call(
    "SetUserMFAPreference",
    {"AccessToken": "$access", "SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}},
)
ENROLLED = (TOTP_POOL, ASSOCIATE, verify(totp("secret")), PREFER_TOTP)
ASKED_FOR_TOTP = (ENROLLED, wait(90), password_sign_in())


def enter_totp(code: Any) -> Call:
    """Answer SOFTWARE_TOKEN_MFA."""
    return answer_challenge("SOFTWARE_TOKEN_MFA", USERNAME="$user", SOFTWARE_TOKEN_MFA_CODE=code)


SECOND_FACTORS = (
    Row(
        "amazon-cognito-identity-js#627 no session with an access token",
        TOTP_POOL,
        ASSOCIATE,
        answered({"SecretCode": Form("16 or more of A-Z and 2-7", r"[A-Z2-7]{16,}")}),
    ),
    Row(
        "aws-samples/aws-amplify-auth-starters#15 wrong code at set-up",
        (TOTP_POOL, ASSOCIATE),
        verify(totp("secret", wrong=True)),
        refused(
            "EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA"
        ),
    ),
    *(
        Row(
            f"aws/aws-sdk-js-v3#4645 {member} not set up",
            TOTP_POOL,
            call("SetUserMFAPreference", {"AccessToken": "$access", member: {"Enabled": True}}),
            invalid(f"User does not have delivery config set to turn on {factor}"),
        )
        for member, factor in (
            ("SoftwareTokenMfaSettings", "SOFTWARE_TOKEN_MFA"),
            ("SMSMfaSettings", "SMS_MFA"),
        )
    ),
    Row("AWS CLI/right code", ASKED_FOR_TOTP, enter_totp(totp("secret")), tokens()),
    Row(
        "amazon-cognito-identity-js#630 code used before",
        (ASKED_FOR_TOTP, enter_totp(totp("secret")), password_sign_in()),
        enter_totp(totp("secret")),
        refused("ExpiredCodeException", "Your software token has already been used once."),
    ),
    Row(
        "amazon-cognito-identity-js#630 code used at set-up",
        (ENROLLED, password_sign_in()),
        enter_totp(totp("secret")),
        refused("ExpiredCodeException", "Your software token has already been used once."),
    ),
    Row(
        "amazon-cognito-identity-js#630 wrong code",
        ASKED_FOR_TOTP,
        enter_totp(totp("secret", wrong=True)),
        refused("CodeMismatchException", "Invalid code received for user"),
    ),
    Row(
        "amazon-cognito-identity-js#627 no session",
        ASKED_FOR_TOTP,
        answer_challenge(
            "SOFTWARE_TOKEN_MFA", session=None, USERNAME="$user", SOFTWARE_TOKEN_MFA_CODE="000000"
        ),
        invalid("Missing required parameter Session"),
    ),
)

SMS_POOL = (
    mails,
    pool(
        fresh=True,
        PoolName="texts",
        AutoVerifiedAttributes=["phone_number"],
        SmsConfiguration={"SnsCallerArn": "arn:aws:iam::123456789012:role/sms"},
    ),
    set_mfa(
        "OPTIONAL",
        SmsMfaConfiguration={
            "SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms"}
        },
    ),
    client(),
    confirmed("user", "pool", ("phone_number", "+12065550183"), ("phone_number_verified", "true")),
    password_sign_in(),
    call(
        "SetUserMFAPreference",
        {"AccessToken": "$access", "SMSMfaSettings": {"Enabled": True, "PreferredMfa": True}},
    ),
)
TEXTS = (
    Row(
        "iret.media/95416",
        SMS_POOL,
        password_sign_in(),
        answered(
            {
                "ChallengeName": "SMS_MFA",
                "ChallengeParameters": {
                    "CODE_DELIVERY_DELIVERY_MEDIUM": "SMS",
                    "CODE_DELIVERY_DESTINATION": Form("a masked number", r"\+\*{7,11}\d{2,4}"),
                    "USER_ID_FOR_SRP": "$user",
                },
                "Session": SESSION,
            }
        ),
    ),
    Row(
        "aws-amplify/amplify-js#3066 wrong code",
        (SMS_POOL, password_sign_in(), code_sent_to("+12065550183"), wrong_code),
        answer_challenge("SMS_MFA", USERNAME="$user", SMS_MFA_CODE="$wrong_code"),
        MISMATCH,
    ),
)

ROWS = (*SECOND_FACTORS, *TEXTS)
