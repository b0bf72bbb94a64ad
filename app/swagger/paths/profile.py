"""The access token's claims, and the user's attributes."""

from app.swagger.building import (
    Paths,
    done,
    error_response,
    one_of,
    path_parameter,
    response,
    string,
)
from app.swagger.fields import CODE_DELIVERY_EXAMPLE, EMAIL_EXAMPLE, SUB, WRITABLE_ATTRIBUTES
from app.swagger.operations import bearer_operation, operation
from app.swagger.responses import FROM_COGNITO, INVALID_INPUT, SERVER_FAULTS, TOKEN_REFUSED

_PHONE_NUMBER_TAKEN = error_response(
    "Another user has this phone number.",
    "AliasExistsException",
    "An account with the phone number already exists.",
)
_EMAIL_TAKEN = error_response(
    "Another user has this address.",
    "AliasExistsException",
    "An account with the email already exists.",
)

PATHS: Paths = {
    "/me": {
        "get": operation(
            "me",
            "Profile",
            "Show the claims of the access token",
            "Returns the decoded claims. The token is verified here, without asking Cognito: "
            "after a logout it stays valid until it expires.",
            {
                "200": response(
                    "The claims.",
                    "ClaimsResponse",
                    {
                        "sub": SUB,
                        "iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI",
                        "client_id": "1h57kf5cpq17m0eml12EXAMPLE",
                        "token_use": "access",
                        "scope": "aws.cognito.signin.user.admin",
                        "exp": 1900000000,
                        "iat": 1899996400,
                        "username": SUB,
                    },
                ),
                "401": TOKEN_REFUSED,
                "500": SERVER_FAULTS["500"],
                "503": SERVER_FAULTS["503"],
            },
            bearer=True,
        ),
    },
    "/profile": {
        "get": operation(
            "read_profile",
            "Profile",
            "Read the user's attributes",
            "Reads the user's Cognito attributes (GetUser). "
            "Needs the scope aws.cognito.signin.user.admin.",
            {
                "200": response(
                    "The attributes.",
                    "ProfileResponse",
                    {
                        "attributes": {
                            "sub": SUB,
                            "email": EMAIL_EXAMPLE,
                            "email_verified": "true",
                            "name": "Ismail Amouma",
                        }
                    },
                ),
                "400": INVALID_INPUT,
                "401": TOKEN_REFUSED,
                **FROM_COGNITO,
            },
            bearer=True,
        ),
        "post": operation(
            "update_profile",
            "Profile",
            "Change some of the user's attributes",
            f"Updates {', '.join(WRITABLE_ATTRIBUTES)}, or what WRITABLE_ATTRIBUTES names, "
            "(UpdateUserAttributes) and says which were updated and which ignored. "
            '`""` deletes an attribute. '
            "**Nothing may authorise on `custom:role`: every user can set it to anything.**",
            {
                "200": response(
                    "Updated.",
                    "ProfileUpdateResponse",
                    {
                        "message": "Profile updated.",
                        "updated": ["name", "custom:role"],
                        "ignored": [],
                    },
                ),
                "400": INVALID_INPUT,
                "401": TOKEN_REFUSED,
                "409": _PHONE_NUMBER_TAKEN,
                **FROM_COGNITO,
            },
            body="ProfileRequest",
            example={"name": "Ismail Amouma", "custom:role": "admin"},
            bearer=True,
        ),
    },
    "/profile/email": {
        "put": bearer_operation(
            "update_email",
            "Profile",
            "Change the email address",
            "Cognito sends a code to the new address (UpdateUserAttributes), which POST "
            "/profile/email/verification/confirm takes. Where the pool keeps the old address "
            "until then, logins and recovery go on with that one. Where it verifies no "
            "addresses, no code is sent, and `code_delivery` is null.",
            response(
                "The address is changed, or will be by the code.",
                "CodeDeliveryResponse",
                {
                    "message": "A code was sent to the new address.",
                    "code_delivery": CODE_DELIVERY_EXAMPLE,
                },
            ),
            refusals={"409": _EMAIL_TAKEN},
            body="EmailRequest",
            example={"email": EMAIL_EXAMPLE},
        ),
    },
    "/profile/{attribute}": {
        "delete": bearer_operation(
            "delete_attribute",
            "Profile",
            "Delete an attribute",
            "Deletes one of the attributes that POST /profile writes (DeleteUserAttributes).",
            done("Attribute deleted."),
            parameters=(
                path_parameter(
                    "attribute",
                    string(
                        "Its name.",
                        "name",
                        minLength=1,
                        maxLength=32,
                        pattern=r"^[A-Za-z0-9_:.-]+$",
                        **{"x-problem": "must be the name of an attribute"},
                    ),
                ),
            ),
        ),
    },
    "/profile/{attribute}/verification": {
        "post": bearer_operation(
            "send_verification",
            "Profile",
            "Send a code to verify an attribute",
            "Sends a code to the user's email address or phone number "
            "(GetUserAttributeVerificationCode).",
            response(
                "A code is on its way.",
                "CodeDeliveryResponse",
                {"message": "A code was sent.", "code_delivery": CODE_DELIVERY_EXAMPLE},
            ),
            parameters=(path_parameter("attribute", one_of("Which.", "email", "phone_number")),),
            body="VerificationRequest",
            body_optional=True,
            example={"client_metadata": {"source": "web"}},
        ),
    },
    "/profile/{attribute}/verification/confirm": {
        "post": bearer_operation(
            "confirm_verification",
            "Profile",
            "Verify an attribute by code",
            "Proves that the address or number is the user's (VerifyUserAttribute).",
            done("Verified."),
            refusals={"409": _PHONE_NUMBER_TAKEN},
            parameters=(path_parameter("attribute", one_of("Which.", "email", "phone_number")),),
            body="CodeRequest",
            example={"code": "123456"},
        ),
    },
}
