"""The other operations, one after the other."""

from typing import Any

from walk.recorded.expect import (
    NOTHING,
    UUID,
    answered,
    denied,
    header,
    invalid,
    refused,
)
from walk.recorded.given import (
    CHANGED,
    PASSWORD,
    admin,
    attempt,
    client,
    code_sent_to,
    confirmed,
    get_user,
    invited,
    mails,
    new_name,
    password_sign_in,
    pool,
    refresh,
    revoke,
    sign_up,
    signed_up,
    wait,
    wrong_code,
)
from walk.recorded.row import Row
from walk.recorded.rows.refresh import SIGNED_IN
from walk.recorded.rows.reported.first_factors import MAIL
from walk.recorded.rows.sign_in import DISABLED, UNKNOWN_USER, WRONG
from walk.recorded.scene import Call, call

PLAIN = (pool(), client())


GARBAGE = "A" * 40 + ".B.C"
MAILED_USER = (
    mails,
    pool(AutoVerifiedAttributes=["email"]),
    client(),
    confirmed("user", "pool", *MAIL),
)
FORGOT = call("ForgotPassword", {"ClientId": "$client", "Username": "$user"})
LATE_SIGN_UP = (
    mails,
    pool(AutoVerifiedAttributes=["email"]),
    client(),
    signed_up(("email", "jane-$user@g.example")),
    code_sent_to("jane-$user@g.example"),
)


def confirm(code: str = "$code") -> Call:
    """ConfirmSignUp."""
    return call(
        "ConfirmSignUp", {"ClientId": "$client", "Username": "$user", "ConfirmationCode": code}
    )


def confirm_forgot(code: str = "$code", password: str = CHANGED) -> Call:
    """ConfirmForgotPassword."""
    return call(
        "ConfirmForgotPassword",
        {
            "ClientId": "$client",
            "Username": "$user",
            "ConfirmationCode": code,
            "Password": password,
        },
    )


def sign_up_with(**members: Any) -> Call:
    """SignUp at the client with a secret."""
    return call(
        "SignUp", {"ClientId": "$private", "Username": "$user", "Password": PASSWORD, **members}
    )


SECRET = (pool(), client("private", GenerateSecret=True), new_name())
POLICY = "Password did not conform with policy: "

