"""The one OpenAPI document: what /apidocs shows, requests are checked against and tests read.

Sizes and patterns are Cognito's own (API reference, per operation), so that what Cognito is sure
to refuse is refused here, with the field named. `x-problem` is what a caller is told about a
pattern.
"""

from typing import Any

Schema = dict[str, Any]

BEARER = "bearer"


def _string(description: str, example: str, **limits: Any) -> Schema:
    return {"type": "string", "description": description, "example": example, **limits}


def _object(properties: dict[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def _ref(schema: str) -> Schema:
    return {"$ref": f"#/components/schemas/{schema}"}


# What a space is, spelled so that Python's and ECMAScript's patterns agree on it.
SPACE = r"\s\x1c-\x1f\x85\ufeff"

EMAIL = _string(
    "The email address to sign in with.",
    "new.user@example.com",
    minLength=3,
    maxLength=128,
    pattern=rf"^[^{SPACE}@\x00-\x1f\x7f]+@[^{SPACE}@\x00-\x1f\x7f]+$",
    **{"x-problem": "must be an email address such as name@example.com"},
)
PASSWORD = _string(
    "Sent to Cognito exactly as it is; the pool's policy decides.",
    "Str0ngP@ssw0rd!",
    minLength=1,
    maxLength=256,
)
CODE = _string(
    "The code that Cognito sent.",
    "123456",
    minLength=1,
    maxLength=2048,
    pattern=rf"^[^{SPACE}]+$",
    **{"x-problem": "must not contain spaces"},
)
REFRESH_TOKEN = _string(
    "The refresh token of the last login or refresh.",
    "eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiUlNBLU9BRVAifQ.…",
    minLength=1,
    pattern=r"^[A-Za-z0-9_=.-]+$",
    **{"x-problem": "must be a token as Cognito issued it"},
)

# The only attributes that POST /profile passes on.
WRITABLE_ATTRIBUTES = (
    "name",
    "given_name",
    "family_name",
    "phone_number",
    "address",
    "custom:role",
)

MESSAGE = _string("What happened, for a person.", "Password changed.")
CODE_DELIVERY = {
    **_object(
        {
            "destination": _string("Where the code went, masked by Cognito.", "n***@e***"),
            "medium": _string("EMAIL or SMS.", "EMAIL"),
            "attribute": _string("The attribute that holds the destination.", "email"),
        }
    ),
    "nullable": True,
    "description": "Where Cognito sent a code; null when it sent none.",
}

SCHEMAS: dict[str, Schema] = {
    "SignupRequest": _object({"email": EMAIL, "password": PASSWORD}),
    "SignupResponse": _object(
        {
            "message": MESSAGE,
            "user_sub": _string("The user's permanent id.", "3f1c7a52-8d4e-4f6b-9a55-0d9e4b6c1a20"),
            "user_confirmed": {
                "type": "boolean",
                "description": "True when no code is needed.",
                "example": False,
            },
            "code_delivery": CODE_DELIVERY,
        }
    ),
    "ConfirmRequest": _object({"email": EMAIL, "code": CODE}),
    "MessageResponse": _object({"message": MESSAGE}),
    "LoginRequest": _object({"email": EMAIL, "password": PASSWORD}),
    "TokenResponse": _object(
        {
            "access_token": _string("For `Authorization: Bearer …`.", "eyJraWQiOiJhY2Nlc3MifQ.…"),
            "id_token": _string("Who the user is, for your own client.", "eyJraWQiOiJpZCJ9.…"),
            "refresh_token": _string("For POST /auth/refresh.", "eyJjdHkiOiJKV1QifQ.…"),
            "expires_in": {
                "type": "integer",
                "description": "Seconds until the access token expires.",
                "example": 3600,
            },
            "token_type": _string("Always Bearer.", "Bearer"),
        }
    ),
    "ChallengeResponse": _object(
        {
            "challenge": _string("What Cognito asks for.", "SOFTWARE_TOKEN_MFA"),
            "session": _string("To send back, once, within 3 minutes.", "AYABeC1-y8qooiuysEv0uM4w"),
            "username": _string("The name to send back.", "3f1c7a52-8d4e-4f6b-9a55-0d9e4b6c1a20"),
            "parameters": {
                "type": "object",
                "description": "The challenge's parameters, as Cognito names them.",
                "additionalProperties": {"type": "string"},
                "example": {"FRIENDLY_DEVICE_NAME": "Phone"},
            },
            "available_challenges": {
                "type": "array",
                "description": "What SELECT_CHALLENGE may choose from.",
                "items": {"type": "string"},
                "example": ["PASSWORD", "EMAIL_OTP"],
            },
        },
        optional=("available_challenges",),
    ),
    "RefreshRequest": _object({"email": EMAIL, "refresh_token": REFRESH_TOKEN}),
    "ForgotPasswordRequest": _object({"email": EMAIL}),
    "CodeDeliveryResponse": _object({"message": MESSAGE, "code_delivery": CODE_DELIVERY}),
    "ResetPasswordRequest": _object(
        {"email": EMAIL, "code": CODE, "new_password": {**PASSWORD, "example": "EvenStrongerP@ss1"}}
    ),
    "ClaimsResponse": {
        **_object(
            {
                "sub": _string("The user's permanent id.", "3f1c7a52-8d4e-4f6b-9a55-0d9e4b6c1a20"),
                "username": _string("The user's name in the pool.", "3f1c7a52-8d4e-4f6b-9a55"),
                "scope": _string("What the token allows.", "aws.cognito.signin.user.admin"),
                "exp": {
                    "type": "number",
                    "description": "Expiry, in seconds since 1970.",
                    "example": 1900000000,
                },
            },
            optional=("username",),
        ),
        "additionalProperties": True,
    },
    "ProfileResponse": _object(
        {
            "attributes": {
                "type": "object",
                "description": "The user's attributes by name.",
                "additionalProperties": {"type": "string"},
                "example": {"sub": "3f1c7a52", "email": "new.user@example.com", "name": "Ada"},
            }
        }
    ),
    "ProfileRequest": {
        "type": "object",
        "description": 'At least one of these. `""` deletes an attribute; others are ignored.',
        "properties": {name: {"type": "string", "maxLength": 2048} for name in WRITABLE_ATTRIBUTES},
        "anyOf": [{"required": [name]} for name in WRITABLE_ATTRIBUTES],
    },
    "ProfileUpdateResponse": _object(
        {
            "message": MESSAGE,
            "updated": {"type": "array", "items": {"type": "string"}, "example": ["name"]},
            "ignored": {"type": "array", "items": {"type": "string"}, "example": []},
        }
    ),
    "Error": _object(
        {
            "error": _string("Stable, for programs.", "InvalidRequest"),
            "message": _string("One sentence, for a person.", "The body has 1 problem."),
            "fields": {
                "type": "object",
                "description": "What to change, per field (InvalidRequest only).",
                "additionalProperties": {"type": "string"},
            },
            "oauth": {
                "type": "object",
                "description": "What the hosted UI said (OAuthError only).",
                "additionalProperties": {"type": "string"},
            },
        },
        optional=("fields", "oauth"),
    ),
}


def _response(description: str, schema: str, example: Any) -> Schema:
    content = {"application/json": {"schema": _ref(schema), "example": example}}
    return {"description": description, "content": content}


def _refusal(description: str, error: str, message: str, **more: Any) -> Schema:
    return _response(description, "Error", {"error": error, "message": message, **more})


def _header(name: str, description: str) -> dict[str, Schema]:
    return {"headers": {name: {"description": description, "schema": {"type": "string"}}}}


INVALID = _refusal(
    "The input is invalid, or Cognito refused it.",
    "InvalidRequest",
    "The body has 1 problem.",
    fields={"email": "is required"},
)
WRONG_CODE = _refusal(
    "The input is invalid, or the code is wrong or has expired.",
    "CodeMismatchException",
    "The code is wrong or has expired; ask for a new one.",
)
TOO_LARGE = _refusal("The body is too large.", "PayloadTooLarge", "The body is larger than 64 kB.")
UNAUTHORIZED = {
    **_refusal(
        "The access token is missing or not valid.", "InvalidToken", "The token has expired."
    ),
    **_header("WWW-Authenticate", "RFC 6750, section 3."),
}
FORBIDDEN = _refusal(
    "AWS WAF in front of the pool refused the request.", "ForbiddenException", "Request blocked."
)
THROTTLED = {
    **_refusal(
        "Too many attempts.", "LimitExceededException", "Attempt limit exceeded; try again later."
    ),
    **_header("Retry-After", "Seconds to wait."),
}
FAULTS = {
    "500": _refusal(
        "The server's settings or the pool's are wrong, or the server has a defect.",
        "ServerMisconfigured",
        "The server's Cognito settings are wrong; its log says which.",
    ),
    "502": _refusal("Cognito failed.", "UpstreamError", "Cognito failed."),
    "503": {
        **_refusal(
            "Cognito cannot be reached: nothing happened.",
            "UpstreamUnavailable",
            "Cognito cannot be reached.",
        ),
        **_header("Retry-After", "Seconds to wait."),
    },
    "504": _refusal(
        "Cognito did not answer: what happened is unknown.",
        "UpstreamTimeout",
        "Cognito did not answer in time.",
    ),
}
COGNITO = {"403": FORBIDDEN, "429": THROTTLED, **FAULTS}


def _operation(
    operation_id: str,
    tag: str,
    summary: str,
    description: str,
    responses: dict[str, Schema],
    *,
    body: str | None = None,
    example: Schema | None = None,
    query: tuple[Schema, ...] = (),
    bearer: bool = False,
) -> Schema:
    operation: Schema = {
        "operationId": operation_id,
        "tags": [tag],
        "summary": summary,
        "description": description,
        "responses": dict(sorted(responses.items())),
        "security": [{BEARER: []}] if bearer else [],
    }
    if body:
        content = {"application/json": {"schema": _ref(body), "example": example}}
        operation["requestBody"] = {"required": True, "content": content}
        operation["responses"]["413"] = TOO_LARGE
    if query:
        operation["parameters"] = list(query)
    return operation


def _query(name: str, description: str, **limits: Any) -> Schema:
    schema = {"type": "string", **limits}
    return {"name": name, "in": "query", "description": description, "schema": schema}


_EMAIL = "new.user@example.com"
_DELIVERY = {"destination": "n***@e***", "medium": "EMAIL", "attribute": "email"}
_TOKENS = {
    "access_token": "eyJraWQiOiJhY2Nlc3MifQ.…",
    "id_token": "eyJraWQiOiJpZCJ9.…",
    "refresh_token": "eyJjdHkiOiJKV1QifQ.…",
    "expires_in": 3600,
    "token_type": "Bearer",
}
_SUB = "3f1c7a52-8d4e-4f6b-9a55-0d9e4b6c1a20"

PATHS: dict[str, Schema] = {
    "/auth/signup": {
        "post": _operation(
            "signup",
            "Registration",
            "Create a user",
            "Creates a new Cognito user, to whom Cognito mails a confirmation code (SignUp).",
            {
                "200": _response(
                    "The user exists now, unconfirmed.",
                    "SignupResponse",
                    {
                        "message": "Signed up. Confirm with the code that was sent.",
                        "user_sub": _SUB,
                        "user_confirmed": False,
                        "code_delivery": _DELIVERY,
                    },
                ),
                "400": INVALID,
                "409": _refusal(
                    "The user exists already.",
                    "UsernameExistsException",
                    "An account with the given email already exists.",
                ),
                **COGNITO,
            },
            body="SignupRequest",
            example={"email": _EMAIL, "password": "Str0ngP@ssw0rd!"},
        )
    },
    "/auth/confirm": {
        "post": _operation(
            "confirm",
            "Registration",
            "Confirm a user by code",
            "Confirms the signup using the mailed code (ConfirmSignUp). "
            "A wrong code, an expired code and an unknown user get the same answer.",
            {
                "200": _response(
                    "Confirmed.", "MessageResponse", {"message": "Confirmed. You can log in now."}
                ),
                "400": WRONG_CODE,
                "409": _refusal(
                    "Another user has confirmed this email.",
                    "AliasExistsException",
                    "An account with the email already exists.",
                ),
                **COGNITO,
            },
            body="ConfirmRequest",
            example={"email": _EMAIL, "code": "123456"},
        )
    },
    "/auth/login": {
        "post": _operation(
            "login",
            "Session",
            "Log in with email and password",
            "USER_PASSWORD_AUTH login (InitiateAuth). 200 always means tokens; when Cognito asks "
            "for more (a second factor, a new password) the answer is 202. "
            "A wrong password and an unknown user get the same answer.",
            {
                "200": _response("Logged in.", "TokenResponse", _TOKENS),
                "202": _response(
                    "Cognito asks for more.",
                    "ChallengeResponse",
                    {
                        "challenge": "SOFTWARE_TOKEN_MFA",
                        "session": "AYABeC1-y8qooiuysEv0uM4w",
                        "username": _SUB,
                        "parameters": {"FRIENDLY_DEVICE_NAME": "Phone"},
                    },
                ),
                "400": INVALID,
                "401": {
                    **_refusal(
                        "Wrong password or unknown user.",
                        "NotAuthorizedException",
                        "Incorrect username or password.",
                    ),
                    **_header("WWW-Authenticate", "RFC 9110, section 11.6.1."),
                },
                **COGNITO,
                "403": _refusal(
                    "The user is not confirmed, or has to reset the password; or AWS WAF refused.",
                    "UserNotConfirmedException",
                    "User is not confirmed.",
                ),
            },
            body="LoginRequest",
            example={"email": _EMAIL, "password": "Str0ngP@ssw0rd!"},
        )
    },
    "/auth/refresh": {
        "post": _operation(
            "refresh",
            "Session",
            "Exchange a refresh token for new tokens",
            "Returns a new access and ID token (GetTokensFromRefreshToken). Store the "
            "`refresh_token` of the answer: it is a new one where the pool rotates them.",
            {
                "200": _response("New tokens.", "TokenResponse", _TOKENS),
                "400": INVALID,
                "401": {
                    **_refusal(
                        "The refresh token is revoked, expired or another user's.",
                        "NotAuthorizedException",
                        "The refresh token is invalid, expired or revoked.",
                    ),
                    **_header("WWW-Authenticate", "RFC 9110, section 11.6.1."),
                },
                **COGNITO,
            },
            body="RefreshRequest",
            example={"email": _EMAIL, "refresh_token": "eyJjdHkiOiJKV1QifQ.e30"},
        )
    },
    "/auth/forgot-password": {
        "post": _operation(
            "forgot_password",
            "Password recovery",
            "Send a reset code",
            "Makes Cognito mail or text a reset code (ForgotPassword).",
            {
                "200": _response(
                    "A code is on its way.",
                    "CodeDeliveryResponse",
                    {"message": "A reset code was sent.", "code_delivery": _DELIVERY},
                ),
                "400": INVALID,
                "404": _refusal(
                    "There is no such user, and the app client says so "
                    "(PreventUserExistenceErrors is LEGACY).",
                    "UserNotFoundException",
                    "Username/client id combination not found.",
                ),
                **COGNITO,
            },
            body="ForgotPasswordRequest",
            example={"email": _EMAIL},
        )
    },
    "/auth/reset-password": {
        "post": _operation(
            "reset_password",
            "Password recovery",
            "Set a new password by code",
            "Completes the reset with the code and a new password (ConfirmForgotPassword). "
            "A wrong code, an expired code and an unknown user get the same answer.",
            {
                "200": _response(
                    "The password is changed.",
                    "MessageResponse",
                    {"message": "Password changed. You can log in with it now."},
                ),
                "400": WRONG_CODE,
                **COGNITO,
            },
            body="ResetPasswordRequest",
            example={"email": _EMAIL, "code": "123456", "new_password": "EvenStrongerP@ss1"},
        )
    },
    "/me": {
        "get": _operation(
            "me",
            "Profile",
            "Show the claims of the access token",
            "Returns the decoded claims. The token is verified here, without asking Cognito: "
            "after a logout it stays valid until it expires.",
            {
                "200": _response(
                    "The claims.",
                    "ClaimsResponse",
                    {
                        "sub": _SUB,
                        "iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI",
                        "client_id": "1h57kf5cpq17m0eml12EXAMPLE",
                        "token_use": "access",
                        "scope": "aws.cognito.signin.user.admin",
                        "exp": 1900000000,
                        "iat": 1899996400,
                        "username": _SUB,
                    },
                ),
                "401": UNAUTHORIZED,
                "500": FAULTS["500"],
                "503": FAULTS["503"],
            },
            bearer=True,
        )
    },
    "/profile": {
        "get": _operation(
            "read_profile",
            "Profile",
            "Read the user's attributes",
            "Reads the user's Cognito attributes (GetUser). "
            "Needs the scope aws.cognito.signin.user.admin.",
            {
                "200": _response(
                    "The attributes.",
                    "ProfileResponse",
                    {
                        "attributes": {
                            "sub": _SUB,
                            "email": _EMAIL,
                            "email_verified": "true",
                            "name": "Ismail Amouma",
                        }
                    },
                ),
                "400": INVALID,
                "401": UNAUTHORIZED,
                **COGNITO,
            },
            bearer=True,
        ),
        "post": _operation(
            "update_profile",
            "Profile",
            "Change some of the user's attributes",
            f"Updates {', '.join(WRITABLE_ATTRIBUTES)} (UpdateUserAttributes) and says which were "
            'updated and which ignored. `""` deletes an attribute. '
            "**Nothing may authorise on `custom:role`: every user can set it to anything.**",
            {
                "200": _response(
                    "Updated.",
                    "ProfileUpdateResponse",
                    {
                        "message": "Profile updated.",
                        "updated": ["name", "custom:role"],
                        "ignored": [],
                    },
                ),
                "400": INVALID,
                "401": UNAUTHORIZED,
                "409": _refusal(
                    "Another user has this phone number.",
                    "AliasExistsException",
                    "An account with the phone number already exists.",
                ),
                **COGNITO,
            },
            body="ProfileRequest",
            example={"name": "Ismail Amouma", "custom:role": "admin"},
            bearer=True,
        ),
    },
    "/auth/google/start": {
        "get": _operation(
            "google_start",
            "Google login",
            "Start a Google login in the browser",
            "Redirects to Cognito's hosted UI with Google selected, with state, PKCE (S256) and a "
            "nonce bound to this browser by a cookie of ten minutes. Open it in a browser tab: "
            "Try it out cannot follow a redirect to another site.",
            {
                "302": {
                    "description": "To the hosted UI.",
                    **_header("Location", "The authorize URL."),
                },
                "400": _refusal(
                    "The redirect cannot be built.",
                    "InvalidRequest",
                    "The Host header does not name a host; set COGNITO_REDIRECT_URI.",
                ),
                "500": FAULTS["500"],
            },
        )
    },
    "/auth/google/callback": {
        "get": _operation(
            "google_callback",
            "Google login",
            "Finish a Google login",
            "Where Cognito sends the browser back. Exchanges the code for tokens at "
            "/oauth2/token, verifies the ID token, and returns the tokens. "
            "Only a login that the same browser started is completed, once.",
            {
                "200": _response("Logged in.", "TokenResponse", _TOKENS),
                "400": _refusal(
                    "The hosted UI refused the login, a parameter is wrong, or the login is not "
                    "this browser's (`InvalidState`).",
                    "OAuthError",
                    "The hosted UI ended the login.",
                    oauth={"error": "access_denied", "error_description": "User denied access"},
                ),
                "429": THROTTLED,
                **FAULTS,
            },
            query=(
                _query("code", "The authorization code.", minLength=1, maxLength=1024),
                _query("state", "As /auth/google/start sent it.", maxLength=1024),
                _query("error", "Why the hosted UI refused.", maxLength=1024),
                _query("error_description", "The same, for a person.", maxLength=4096),
            ),
        )
    },
}

SPEC: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {
        "title": "Cognito Auth API",
        "version": "0.1.0",
        "description": "Every Cognito authentication flow over plain REST. Log in, press "
        "**Authorize**, paste the `access_token`, and try the rest.",
    },
    # Relative to this document, so that it holds under a stage or base path too.
    "servers": [{"url": "./"}],
    "tags": [
        {"name": "Registration"},
        {"name": "Session"},
        {"name": "Profile"},
        {"name": "Password recovery"},
        {"name": "Google login"},
    ],
    "paths": PATHS,
    "components": {
        "schemas": SCHEMAS,
        "securitySchemes": {
            BEARER: {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "The access_token of POST /auth/login, without the word Bearer.",
            }
        },
    },
}
