"""What is checked in which order, the SRP proof, and NEW_PASSWORD_REQUIRED with attributes."""

from walk.recorded.expect import (
    denied,
    includes,
    invalid,
    refused,
    tokens,
)
from walk.recorded.given import (
    EVERY_FLOW,
    PASSWORD,
    TEMPORARY,
    admin,
    answer_challenge,
    attempt,
    client,
    confirmed,
    invited,
    mails,
    new_password,
    password_sign_in,
    pool,
    signed_up,
    srp_proof,
    srp_sign_in,
    wait,
)
from walk.recorded.row import Row
from walk.recorded.rows.reported.first_factors import MAIL
from walk.recorded.rows.sign_in import DISABLED, UNKNOWN_USER, WRONG

PLAIN = (pool(), client())


UNCONFIRMED = (PLAIN, signed_up())
RESET = (
    mails,
    PLAIN,
    confirmed("user", "pool", *MAIL),
    admin("AdminResetUserPassword"),
)
SRP_STARTED = (PLAIN, confirmed(), srp_sign_in())
WRONG_DAY = "Mon Sep 24 13:50:15 UTC 2026"
ZERO_DAY = "Sat Sep 05 13:50:15 UTC 2026"


PASSWORDS = (
    Row(
        "MS/disabled-before-unconfirmed",
        (UNCONFIRMED, admin("AdminDisableUser")),
        password_sign_in("Wrong-1-password"),
        DISABLED,
    ),
    *(
        Row(
            f"MS/unconfirmed-{word}-password",
            UNCONFIRMED,
            password_sign_in(password),
            refused("UserNotConfirmedException", "User is not confirmed."),
        )
        for word, password in (("right", PASSWORD), ("wrong", "Wrong-1-password"))
    ),
    Row(
        "MS/reset-required-right-password",
        RESET,
        password_sign_in(),
        refused("PasswordResetRequiredException", "Password reset required for the user"),
    ),
    Row("MS/reset-required-wrong-password", RESET, password_sign_in("Wrong-1-password"), WRONG),
    Row(
        "MS/sub-is-no-username",
        (
            PLAIN,
            signed_up(),
            lambda scene: scene.names.update(user=scene["sub"]),
        ),
        password_sign_in(),
        UNKNOWN_USER,
    ),
    Row(
        "MS/srp-not-enabled",
        (pool(), client("password_only", ExplicitAuthFlows=EVERY_FLOW[:1]), confirmed()),
        srp_sign_in("password_only"),
        invalid("USER_SRP_AUTH is not enabled for the client."),
    ),
    Row(
        "MS/srp-no-responses",
        SRP_STARTED,
        answer_challenge("PASSWORD_VERIFIER", session=None),
        invalid("Missing required parameter challenge responses."),
    ),
    *(
        Row(
            f"MS/srp-without-{missing}",
            SRP_STARTED,
            srp_proof(without=missing),
            invalid(f"Missing required parameter {missing}"),
        )
        for missing in (
            "USERNAME",
            "TIMESTAMP",
            "PASSWORD_CLAIM_SIGNATURE",
            "PASSWORD_CLAIM_SECRET_BLOCK",
        )
    ),
    *(
        Row(
            f"MS/srp-timestamp-{word}",
            SRP_STARTED,
            srp_proof(at=text),
            invalid("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."),
        )
        for word, text in (
            ("iso", "2026-09-24T13:50:15Z"),
            ("lower-case-zone", "Thu Sep 24 13:50:15 utc 2026"),
        )
    ),
    Row(
        "MS/srp-signature-not-base64",
        SRP_STARTED,
        srp_proof(PASSWORD_CLAIM_SIGNATURE="not base64!"),
        invalid("Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string."),
    ),
    Row("MS/srp-wrong-password", SRP_STARTED, srp_proof("Wrong-1-password"), WRONG),
    Row(
        "MS/srp-unknown-secret-block",
        SRP_STARTED,
        srp_proof(PASSWORD_CLAIM_SECRET_BLOCK="QUFB" * 300),
        WRONG,
    ),
    Row("MS/srp-wrong-weekday", SRP_STARTED, srp_proof(at=WRONG_DAY), WRONG),
    Row("MS/srp-day-with-a-zero", SRP_STARTED, srp_proof(at=ZERO_DAY), WRONG),
    Row("MS/srp-second-proof", (SRP_STARTED, srp_proof()), srp_proof(), tokens()),
    Row(
        "amazon-cognito-identity-js#506 locked",
        (PLAIN, confirmed(), *[attempt(password_sign_in("Wrong-1-password"))] * 9),
        password_sign_in(),
        denied("Password attempts exceeded"),
    ),
)


NAMED_POOL = (
    pool(
        Schema=[
            {
                "Name": "family_name",
                "AttributeDataType": "String",
                "Mutable": True,
                "Required": True,
            }
        ]
    ),
    client(),
)
NEW_PASSWORDS = (
    Row(
        "fixtures/new-password-with-attributes",
        (NAMED_POOL, invited("user", "pool", ("email", "jane@g.example"))),
        password_sign_in(TEMPORARY),
        includes(
            {
                "ChallengeParameters.requiredAttributes": '["userAttributes.family_name"]',
                "ChallengeParameters.userAttributes": '{"email":"jane@g.example"}',
            }
        ),
    ),
    Row(
        "fixtures/new-password-email-again",
        (
            PLAIN,
            invited("user", "pool", ("email", "jane@g.example")),
            password_sign_in(TEMPORARY),
        ),
        new_password(**{"userAttributes.email": "jane@g.example"}),
        denied("Cannot modify an already provided email"),
    ),
    Row(
        "aws-amplify/amplify-js#9844 temporary password expired",
        (PLAIN, invited(), wait(8 * 86_400)),
        password_sign_in(TEMPORARY),
        denied("Temporary password has expired and must be reset by an administrator."),
    ),
)

ROWS = (*PASSWORDS, *NEW_PASSWORDS)
