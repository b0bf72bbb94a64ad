"""Which operations are signed, and what an unsigned or wrongly signed request is told."""

from walk.recorded.expect import Form, answered, refused, tokens
from walk.recorded.given import (
    TEMPORARY,
    client,
    confirmed,
    get_tokens,
    invited,
    password_sign_in,
    pool,
)
from walk.recorded.row import Row
from walk.recorded.rows.sign_in import NEW_PASSWORD_REQUIRED, USER
from walk.recorded.scene import call
from walk.recorded.wire import MALFORMED, SIGNED, UNKNOWN_KEY, UNSIGNED

POOL = pool()
SIGNED_IN = (POOL, client(), confirmed(), password_sign_in())
IGNORED = {
    "unsigned": UNSIGNED,
    "signed": SIGNED,
    "invalid-signature": UNKNOWN_KEY,
    "malformed-authorization": MALFORMED,
}

ROWS = (
    Row(
        "LOG/protected-describe-unsigned",
        POOL,
        call("DescribeUserPool", {"UserPoolId": "$pool"}, authorization=UNSIGNED),
        refused("MissingAuthenticationTokenException", "Missing Authentication Token"),
    ),
    Row(
        "LOG/admin-password-unsigned",
        (POOL, client(), confirmed()),
        call(
            "AdminInitiateAuth",
            {
                "UserPoolId": "$pool",
                "ClientId": "$client",
                "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": "$user", "PASSWORD": "Recorded-1-password"},
            },
            authorization=UNSIGNED,
        ),
        refused("MissingAuthenticationTokenException", "Missing Authentication Token"),
        unmet="AdminInitiateAuth is no operation of the local Cognito",
    ),
    Row(
        "LOG/protected-describe-invalid-signature",
        POOL,
        call("DescribeUserPool", {"UserPoolId": "$pool"}, authorization=UNKNOWN_KEY),
        refused(
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ),
    ),
    Row(
        "LOG/protected-describe-malformed-authorization",
        POOL,
        call("DescribeUserPool", {"UserPoolId": "$pool"}, authorization=MALFORMED),
        refused(
            "IncompleteSignatureException",
            Form(
                "AWS's list of what the header lacks",
                r"Authorization header requires 'Credential' parameter\. "
                r"Authorization header requires 'Signature' parameter\. "
                r"Authorization header requires 'SignedHeaders' parameter\. "
                r"Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
                r"header\. \(Hashed with SHA-256 and encoded with Base64\) "
                r"Authorization=[A-Za-z0-9+/]{43}=",
            ),
        ),
    ),
    *(
        Row(
            f"LOG/public-password-{name}",
            (POOL, client(), confirmed()),
            password_sign_in(authorization=authorization),
            tokens(),
        )
        for name, authorization in IGNORED.items()
    ),
    *(
        Row(
            f"LOG/public-new-password-{name}",
            (POOL, client(), invited()),
            password_sign_in(TEMPORARY, authorization=authorization),
            answered(NEW_PASSWORD_REQUIRED),
        )
        for name, authorization in IGNORED.items()
    ),
    *(
        Row(
            f"ROT/rotation-plain-{name}",
            SIGNED_IN,
            get_tokens(authorization=authorization),
            tokens(refresh=False, parameters=False),
        )
        for name, authorization in IGNORED.items()
    ),
    Row(
        "LOG/get-user-invalid-signature-header",
        SIGNED_IN,
        call("GetUser", {"AccessToken": "$access"}, authorization=UNKNOWN_KEY),
        answered(USER),
    ),
)
