"""The user's second factors."""

from app.swagger.building import Paths, done, response
from app.swagger.fields import SUB
from app.swagger.operations import bearer_operation

PATHS: Paths = {
    "/mfa": {
        "get": bearer_operation(
            "read_mfa",
            "Second factor",
            "Show the user's factors",
            "Which factors the user has set up (GetUserAuthFactors).",
            response(
                "The factors.",
                "MfaResponse",
                {
                    "username": SUB,
                    "preferred_mfa_setting": "SOFTWARE_TOKEN_MFA",
                    "user_mfa_setting_list": ["SOFTWARE_TOKEN_MFA"],
                    "configured_user_auth_factors": ["PASSWORD"],
                },
            ),
        ),
        "put": bearer_operation(
            "update_mfa",
            "Second factor",
            "Switch second factors on or off",
            "Sets which second factors are used, and which is asked for first "
            "(SetUserMFAPreference).",
            done("Second factors updated."),
            body="MfaRequest",
            example={"totp": {"enabled": True, "preferred": True}},
        ),
    },
}
