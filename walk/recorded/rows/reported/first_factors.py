"""Codes by mail as first factors, the choice among factors, and the first login by itself."""

from typing import Any

from walk.recorded.expect import (
    SESSION,
    UUID,
    answered,
    attributes,
    denied,
    holds,
    includes,
    refused,
    tokens,
)
from walk.recorded.given import (
    admin,
    answer_challenge,
    attempt,
    client,
    code_sent_to,
    invited,
    mails,
    new_name,
    pool,
    sign_up,
    wait,
    wrong_code,
)
from walk.recorded.row import Row
from walk.recorded.scene import Call, call

OTP_POOL = pool(
    UserPoolTier="ESSENTIALS",
    AutoVerifiedAttributes=["email"],
    Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
)
CHOOSING = (
    mails,
    OTP_POOL,
    client("choosing", ExplicitAuthFlows=["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]),
)
MAIL = (("email", "jane-$user@g.example"), ("email_verified", "true"))
PASSWORDLESS = (
    CHOOSING,
    new_name(),
    admin("AdminCreateUser", MessageAction="SUPPRESS", UserAttributes=attributes(*MAIL)),
)


def choose(preferred: str | None = None, client: str = "choosing", user: str = "user") -> Call:
    """InitiateAuth with USER_AUTH."""
    wish = {} if preferred is None else {"PREFERRED_CHALLENGE": preferred}
    return call(
        "InitiateAuth",
        {
            "ClientId": f"${client}",
            "AuthFlow": "USER_AUTH",
            "AuthParameters": {"USERNAME": f"${user}", **wish},
        },
        keep={"session": "Session"},
    )


def email_otp(destination: str) -> dict[str, Any]:
    """Return the EMAIL_OTP challenge."""
    return {
        "AvailableChallenges": ["EMAIL_OTP"],
        "ChallengeName": "EMAIL_OTP",
        "ChallengeParameters": {
            "CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL",
            "CODE_DELIVERY_DESTINATION": destination,
        },
        "Session": SESSION,
    }


def selection(*names: str) -> dict[str, Any]:
    """Return the SELECT_CHALLENGE challenge."""
    return {
        "AvailableChallenges": list(names),
        "ChallengeName": "SELECT_CHALLENGE",
        "ChallengeParameters": {},
        "Session": SESSION,
    }


def enter(code: str, session: str = "$session") -> Call:
    """Answer EMAIL_OTP."""
    return answer_challenge("EMAIL_OTP", "choosing", session, USERNAME="$user", EMAIL_OTP_CODE=code)


MAILED = (PASSWORDLESS, choose("EMAIL_OTP"), code_sent_to("jane-$user@g.example"))


MISMATCH = refused("CodeMismatchException", "Invalid code or auth state for the user.")

FIRST_FACTORS = (
    Row(
        "OTP/passwordless-user-is-confirmed",
        PASSWORDLESS,
        admin("AdminGetUser"),
        includes({"UserStatus": "CONFIRMED"}),
    ),
    Row("OTP/no-preference", PASSWORDLESS, choose(), answered(selection("EMAIL_OTP"))),
    Row(
        "OTP/preferred-email",
        PASSWORDLESS,
        choose("EMAIL_OTP"),
        answered(email_otp("j***@g***")),
    ),
    Row(
        "OTP/force-change-user",
        (CHOOSING, invited("user", "pool", *MAIL)),
        choose("EMAIL_OTP"),
        answered(selection("PASSWORD_SRP", "PASSWORD")),
    ),
    Row(
        "OTP/unknown-user",
        (
            mails,
            OTP_POOL,
            client(
                "hiding",
                ExplicitAuthFlows=["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
                PreventUserExistenceErrors="ENABLED",
            ),
            new_name(),
            lambda scene: scene.names.update(nobody=f"nobody-{scene['user']}@invalid.example"),
        ),
        choose("EMAIL_OTP", client="hiding", user="nobody"),
        answered(email_otp("n***@i***")),
    ),
    Row("OTP/right-code", MAILED, enter("$code"), tokens()),
    Row(
        "OTP/code-has-eight-digits",
        MAILED,
        enter("$code"),
        holds("the code has eight digits", lambda scene: len(scene["code"]) == 8),
    ),
    Row("OTP/wrong-code", (MAILED, wrong_code), enter("$wrong_code"), MISMATCH),
    Row(
        "OTP/six-wrong-codes",
        (MAILED, wrong_code, *[attempt(enter("$wrong_code"))] * 5),
        enter("$wrong_code"),
        MISMATCH,
    ),
    Row(
        "OTP/right-code-after-wrong-ones",
        (MAILED, wrong_code, attempt(enter("$wrong_code")), attempt(enter("$wrong_code"))),
        enter("$code"),
        tokens(),
    ),
    Row(
        "OTP/session-used-again",
        (MAILED, enter("$code")),
        enter("$code"),
        denied("Invalid session for the user, session can only be used once."),
    ),
    Row(
        "OTP/session-expired",
        (MAILED, wait(234)),
        enter("$code"),
        denied("Invalid session for the user, session is expired."),
    ),
    Row(
        "aws-amplify/amplify-js#5834 garbled session",
        MAILED,
        enter("$code", "A" * 200),
        denied("Invalid session for the user."),
    ),
    Row(
        "aws/aws-sdk-js-v3#6724 sign-up of a choosing client",
        (CHOOSING, new_name()),
        sign_up(("email", "jane-$user@g.example"), client="choosing"),
        answered(
            {
                "CodeDeliveryDetails": {
                    "AttributeName": "email",
                    "DeliveryMedium": "EMAIL",
                    "Destination": "j***@g***",
                },
                "Session": SESSION,
                "UserConfirmed": False,
                "UserSub": UUID,
            }
        ),
    ),
)

SIGNED_UP_CHOOSING = (
    CHOOSING,
    new_name(),
    sign_up(("email", "jane-$user@g.example"), client="choosing", keep={"session": "Session"}),
    code_sent_to("jane-$user@g.example"),
)
CONFIRM_WITH_SESSION = call(
    "ConfirmSignUp",
    {
        "ClientId": "$choosing",
        "Username": "$user",
        "ConfirmationCode": "$code",
        "Session": "$session",
    },
    keep={"session": "Session"},
)
AUTOMATIC_LOGIN = (
    Row(
        "aws/aws-sdk-js-v3#6724 confirmation with a session",
        SIGNED_UP_CHOOSING,
        CONFIRM_WITH_SESSION,
        answered({"Session": SESSION}),
    ),
    Row(
        "aws/aws-sdk-js-v3#6724 first login",
        (SIGNED_UP_CHOOSING, CONFIRM_WITH_SESSION),
        call(
            "InitiateAuth",
            {
                "ClientId": "$choosing",
                "AuthFlow": "USER_AUTH",
                "AuthParameters": {"USERNAME": "$user"},
                "Session": "$session",
            },
        ),
        tokens(),
    ),
)

ROWS = (*FIRST_FACTORS, *AUTOMATIC_LOGIN)