ROWS = (
    Row(
        "aws/aws-sdk-cpp#1789 headers",
        (PLAIN, new_name()),
        password_sign_in(),
        (
            UNKNOWN_USER,
            header("Content-Type", "application/x-amz-json-1.1"),
            header("x-amzn-RequestId", UUID),
            header("x-amzn-ErrorType", "UserNotFoundException:"),
            header("x-amzn-ErrorMessage", "User does not exist."),
        ),
    ),
    Row(
        "amazon-archives/aws-cognito-angular-quickstart#137 garbage",
        PLAIN,
        get_user(GARBAGE),
        denied("Invalid Access Token"),
    ),
    Row(
        "client logs/access token expired",
        (SIGNED_IN, wait(3_601)),
        get_user(),
        denied("Access Token has expired"),
    ),
    Row(
        "client logs/refresh token expired",
        (SIGNED_IN, wait(30 * 86_400 + 1)),
        refresh(),
        denied("Refresh Token has expired"),
    ),
    Row(
        "client logs/sign-up without the secret",
        SECRET,
        sign_up_with(),
        denied("Client $private is configured for secret but secret was not received"),
    ),
    Row(
        "ArranJacques/laravel-aws-cognito-auth#26 sign-up with a wrong hash",
        SECRET,
        sign_up_with(SecretHash="invalid"),
        denied("Unable to verify secret hash for client $private"),
    ),
    Row(
        "anomalyco/guide#216 short password",
        (PLAIN, new_name()),
        call("SignUp", {"ClientId": "$client", "Username": "$user", "Password": "short"}),
        refused("InvalidPasswordException", POLICY + "Password not long enough"),
    ),
    *(
        Row(
            f"client logs/password without {word}",
            (PLAIN, new_name()),
            call("SignUp", {"ClientId": "$client", "Username": "$user", "Password": password}),
            refused("InvalidPasswordException", f"{POLICY}Password must have {word} characters"),
        )
        for word, password in (
            ("uppercase", "recorded-1-password"),
            ("lowercase", "RECORDED-1-PASSWORD"),
            ("numeric", "Recorded-one-password"),
            ("symbol", "Recorded1password"),
        )
    ),
    Row(
        "data-dot-all/dataall#690 temporary password without a digit",
        (PLAIN, new_name()),
        admin(
            "AdminCreateUser",
            MessageAction="SUPPRESS",
            TemporaryPassword="Recorded-one-password",
        ),
        refused(
            "InvalidPasswordException",
            "Password did not conform with password policy: Password must have numeric characters",
        ),
    ),
    Row(
        "pmill/aws-cognito#37 sign-up not permitted",
        (
            pool(AdminCreateUserConfig={"AllowAdminCreateUserOnly": True}),
            client(),
            new_name(),
        ),
        sign_up(),
        denied("SignUp is not permitted for this user pool"),
    ),
    Row("client logs/confirmation", LATE_SIGN_UP, confirm(), NOTHING),
    Row(
        "awslabs/aws-sdk-ios-samples#144 code expired",
        (LATE_SIGN_UP, wait(86_401)),
        confirm(),
        refused("ExpiredCodeException", "Invalid code provided, please request a code again."),
    ),
    Row(
        "furaiev/amazon-cognito-identity-dart-2#80 confirmed already",
        (LATE_SIGN_UP, admin("AdminConfirmSignUp")),
        confirm(),
        denied("User cannot be confirmed. Current status is CONFIRMED"),
    ),
    Row(
        "client logs/resend for a confirmed user",
        MAILED_USER,
        call("ResendConfirmationCode", {"ClientId": "$client", "Username": "$user"}),
        invalid("User is already confirmed."),
    ),
    Row(
        "MOTO/forgot-password",
        MAILED_USER,
        FORGOT,
        answered(
            {
                "CodeDeliveryDetails": {
                    "AttributeName": "email",
                    "DeliveryMedium": "EMAIL",
                    "Destination": "j***@g***",
                }
            }
        ),
    ),
    Row(
        "aws/aws-sdk-js-v3#7101 no verified address",
        (PLAIN, confirmed()),
        FORGOT,
        invalid(
            "Cannot reset password for the user as there is no registered/verified email "
            "or phone_number"
        ),
    ),
    Row(
        "aws-amplify/amplify-flutter#3048 never signed in",
        (mails, PLAIN, invited("user", "pool", *MAIL)),
        FORGOT,
        denied("User password cannot be reset in the current state."),
    ),
    Row(
        "amazon-cognito-identity-js#373 disabled",
        (MAILED_USER, admin("AdminDisableUser")),
        FORGOT,
        DISABLED,
    ),
    Row(
        "aws-amplify/amplify-js#8013 too often",
        (MAILED_USER, *[attempt(FORGOT)] * 20),
        FORGOT,
        refused("LimitExceededException", "Attempt limit exceeded, please try after some time."),
    ),
    Row(
        "net-extensions-cognito#137 wrong reset code",
        (MAILED_USER, FORGOT, code_sent_to("jane-$user@g.example"), wrong_code),
        confirm_forgot("$wrong_code"),
        refused("CodeMismatchException", "Invalid verification code provided, please try again."),
    ),
    Row(
        "awslabs/aws-sdk-ios-samples#144 no reset code",
        MAILED_USER,
        confirm_forgot("123456"),
        refused("ExpiredCodeException", "Invalid code provided, please request a code again."),
    ),
    Row(
        "client logs/wrong previous password",
        SIGNED_IN,
        call(
            "ChangePassword",
            {
                "AccessToken": "$access",
                "PreviousPassword": "Wrong-1-password",
                "ProposedPassword": CHANGED,
            },
        ),
        WRONG,
    ),
    Row(
        "ministack/no previous password",
        SIGNED_IN,
        call("ChangePassword", {"AccessToken": "$access", "ProposedPassword": CHANGED}),
        invalid("Missing required parameter OldPassword"),
    ),
    Row(
        "quirenote/revoke a token that never was",
        PLAIN,
        revoke("never-issued"),
        NOTHING,
    ),
    Row(
        "aws-amplify/amplify-js#5623 no triggers",
        (pool(), client("custom", ExplicitAuthFlows=["ALLOW_CUSTOM_AUTH"]), confirmed()),
        call(
            "InitiateAuth",
            {
                "ClientId": "$custom",
                "AuthFlow": "CUSTOM_AUTH",
                "AuthParameters": {"USERNAME": "$user"},
            },
        ),
        invalid("Custom auth lambda trigger is not configured for the user pool."),
    ),
    Row(
        "aws-samples/aws-serverless-workshops#277 custom flow off",
        (PLAIN, confirmed()),
        call(
            "InitiateAuth",
            {
                "ClientId": "$client",
                "AuthFlow": "CUSTOM_AUTH",
                "AuthParameters": {"USERNAME": "$user"},
            },
        ),
        invalid("CUSTOM_AUTH is not enabled for the client."),
    ),
)
