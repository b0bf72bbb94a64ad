"""Setting up an authenticator app."""

from app.swagger.building import Paths, response
from app.swagger.fields import EMAIL_EXAMPLE
from app.swagger.operations import bearer_operation

PATHS: Paths = {
    "/mfa/totp": {
        "post": bearer_operation(
            "set_up_totp",
            "Second factor",
            "Set up an authenticator app",
            "Makes a new secret, with its QR code (AssociateSoftwareToken). Takes an access token, "
            "or the `session` of an MFA_SETUP challenge.",
            response(
                "The secret, to be verified next.",
                "TotpResponse",
                {
                    "secret": "JBSWY3DPEHPK3PXP",
                    "otpauth_uri": "otpauth://totp/Cognito:me?secret=JBSWY3DPEHPK3PXP",
                    "qr_svg": '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
                },
            ),
            body="TotpRequest",
            example={"account": EMAIL_EXAMPLE},
            body_optional=True,
            bearer_optional=True,
        ),
    },
    "/mfa/totp/verify": {
        "post": bearer_operation(
            "verify_totp",
            "Second factor",
            "Verify the authenticator app",
            "Proves that the authenticator works (VerifySoftwareToken). Takes an access token, or "
            "the `session` of POST /mfa/totp, and then returns one for the MFA_SETUP challenge.",
            response("It works.", "TotpVerifyResponse", {"message": "Authenticator verified."}),
            body="TotpVerifyRequest",
            example={"code": "123456", "device_name": "Phone"},
            bearer_optional=True,
        ),
    },
}
