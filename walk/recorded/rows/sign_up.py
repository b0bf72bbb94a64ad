"""SignUp and what follows it."""

from walk.recorded.expect import NOTHING, UUID, answered, attributes, holds, invalid, refused
from walk.recorded.given import (
    PASSWORD,
    admin,
    client,
    get_user,
    mails,
    new_name,
    password_sign_in,
    pool,
    sign_up,
    signed_up,
)
from walk.recorded.row import Row
from walk.recorded.scene import call

# The pool of PRO: two custom attributes, one of them immutable, and a required family name.
PROFILES = pool(
    Schema=[
        {"Name": "family_name", "AttributeDataType": "String", "Mutable": True, "Required": True},
        {"Name": "team", "AttributeDataType": "String", "Mutable": True},
        {"Name": "tenant", "AttributeDataType": "String", "Mutable": False},
    ]
)
CLIENT = (PROFILES, client())
ATTRIBUTES = (
    ("email", "pat@example.com"),
    ("family_name", "Doe"),
    ("custom:team", "blue"),
    ("custom:tenant", "north"),
)
NEW_USER = {"UserConfirmed": False, "UserSub": UUID}
NO_FAMILY_NAME = invalid(
    "Attributes did not conform to the schema: "
    "name.familyName: The attribute name.familyName is required",
)
SIGNED_UP = (CLIENT, signed_up(*ATTRIBUTES))
CONFIRMED = (SIGNED_UP, admin("AdminConfirmSignUp"))

# The pool of FL sends codes by mail.
MAILING = (mails, pool(AutoVerifiedAttributes=["email"]), client())
DELIVERY = {
    "CodeDeliveryDetails": {
        "AttributeName": "email",
        "DeliveryMedium": "EMAIL",
        "Destination": "f***@e***",
    }
}
FIXTURE = ("email", "fixture@example.com")
RESEND = call("ResendConfirmationCode", {"ClientId": "$client", "Username": "$user"})

ROWS = (
    Row(
        "PRO/profile-signup-custom-defaults",
        (CLIENT, new_name()),
        sign_up(*ATTRIBUTES),
        answered(NEW_USER),
    ),
    Row(
        "PRO/profile-get-initial",
        (CONFIRMED, password_sign_in()),
        get_user(),
        answered(
            {
                "UserAttributes": attributes(
                    ("email", "pat@example.com"),
                    ("email_verified", "false"),
                    ("family_name", "Doe"),
                    ("custom:team", "blue"),
                    ("custom:tenant", "north"),
                    ("sub", "$sub"),
                ),
                "Username": "$user",
            }
        ),
    ),
    Row(
        "PRO/profile-recreate-user",
        (
            CONFIRMED,
            password_sign_in(),
            call("DeleteUser", {"AccessToken": "$access"}),
            lambda scene: scene.names.update(sub_before=scene["sub"]),
        ),
        sign_up(*ATTRIBUTES),
        (
            answered(NEW_USER),
            holds("UserSub is another", lambda scene: scene["sub"] != scene["sub_before"]),
        ),
    ),
    Row(
        "PRO/profile-signup-missing-required",
        (CLIENT, new_name()),
        call("SignUp", {"ClientId": "$client", "Username": "$user", "Password": PASSWORD}),
        NO_FAMILY_NAME,
    ),
    Row(
        "PRO/profile-signup-verified-flag",
        (CLIENT, new_name()),
        sign_up(*ATTRIBUTES, ("email_verified", "true")),
        invalid("Cannot modify the non-mutable attribute email_verified"),
    ),
    Row("PRO/profile-confirm-user", SIGNED_UP, admin("AdminConfirmSignUp"), NOTHING),
    Row(
        "FL/sign-up.happy",
        (MAILING, new_name()),
        sign_up(FIXTURE),
        answered({**DELIVERY, **NEW_USER}),
    ),
    Row(
        "FL/sign-up.error.username-exists",
        (MAILING, signed_up(FIXTURE)),
        sign_up(FIXTURE),
        refused("UsernameExistsException", "User already exists"),
    ),
    Row(
        "FL/confirm-sign-up.error.code-mismatch",
        (MAILING, signed_up(FIXTURE)),
        call(
            "ConfirmSignUp",
            {"ClientId": "$client", "Username": "$user", "ConfirmationCode": "000000"},
        ),
        refused("CodeMismatchException", "Invalid verification code provided, please try again."),
    ),
    Row(
        "FL/resend-confirmation.happy",
        (MAILING, signed_up(FIXTURE)),
        RESEND,
        answered(DELIVERY),
    ),
    Row(
        "FL/resend-confirmation.error.rate-limit",
        (MAILING, signed_up(FIXTURE), RESEND),
        RESEND,
        answered(DELIVERY),
    ),
    Row(
        "FL/forgot-password.unknown-user",
        (pool(), client(), new_name()),
        call("ForgotPassword", {"ClientId": "$client", "Username": "$user"}),
        refused("UserNotFoundException", "Username/client id combination not found."),
    ),
)
