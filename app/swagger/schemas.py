"""The schemas of request and response bodies, by name."""

from app.cognito.vocabulary import CHALLENGES
from app.swagger.building import (
    Schema,
    factor,
    list_of,
    object_of,
    one_of,
    open_object,
    page_of,
    string,
)
from app.swagger.fields import (
    CODE,
    CODE_DELIVERY,
    DEVICE,
    DEVICE_KEY,
    EMAIL,
    MESSAGE,
    PASSWORD,
    REFRESH_TOKEN,
    SESSION,
    SRP_A,
    SUB,
    USERNAME,
    WRITABLE_ATTRIBUTES,
)
from app.version import VERSION

SCHEMAS: dict[str, Schema] = {
    "SignupRequest": object_of({"email": EMAIL, "password": PASSWORD}),
    "SignupResponse": object_of(
        {
            "message": MESSAGE,
            "user_sub": string("The user's permanent id.", SUB),
            "user_confirmed": {
                "type": "boolean",
                "description": "True when no code is needed.",
                "example": False,
            },
            "code_delivery": CODE_DELIVERY,
        }
    ),
    "ConfirmRequest": object_of({"email": EMAIL, "code": CODE}),
    "MessageResponse": object_of({"message": MESSAGE}),
    "LoginRequest": object_of(
        {"email": EMAIL, "password": PASSWORD, "device_key": DEVICE_KEY}, optional=("device_key",)
    ),
    "StartRequest": object_of(
        {
            "email": EMAIL,
            "flow": one_of("How to log in.", "USER_AUTH", "USER_SRP_AUTH", "CUSTOM_AUTH"),
            "preferred_challenge": one_of(
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
    "ChallengeRequest": object_of(
        {
            "challenge": one_of("The `challenge` that is answered.", *CHALLENGES),
            "session": {**SESSION, "nullable": True},  # as it came: SRP has none
            "username": USERNAME,
            "answer": string(
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
    "TokenResponse": object_of(
        {
            "access_token": string("For `Authorization: Bearer …`.", "eyJraWQiOiJhY2Nlc3MifQ.…"),
            "id_token": string("Who the user is, for your own client.", "eyJraWQiOiJpZCJ9.…"),
            "refresh_token": string("For POST /auth/refresh.", "eyJjdHkiOiJKV1QifQ.…"),
            "expires_in": {
                "type": "integer",
                "description": "Seconds until the access token expires.",
                "example": 3600,
            },
            "token_type": string("Always Bearer.", "Bearer"),
            "new_device_metadata": {
                **object_of(
                    {
                        "device_key": string("For POST /devices/{key}.", DEVICE),
                        "device_group_key": string("For the device's SRP.", "-AbCdEfGh"),
                    },
                    optional=("device_key", "device_group_key"),
                ),
                "description": "Where the pool tracks devices and this one is new.",
            },
        },
        optional=("new_device_metadata",),
    ),
    "ChallengeResponse": object_of(
        {
            "challenge": string("What Cognito asks for.", "SOFTWARE_TOKEN_MFA"),
            "session": {
                **string("To send back, once, within 3 minutes.", "AYABeC1-y8qooiuysEv0uM4w"),
                "nullable": True,
            },
            "username": string("The name to send back.", SUB),
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
    "RefreshRequest": object_of(
        {"email": EMAIL, "refresh_token": REFRESH_TOKEN, "device_key": DEVICE_KEY},
        optional=("email", "device_key"),
    ),
    "LogoutRequest": object_of({"refresh_token": REFRESH_TOKEN}),
    "ForgotPasswordRequest": object_of({"email": EMAIL}),
    "ResendCodeRequest": object_of({"email": EMAIL}),
    "CodeDeliveryResponse": object_of({"message": MESSAGE, "code_delivery": CODE_DELIVERY}),
    "ResetPasswordRequest": object_of(
        {"email": EMAIL, "code": CODE, "new_password": {**PASSWORD, "example": "EvenStrongerP@ss1"}}
    ),
    "ChangePasswordRequest": object_of(
        {"previous_password": PASSWORD, "new_password": {**PASSWORD, "example": "An0therP@ssw0rd"}},
        optional=("previous_password",),
    ),
    "EventFeedbackRequest": object_of(
        {
            "username": USERNAME,
            "event_id": string(
                "From the mail of threat protection.",
                "0d6a5d6e-1b5c-4f0e-9d53-5f0d7b8c9e10",
                minLength=1,
                maxLength=50,
                pattern=r"^[A-Za-z0-9_+-]+$",
                **{"x-problem": "must be an event id as Cognito issued it"},
            ),
            "feedback_token": {**REFRESH_TOKEN, "description": "From the same mail."},
            "feedback": one_of("Whether it was the user.", "Valid", "Invalid"),
        }
    ),
    "CodeRequest": object_of({"code": CODE}),
    "ClaimsResponse": {
        **object_of(
            {
                "sub": string("The user's permanent id.", SUB),
                "username": string("The user's name in the pool.", "3f1c7a52-8d4e-4f6b-9a55"),
                "scope": string("What the token allows.", "aws.cognito.signin.user.admin"),
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
    "ProfileResponse": object_of(
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
    "ProfileUpdateResponse": object_of(
        {
            "message": MESSAGE,
            "updated": {"type": "array", "items": {"type": "string"}, "example": ["name"]},
            "ignored": {"type": "array", "items": {"type": "string"}, "example": []},
        }
    ),
    "MfaResponse": object_of(
        {
            "username": string("The user's name in the pool.", SUB),
            "preferred_mfa_setting": string("The second factor asked for.", "SOFTWARE_TOKEN_MFA"),
            "user_mfa_setting_list": list_of("The second factors in use.", "SOFTWARE_TOKEN_MFA"),
            "configured_user_auth_factors": list_of("The first factors in use.", "PASSWORD"),
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
            "sms": factor("preferred"),
            "totp": factor("preferred"),
            "email": factor("preferred"),
            "passkey": factor(),
        },
        "anyOf": [{"required": [name]} for name in ("sms", "totp", "email", "passkey")],
    },
    "TotpRequest": object_of(
        {
            "session": SESSION,
            "account": string(
                "What the authenticator shows.", "new.user@example.com", minLength=1, maxLength=128
            ),
        },
        optional=("session", "account"),
    ),
    "TotpResponse": object_of(
        {
            "secret": string("For an authenticator that cannot scan.", "JBSWY3DPEHPK3PXP"),
            "otpauth_uri": string(
                "What the QR code holds.", "otpauth://totp/Cognito:me?secret=JBSWY3DPEHPK3PXP"
            ),
            "qr_svg": string("The QR code, as an SVG element.", "<svg></svg>"),
            "session": SESSION,
        },
        optional=("session",),
    ),
    "TotpVerifyRequest": object_of(
        {
            "code": string(
                "What the authenticator shows.",
                "123456",
                pattern=r"^[0-9]{6}$",
                **{"x-problem": "must be six digits"},
            ),
            "session": SESSION,
            "device_name": string("A name for the authenticator.", "Phone", maxLength=1024),
        },
        optional=("session", "device_name"),
    ),
    "TotpVerifyResponse": object_of(
        {"message": MESSAGE, "session": SESSION}, optional=("session",)
    ),
    "PasskeyOptionsResponse": object_of(
        {
            "credential_creation_options": {
                "type": "object",
                "description": "For `navigator.credentials.create({publicKey: …})`.",
                "example": {"challenge": "c2VjcmV0", "rp": {"id": "example.com"}},
            }
        }
    ),
    "PasskeyRequest": object_of(
        {
            "credential": {
                "type": "object",
                "description": "What `navigator.credentials.create` returned, as JSON.",
                "example": {"id": "c2VjcmV0", "type": "public-key", "response": {}},
            }
        }
    ),
    "PasskeysResponse": page_of("credentials", "credential_id", "friendly_credential_name"),
    "DevicesResponse": page_of("devices", optional=("device_key",)),
    "DeviceResponse": object_of({"device": open_object(optional=("device_key",))}),
    "ConfirmDeviceRequest": object_of(
        {
            "password_verifier": string("Salted verifier, base64.", "c2VjcmV0", minLength=1),
            "salt": string("Its salt, base64.", "c2FsdA==", minLength=1),
            "device_name": string("A name for it.", "Laptop", minLength=1, maxLength=1024),
        },
        optional=("device_name",),
    ),
    "ConfirmDeviceResponse": object_of(
        {"message": MESSAGE, "user_confirmation_necessary": {"type": "boolean", "example": False}}
    ),
    "DeviceStatusRequest": object_of(
        {"status": one_of("Whether Cognito remembers it.", "remembered", "not_remembered")}
    ),
    "SessionsResponse": page_of("sessions", optional=("session_id",)),
    "HealthResponse": object_of(
        {
            "status": one_of("Whether the API can work.", "ok", "misconfigured"),
            "version": string("The API's version.", VERSION),
            "settings_complete": {"type": "boolean", "example": True},
        }
    ),
    "Error": object_of(
        {
            "error": string("Stable, for programs.", "InvalidRequest"),
            "message": string("One sentence, for a person.", "The body has 1 problem."),
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
