"""The one OpenAPI document: what /apidocs shows, requests are checked against and tests read.

Sizes and patterns are Cognito's own (API reference, per operation), so that what Cognito is sure
to refuse is refused here, with the field named. `x-problem` is what a caller is told about a
pattern.
"""

from typing import Any

Schema = dict[str, Any]

VERSION = "0.1.0"

DEVICE = "us-east-1_0b9a5f5c-7f0d-4d0a-9c7e-2f5b8d3e6a10"
SUB = "3f1c7a52-8d4e-4f6b-9a55-0d9e4b6c1a20"

BEARER = "bearer"


def _string(description: str, example: str, **limits: Any) -> Schema:
    return {"type": "string", "description": description, "example": example, **limits}


def _object(properties: dict[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    found = {"type": "object", "properties": properties}
    return found | {"required": required} if required else found


def _enum(description: str, *values: str) -> Schema:
    return {**_string(description, values[0]), "enum": list(values)}


def _list(description: str, example: str) -> Schema:
    items = {"type": "string"}
    return {"type": "array", "description": description, "items": items, "example": [example]}


def _factor(*more: str) -> Schema:
    switches = {name: {"type": "boolean", "example": True} for name in ("enabled", *more)}
    return {**_object(switches, optional=("preferred",)), "additionalProperties": False}


def _open_object(*names: str, optional: tuple[str, ...] = ()) -> Schema:
    """Describe an object of Cognito's by the members that matter; the others pass through."""
    members = {name: {"type": "string"} for name in (*names, *optional)}
    return {**_object(members, optional=optional), "additionalProperties": True}


def _page(items: str, *names: str, optional: tuple[str, ...] = ()) -> Schema:
    token = _string("For the next page; absent on the last.", "eyJhbGciOi")
    return _object(
        {
            items: {"type": "array", "items": _open_object(*names, optional=optional)},
            "next_token": token,
        },
        optional=("next_token",),
    )


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

# Challenge -> the name under which Cognito takes a plain answer; None where there is none.
CHALLENGES: dict[str, str | None] = {
    "SMS_MFA": "SMS_MFA_CODE",
    "EMAIL_OTP": "EMAIL_OTP_CODE",
    "SMS_OTP": "SMS_OTP_CODE",
    "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_MFA_CODE",
    "SELECT_MFA_TYPE": "ANSWER",
    "MFA_SETUP": "ANSWER",
    "NEW_PASSWORD_REQUIRED": "NEW_PASSWORD",
    "PASSWORD": "PASSWORD",
    "SELECT_CHALLENGE": "ANSWER",
    "WEB_AUTHN": "CREDENTIAL",
    "CUSTOM_CHALLENGE": "ANSWER",
    "PASSWORD_VERIFIER": None,
    "PASSWORD_SRP": None,
    "DEVICE_SRP_AUTH": None,
    "DEVICE_PASSWORD_VERIFIER": None,
}

# The only attributes that POST /profile passes on.
WRITABLE_ATTRIBUTES = (
    "name",
    "given_name",
    "family_name",
    "phone_number",
    "address",
    "custom:role",
)

SESSION = _string(
    "The session of the challenge before; good once, for 3 minutes.",
    "AYABeC1-y8qooiuysEv0uM4wAqQAHQABAAdTZXJ2aWNl",
    minLength=20,
    maxLength=4096,
)
USERNAME = _string(
    "The `username` of the challenge.",
    SUB,
    minLength=1,
    maxLength=128,
    pattern=r"^[^\s\x00-\x1f\x7f]+$",
    **{"x-problem": "must be the name as Cognito returned it"},
)
DEVICE_KEY = _string(
    "The device's key, once Cognito has given one.",
    DEVICE,
    minLength=1,
    maxLength=55,
    pattern=r"^[A-Za-z0-9_-]+_[0-9a-f-]+$",
    **{"x-problem": "must be a device key as Cognito issued it"},
)
SRP_A = _string(
    "The client's public SRP value, in hex; the password stays with the client.",
    "d7c1f0a9e2b34c58",
    minLength=1,
    maxLength=2048,
    pattern=r"^[0-9a-fA-F]+$",
    **{"x-problem": "must be a number in hex"},
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
            "user_sub": _string("The user's permanent id.", SUB),
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
    "LoginRequest": _object(
        {"email": EMAIL, "password": PASSWORD, "device_key": DEVICE_KEY}, optional=("device_key",)
    ),
    "StartRequest": _object(
        {
            "email": EMAIL,
            "flow": _enum("How to log in.", "USER_AUTH", "USER_SRP_AUTH", "CUSTOM_AUTH"),
            "preferred_challenge": _enum(
                "What to be asked first in USER_AUTH; without it Cognito offers a choice.",
                "EMAIL_OTP",
                "SMS_OTP",
                "WEB_AUTHN",
                "PASSWORD",
                "PASSWORD_SRP",
            ),
            "srp_a": SRP_A,
            "device_key": DEVICE_KEY,
        },
        optional=("preferred_challenge", "srp_a", "device_key"),
    ),
    "ChallengeRequest": _object(
        {
            "challenge": _enum("The `challenge` that is answered.", *CHALLENGES),
            "session": {**SESSION, "nullable": True},  # as it came: SRP has none
            "username": USERNAME,
            "answer": _string(
                "The code, new password or choice; for WEB_AUTHN the credential as JSON text.",
                "123456",
                minLength=1,
                maxLength=32768,
            ),
            "responses": {
                "type": "object",
                "description": "Further responses by Cognito's own names, as SRP needs them.",
                "additionalProperties": {"type": "string", "maxLength": 32768},
                "example": {},
            },
            "device_key": DEVICE_KEY,
        },
        optional=("session", "answer", "responses", "device_key"),
    ),
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
            "new_device_metadata": {
                **_object(
                    {
                        "device_key": _string("For POST /devices/{key}.", DEVICE),
                        "device_group_key": _string("For the device's SRP.", "-AbCdEfGh"),
                    },
                    optional=("device_key", "device_group_key"),
                ),
                "description": "Where the pool tracks devices and this one is new.",
            },
        },
        optional=("new_device_metadata",),
    ),
    "ChallengeResponse": _object(
        {
            "challenge": _string("What Cognito asks for.", "SOFTWARE_TOKEN_MFA"),
            "session": {
                **_string("To send back, once, within 3 minutes.", "AYABeC1-y8qooiuysEv0uM4w"),
                "nullable": True,
            },
            "username": _string("The name to send back.", SUB),
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
    "RefreshRequest": _object(
        {"email": EMAIL, "refresh_token": REFRESH_TOKEN, "device_key": DEVICE_KEY},
        optional=("device_key",),
    ),
    "LogoutRequest": _object({"refresh_token": REFRESH_TOKEN}),
    "ForgotPasswordRequest": _object({"email": EMAIL}),
    "ResendCodeRequest": _object({"email": EMAIL}),
    "CodeDeliveryResponse": _object({"message": MESSAGE, "code_delivery": CODE_DELIVERY}),
    "ResetPasswordRequest": _object(
        {"email": EMAIL, "code": CODE, "new_password": {**PASSWORD, "example": "EvenStrongerP@ss1"}}
    ),
    "ChangePasswordRequest": _object(
        {"previous_password": PASSWORD, "new_password": {**PASSWORD, "example": "An0therP@ssw0rd"}},
        optional=("previous_password",),
    ),
    "EventFeedbackRequest": _object(
        {
            "username": USERNAME,
            "event_id": _string(
                "From the mail of threat protection.",
                "0d6a5d6e-1b5c-4f0e-9d53-5f0d7b8c9e10",
                minLength=1,
                maxLength=50,
                pattern=r"^[A-Za-z0-9_+-]+$",
                **{"x-problem": "must be an event id as Cognito issued it"},
            ),
            "feedback_token": {**REFRESH_TOKEN, "description": "From the same mail."},
            "feedback": _enum("Whether it was the user.", "Valid", "Invalid"),
        }
    ),
    "CodeRequest": _object({"code": CODE}),
    "ClaimsResponse": {
        **_object(
            {
                "sub": _string("The user's permanent id.", SUB),
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
    "MfaResponse": _object(
        {
            "username": _string("The user's name in the pool.", SUB),
            "preferred_mfa_setting": _string("The second factor asked for.", "SOFTWARE_TOKEN_MFA"),
            "user_mfa_setting_list": _list("The second factors in use.", "SOFTWARE_TOKEN_MFA"),
            "configured_user_auth_factors": _list("The first factors in use.", "PASSWORD"),
        },
        optional=(
            "preferred_mfa_setting",
            "user_mfa_setting_list",
            "configured_user_auth_factors",
        ),
    ),
    "MfaRequest": {
        "type": "object",
        "description": "At least one of these; the others stay as they are.",
        "properties": {
            "sms": _factor("preferred"),
            "totp": _factor("preferred"),
            "email": _factor("preferred"),
            "passkey": _factor(),
        },
        "anyOf": [{"required": [name]} for name in ("sms", "totp", "email", "passkey")],
    },
    "TotpRequest": _object(
        {
            "session": SESSION,
            "account": _string(
                "What the authenticator shows.", "new.user@example.com", minLength=1, maxLength=128
            ),
        },
        optional=("session", "account"),
    ),
    "TotpResponse": _object(
        {
            "secret": _string("For an authenticator that cannot scan.", "JBSWY3DPEHPK3PXP"),
            "otpauth_uri": _string(
                "What the QR code holds.", "otpauth://totp/Cognito:me?secret=JBSWY3DPEHPK3PXP"
            ),
            "qr_svg": _string("The QR code, as an SVG element.", "<svg></svg>"),
            "session": SESSION,
        },
        optional=("session",),
    ),
    "TotpVerifyRequest": _object(
        {
            "code": _string(
                "What the authenticator shows.",
                "123456",
                pattern=r"^[0-9]{6}$",
                **{"x-problem": "must be six digits"},
            ),
            "session": SESSION,
            "device_name": _string("A name for the authenticator.", "Phone", maxLength=1024),
        },
        optional=("session", "device_name"),
    ),
    "TotpVerifyResponse": _object({"message": MESSAGE, "session": SESSION}, optional=("session",)),
    "PasskeyOptionsResponse": _object(
        {
            "credential_creation_options": {
                "type": "object",
                "description": "For `navigator.credentials.create({publicKey: …})`.",
                "example": {"challenge": "c2VjcmV0", "rp": {"id": "example.com"}},
            }
        }
    ),
    "PasskeyRequest": _object(
        {
            "credential": {
                "type": "object",
                "description": "What `navigator.credentials.create` returned, as JSON.",
                "example": {"id": "c2VjcmV0", "type": "public-key", "response": {}},
            }
        }
    ),
    "PasskeysResponse": _page("credentials", "credential_id", "friendly_credential_name"),
    "DevicesResponse": _page("devices", optional=("device_key",)),
    "DeviceResponse": _object({"device": _open_object(optional=("device_key",))}),
    "ConfirmDeviceRequest": _object(
        {
            "password_verifier": _string("Salted verifier, base64.", "c2VjcmV0", minLength=1),
            "salt": _string("Its salt, base64.", "c2FsdA==", minLength=1),
            "device_name": _string("A name for it.", "Laptop", minLength=1, maxLength=1024),
        },
        optional=("device_name",),
    ),
    "ConfirmDeviceResponse": _object(
        {"message": MESSAGE, "user_confirmation_necessary": {"type": "boolean", "example": False}}
    ),
    "DeviceStatusRequest": _object(
        {"status": _enum("Whether Cognito remembers it.", "remembered", "not_remembered")}
    ),
    "SessionsResponse": _page("sessions", optional=("session_id",)),
    "HealthResponse": _object(
        {
            "status": _enum("Whether the API can work.", "ok", "misconfigured"),
            "version": _string("The API's version.", VERSION),
            "settings_complete": {"type": "boolean", "example": True},
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
    parameters: tuple[Schema, ...] = (),
    bearer: bool = False,
    body_optional: bool = False,
    bearer_optional: bool = False,
) -> Schema:
    operation: Schema = {
        "operationId": operation_id,
        "tags": [tag],
        "summary": summary,
        "description": description,
        "responses": dict(sorted(responses.items())),
        "security": [{BEARER: []}] if bearer else [],
    }
    if bearer_optional:  # a session in the body takes the token's place
        operation["security"].append({})
    if body:
        content = {"application/json": {"schema": _ref(body), "example": example}}
        operation["requestBody"] = {"required": not body_optional, "content": content}
        operation["responses"]["413"] = TOO_LARGE
    if parameters:
        operation["parameters"] = list(parameters)
    return operation


def _bearer_operation(
    operation_id: str,
    tag: str,
    summary: str,
    description: str,
    ok: Schema,
    *,
    refusals: dict[str, Schema] | None = None,
    **rest: Any,
) -> Schema:
    """Describe an operation of Cognito's that the user's access token pays for."""
    responses = {"200": ok, "400": INVALID, "401": UNAUTHORIZED, **COGNITO, **(refusals or {})}
    return _operation(operation_id, tag, summary, description, responses, bearer=True, **rest)


def _done(message: str) -> Schema:
    return _response("Done.", "MessageResponse", {"message": message})


def _query(name: str, description: str, **limits: Any) -> Schema:
    schema = {"type": "string", **limits}
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _path(name: str, schema: Schema) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _paging(maximum: int | None) -> tuple[Schema, ...]:
    limit = _query("limit", "How many at most.", type="integer", minimum=1, maximum=maximum)
    token = _query(
        "next_token",
        "From the page before.",
        minLength=1,
        pattern=r"^\S+$",
        **{"x-problem": "must be the next_token of the page before"},
    )
    return (limit, token) if maximum else (token,)


_EMAIL = "new.user@example.com"
_DELIVERY = {"destination": "n***@e***", "medium": "EMAIL", "attribute": "email"}
_TOKENS = {
    "access_token": "eyJraWQiOiJhY2Nlc3MifQ.…",
    "id_token": "eyJraWQiOiJpZCJ9.…",
    "refresh_token": "eyJjdHkiOiJKV1QifQ.…",
    "expires_in": 3600,
    "token_type": "Bearer",
}

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
                        "user_sub": SUB,
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
                        "username": SUB,
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
                            "sub": SUB,
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
            parameters=(
                _query("code", "The authorization code.", minLength=1, maxLength=1024),
                _query("state", "As /auth/google/start sent it.", maxLength=1024),
                _query("error", "Why the hosted UI refused.", maxLength=1024),
                _query("error_description", "The same, for a person.", maxLength=4096),
            ),
        )
    },
}

_CHALLENGE = {
    "challenge": "SOFTWARE_TOKEN_MFA",
    "session": "AYABeC1-y8qooiuysEv0uM4wAqQAHQABAAdTZXJ2aWNl",
    "username": SUB,
}
_DEAD_SESSION = {
    **_refusal(
        "The session is over, or the password wrong: start again.",
        "NotAuthorizedException",
        "Invalid session for the user, session can only be used once.",
    ),
    **_header("WWW-Authenticate", "RFC 9110, section 11.6.1."),
}
_LOGGED_IN = {
    "200": _response("Logged in.", "TokenResponse", _TOKENS),
    "202": _response(
        "Cognito asks for more.", "ChallengeResponse", {**_CHALLENGE, "parameters": {}}
    ),
    "400": INVALID,
    "401": _DEAD_SESSION,
    **COGNITO,
    "403": PATHS["/auth/login"]["post"]["responses"]["403"],
}
_NO_USER = PATHS["/auth/forgot-password"]["post"]["responses"]["404"]
_DEVICE_PATH = _path("key", DEVICE_KEY)
_NO_DEVICE = _refusal("No such device.", "ResourceNotFoundException", "Device does not exist.")
_DEVICE_EXAMPLE = {
    "device_key": DEVICE,
    "device_attributes": [{"name": "device_status", "value": "valid"}],
    "device_create_date": "2026-01-31T12:00:00+00:00",
}

PATHS |= {
    "/auth/resend-code": {
        "post": _operation(
            "resend_code",
            "Registration",
            "Send the confirmation code again",
            "Sends another code to a user who is not confirmed yet (ResendConfirmationCode).",
            {
                "200": _response(
                    "A code is on its way.",
                    "CodeDeliveryResponse",
                    {"message": "A new code was sent.", "code_delivery": _DELIVERY},
                ),
                "400": INVALID,
                "404": _NO_USER,
                **COGNITO,
            },
            body="ResendCodeRequest",
            example={"email": _EMAIL},
        )
    },
    "/auth/start": {
        "post": _operation(
            "start",
            "Session",
            "Start a login without sending the password",
            "Starts USER_AUTH (a code by mail or SMS, a passkey), USER_SRP_AUTH (the password "
            "never reaches the server) or CUSTOM_AUTH (InitiateAuth). Answer what comes back at "
            "POST /auth/challenge. SRP needs `srp_a`.",
            _LOGGED_IN,
            body="StartRequest",
            example={"email": _EMAIL, "flow": "USER_AUTH", "preferred_challenge": "EMAIL_OTP"},
        )
    },
    "/auth/challenge": {
        "post": _operation(
            "challenge",
            "Session",
            "Answer a challenge",
            "Answers any challenge of a login (RespondToAuthChallenge): a plain `answer` where one "
            "value is asked for, `responses` by Cognito's own names where there are several (SRP). "
            "Send back the challenge's `session` and `username`. 400 means try again, 401 start "
            "again.",
            {**_LOGGED_IN, "409": PATHS["/auth/confirm"]["post"]["responses"]["409"]},
            body="ChallengeRequest",
            example={**_CHALLENGE, "answer": "123456"},
        )
    },
    "/auth/logout": {
        "post": _operation(
            "logout",
            "Session",
            "Revoke a refresh token",
            "Ends the session that the refresh token belongs to (RevokeToken). Access tokens made "
            "with it are refused by Cognito at once, and by GET /me when they expire.",
            {"200": _done("Logged out."), "400": INVALID, **COGNITO},
            body="LogoutRequest",
            example={"refresh_token": "eyJjdHkiOiJKV1QifQ.e30"},
        )
    },
    "/auth/logout-everywhere": {
        "post": _bearer_operation(
            "logout_everywhere",
            "Session",
            "End all of the user's sessions",
            "Revokes all of the user's tokens (GlobalSignOut).",
            _done("Logged out everywhere."),
        )
    },
    "/auth/change-password": {
        "post": _bearer_operation(
            "change_password",
            "Account",
            "Change the password",
            "Changes the password of the user who knows it (ChangePassword). A wrong previous "
            "password is 400; only users who have none yet may leave it out.",
            _done("Password changed."),
            body="ChangePasswordRequest",
            example={"previous_password": "Str0ngP@ssw0rd!", "new_password": "An0therP@ssw0rd"},
        )
    },
    "/auth/event-feedback": {
        "post": _operation(
            "event_feedback",
            "Session",
            "Say whether a reported login was the user's",
            "Gives threat protection the user's verdict, with the token from its mail "
            "(UpdateAuthEventFeedback).",
            {"200": _done("Thank you."), "400": INVALID, **COGNITO},
            body="EventFeedbackRequest",
            example={
                "username": SUB,
                "event_id": "0d6a5d6e-1b5c-4f0e-9d53-5f0d7b8c9e10",
                "feedback_token": "eyJjdHkiOiJKV1QifQ.e30",
                "feedback": "Invalid",
            },
        )
    },
    "/profile/{attribute}": {
        "delete": _bearer_operation(
            "delete_attribute",
            "Profile",
            "Delete an attribute",
            "Deletes one of the attributes that POST /profile writes (DeleteUserAttributes).",
            _done("Attribute deleted."),
            parameters=(_path("attribute", _enum("Its name.", *WRITABLE_ATTRIBUTES)),),
        )
    },
    "/profile/{attribute}/verification": {
        "post": _bearer_operation(
            "send_verification",
            "Profile",
            "Send a code to verify an attribute",
            "Sends a code to the user's email address or phone number "
            "(GetUserAttributeVerificationCode).",
            _response(
                "A code is on its way.",
                "CodeDeliveryResponse",
                {"message": "A code was sent.", "code_delivery": _DELIVERY},
            ),
            parameters=(_path("attribute", _enum("Which.", "email", "phone_number")),),
        )
    },
    "/profile/{attribute}/verification/confirm": {
        "post": _bearer_operation(
            "confirm_verification",
            "Profile",
            "Verify an attribute by code",
            "Proves that the address or number is the user's (VerifyUserAttribute).",
            _done("Verified."),
            refusals={"409": PATHS["/profile"]["post"]["responses"]["409"]},
            parameters=(_path("attribute", _enum("Which.", "email", "phone_number")),),
            body="CodeRequest",
            example={"code": "123456"},
        )
    },
    "/mfa": {
        "get": _bearer_operation(
            "read_mfa",
            "Second factor",
            "Show the user's factors",
            "Which factors the user has set up (GetUserAuthFactors).",
            _response(
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
        "put": _bearer_operation(
            "update_mfa",
            "Second factor",
            "Switch second factors on or off",
            "Sets which second factors are used, and which is asked for first "
            "(SetUserMFAPreference).",
            _done("Second factors updated."),
            body="MfaRequest",
            example={"totp": {"enabled": True, "preferred": True}},
        ),
    },
    "/mfa/totp": {
        "post": _bearer_operation(
            "set_up_totp",
            "Second factor",
            "Set up an authenticator app",
            "Makes a new secret, with its QR code (AssociateSoftwareToken). Takes an access token, "
            "or the `session` of an MFA_SETUP challenge.",
            _response(
                "The secret, to be verified next.",
                "TotpResponse",
                {
                    "secret": "JBSWY3DPEHPK3PXP",
                    "otpauth_uri": "otpauth://totp/Cognito:me?secret=JBSWY3DPEHPK3PXP",
                    "qr_svg": "<svg></svg>",
                },
            ),
            body="TotpRequest",
            example={"account": _EMAIL},
            body_optional=True,
            bearer_optional=True,
        )
    },
    "/mfa/totp/verify": {
        "post": _bearer_operation(
            "verify_totp",
            "Second factor",
            "Verify the authenticator app",
            "Proves that the authenticator works (VerifySoftwareToken). Takes an access token, or "
            "the `session` of POST /mfa/totp, and then returns one for the MFA_SETUP challenge.",
            _response("It works.", "TotpVerifyResponse", {"message": "Authenticator verified."}),
            body="TotpVerifyRequest",
            example={"code": "123456", "device_name": "Phone"},
            bearer_optional=True,
        )
    },
    "/passkeys": {
        "get": _bearer_operation(
            "list_passkeys",
            "Passkeys",
            "List the user's passkeys",
            "Lists passkeys (ListWebAuthnCredentials).",
            _response(
                "The passkeys.",
                "PasskeysResponse",
                {
                    "credentials": [
                        {"credential_id": "c2VjcmV0", "friendly_credential_name": "Phone"}
                    ]
                },
            ),
            parameters=_paging(20),
        ),
        "post": _bearer_operation(
            "complete_passkey",
            "Passkeys",
            "Register the passkey that the browser made",
            "Stores a passkey (CompleteWebAuthnRegistration).",
            _done("Passkey registered."),
            body="PasskeyRequest",
            example={"credential": {"id": "c2VjcmV0", "type": "public-key", "response": {}}},
        ),
    },
    "/passkeys/registration": {
        "post": _bearer_operation(
            "start_passkey",
            "Passkeys",
            "Start to register a passkey",
            "Returns what the browser needs to make a passkey (StartWebAuthnRegistration).",
            _response(
                "The options.",
                "PasskeyOptionsResponse",
                {"credential_creation_options": {"challenge": "c2VjcmV0"}},
            ),
        )
    },
    "/passkeys/{credential_id}": {
        "delete": _bearer_operation(
            "delete_passkey",
            "Passkeys",
            "Delete a passkey",
            "Deletes a passkey (DeleteWebAuthnCredential).",
            _done("Passkey deleted."),
            refusals={
                "404": _refusal(
                    "No such passkey.", "ResourceNotFoundException", "Credential does not exist."
                )
            },
            parameters=(
                _path(
                    "credential_id",
                    _string("Its id.", "c2VjcmV0", minLength=1, pattern=r"^[A-Za-z0-9_=-]+$")
                    | {"x-problem": "must be a credential id as Cognito issued it"},
                ),
            ),
        )
    },
    "/devices": {
        "get": _bearer_operation(
            "list_devices",
            "Devices",
            "List the user's devices",
            "Lists the devices that the pool remembers (ListDevices).",
            _response("The devices.", "DevicesResponse", {"devices": [_DEVICE_EXAMPLE]}),
            parameters=_paging(60),
        )
    },
    "/devices/{key}": {
        "get": _bearer_operation(
            "read_device",
            "Devices",
            "Show a device",
            "Shows one device (GetDevice).",
            _response("The device.", "DeviceResponse", {"device": _DEVICE_EXAMPLE}),
            refusals={"404": _NO_DEVICE},
            parameters=(_DEVICE_PATH,),
        ),
        "post": _bearer_operation(
            "confirm_device",
            "Devices",
            "Confirm a new device",
            "Begins to track the device of a login's `new_device_metadata` (ConfirmDevice).",
            _response(
                "Confirmed.",
                "ConfirmDeviceResponse",
                {"message": "Device confirmed.", "user_confirmation_necessary": False},
            ),
            refusals={
                "404": _NO_DEVICE,
                "409": _refusal(
                    "The device is known already.",
                    "DeviceKeyExistsException",
                    "Device already exists.",
                ),
            },
            parameters=(_DEVICE_PATH,),
            body="ConfirmDeviceRequest",
            example={"password_verifier": "c2VjcmV0", "salt": "c2FsdA==", "device_name": "Laptop"},
        ),
        "patch": _bearer_operation(
            "update_device",
            "Devices",
            "Remember a device, or no longer",
            "Sets whether the device is remembered (UpdateDeviceStatus).",
            _done("Device updated."),
            refusals={"404": _NO_DEVICE},
            parameters=(_DEVICE_PATH,),
            body="DeviceStatusRequest",
            example={"status": "remembered"},
        ),
        "delete": _bearer_operation(
            "forget_device",
            "Devices",
            "Forget a device",
            "Removes the device (ForgetDevice).",
            _done("Device forgotten."),
            refusals={"404": _NO_DEVICE},
            parameters=(_DEVICE_PATH,),
        ),
    },
    "/sessions": {
        "get": _bearer_operation(
            "list_sessions",
            "Sessions",
            "List the user's sessions",
            "Lists sessions, where the pool keeps them (ListUserSessions).",
            _response(
                "The sessions.",
                "SessionsResponse",
                {"sessions": [{"session_id": "tkn0123456789abcdefghijklmno"}]},
            ),
            parameters=_paging(None),
        )
    },
    "/sessions/{id}": {
        "delete": _bearer_operation(
            "revoke_session",
            "Sessions",
            "End one session",
            "Ends a session (RevokeUserSession).",
            _done("Session ended."),
            refusals={
                "404": _refusal(
                    "No such session.", "ResourceNotFoundException", "Session does not exist."
                )
            },
            parameters=(
                _path(
                    "id",
                    _string(
                        "Its id.",
                        "tkn0123456789abcdefghijklmno",
                        pattern=r"^(tkn|sso)[a-z0-9]{25}$",
                    )
                    | {"x-problem": "must be a session id as Cognito issued it"},
                ),
            ),
        )
    },
    "/auth/google/logout": {
        "get": _operation(
            "google_logout",
            "Google login",
            "Log out of the hosted UI",
            "Redirects to the hosted UI's /logout, which ends its own cookie and returns to this "
            "API's root; register that as a sign-out URL in the app client.",
            PATHS["/auth/google/start"]["get"]["responses"],
        )
    },
    "/health": {
        "get": _operation(
            "health",
            "Health",
            "Tell whether the API can work",
            "Says the version and whether the settings are complete, without asking Cognito.",
            {
                "200": _response(
                    "It can.",
                    "HealthResponse",
                    {"status": "ok", "version": VERSION, "settings_complete": True},
                ),
                "500": _response(
                    "It cannot: settings are missing or malformed.",
                    "HealthResponse",
                    {"status": "misconfigured", "version": VERSION, "settings_complete": False},
                ),
            },
        )
    },
}
PATHS["/me"]["delete"] = _bearer_operation(
    "delete_me",
    "Account",
    "Delete the user",
    "Deletes the user for good (DeleteUser).",
    _done("User deleted."),
)

SPEC: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {
        "title": "Cognito Auth API",
        "version": VERSION,
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
        {"name": "Account"},
        {"name": "Second factor"},
        {"name": "Passkeys"},
        {"name": "Devices"},
        {"name": "Sessions"},
        {"name": "Health"},
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
