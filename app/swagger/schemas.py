"""The schemas of request and response bodies, by name."""

from app.swagger.building import (
    Schema,
    anything,
    boolean,
    date_time,
    integer,
    list_of,
    object_of,
    one_of,
    open_object,
    page_of,
    ref,
    seconds_since_1970,
    some_of,
    string,
    strings_by_name,
)
from app.swagger.fields import (
    CHALLENGE,
    CLIENT,
    CLIENT_METADATA,
    CODE,
    DEVICE,
    DEVICE_KEY,
    EMAIL,
    EMAIL_EXAMPLE,
    FIRST_SESSION,
    MAX_LENGTH,
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


def _factor(*more: str) -> Schema:
    """Describe the switches of one second factor."""
    switches = {name: boolean(f"Whether it is {name}.", True) for name in ("enabled", *more)}
    return {**object_of(switches, optional=("preferred",)), "additionalProperties": False}


SCHEMAS: dict[str, Schema] = {
    "SignupRequest": object_of(
        {
            "email": EMAIL,
            "password": PASSWORD,
            "attributes": strings_by_name(
                "Further attributes of the user; those that users may not write are ignored.",
                {"name": "Ada Lovelace"},
                maxLength=2048,
            ),
            **CLIENT,
        },
        optional=("attributes", *CLIENT),
    ),
    "SignupResponse": object_of(
        {
            "message": MESSAGE,
            "user_sub": string("The user's permanent id.", SUB),
            "user_confirmed": boolean("True when no code is needed.", False),
            "code_delivery": ref("CodeDelivery"),
            "ignored": list_of("The attributes that users may not write.", "custom:team"),
            "session": FIRST_SESSION,
        },
        optional=("ignored", "session"),
    ),
    "CodeDelivery": {
        **object_of(
            {
                "destination": string("Where the code went, masked by Cognito.", "n***@e***"),
                "medium": string("EMAIL or SMS.", "EMAIL"),
                "attribute": string("The attribute that holds the destination.", "email"),
            }
        ),
        "title": "CodeDelivery",  # openapi-python-client names what is nullable by its title
        "nullable": True,
        "description": "Where Cognito sent a code; null when it sent none.",
    },
    "ConfirmRequest": object_of(
        {"email": EMAIL, "code": CODE, "session": FIRST_SESSION, **CLIENT},
        optional=("session", *CLIENT),
    ),
    "ConfirmResponse": object_of(
        {"message": MESSAGE, "session": FIRST_SESSION}, optional=("session",)
    ),
    "MessageResponse": object_of({"message": MESSAGE}),
    "LoginRequest": object_of(
        {"email": EMAIL, "password": PASSWORD, "device_key": DEVICE_KEY, **CLIENT},
        optional=("device_key", *CLIENT),
    ),
    "StartRequest": object_of(
        {
            "email": EMAIL,
            "flow": one_of("How to log in.", "USER_AUTH", "USER_SRP_AUTH", "CUSTOM_AUTH"),
            "preferred_challenge": one_of(
                "The challenge to begin USER_AUTH with; without it Cognito offers a choice.",
                "EMAIL_OTP",
                "SMS_OTP",
                "WEB_AUTHN",
                "PASSWORD",
                "PASSWORD_SRP",
            ),
            "srp_a": SRP_A,
            "device_key": DEVICE_KEY,
            "session": FIRST_SESSION,
            **CLIENT,
        },
        optional=("preferred_challenge", "srp_a", "device_key", "session", *CLIENT),
    ),
    "ChallengeRequest": object_of(
        {
            "challenge": CHALLENGE,
            "session": {**SESSION, "nullable": True},  # as it came: SRP has none
            "username": USERNAME,
            "answer": string(
                "The code, new password or choice; for WEB_AUTHN the credential as JSON text.",
                "123456",
                minLength=1,
                maxLength=MAX_LENGTH,
            ),
            "responses": strings_by_name(
                "Further responses by Cognito's own names, as SRP needs them.",
                {},
                maxLength=MAX_LENGTH,
            ),
            "device_key": DEVICE_KEY,
            **CLIENT,
        },
        optional=("session", "answer", "responses", "device_key", *CLIENT),
    ),
    "TokenResponse": object_of(
        {
            "access_token": string("For `Authorization: Bearer …`.", "eyJraWQiOiJhY2Nlc3MifQ.…"),
            "id_token": string("Who the user is, for your own client.", "eyJraWQiOiJpZCJ9.…"),
            "refresh_token": string("For POST /auth/refresh.", "eyJjdHkiOiJKV1QifQ.…"),
            "expires_in": integer("Seconds until the access token expires.", 3600),
            "token_type": string("Always Bearer.", "Bearer"),
            "new_device_metadata": {
                **object_of(
                    {
                        "device_key": string("For POST /devices/{key}.", DEVICE),
                        "device_group_key": string("For the device's SRP.", "-AbCdEfGh"),
                    },
                    optional=("device_key", "device_group_key"),
                ),
                "description": "Present if the pool tracks devices and this one is new.",
            },
        },
        optional=("new_device_metadata",),
    ),
    "ChallengeResponse": object_of(
        {
            "challenge": string(
                "What Cognito asks for: a name that POST /auth/challenge lists, or a newer one.",
                "SOFTWARE_TOKEN_MFA",
            ),
            "session": {
                **string("To send back, once, within 3 minutes.", "AYABeC1-y8qooiuysEv0uM4w"),
                "nullable": True,
            },
            "username": string("The name to send back.", SUB),
            "parameters": strings_by_name(
                "The challenge's parameters, as Cognito names them.",
                {"FRIENDLY_DEVICE_NAME": "Phone"},
            ),
            "available_challenges": list_of(
                "What SELECT_CHALLENGE may choose from.", "PASSWORD", "EMAIL_OTP"
            ),
        },
        optional=("available_challenges",),
    ),
    "RefreshRequest": object_of(
        {
            "email": EMAIL,
            "refresh_token": REFRESH_TOKEN,
            "device_key": DEVICE_KEY,
            "client_metadata": CLIENT_METADATA,
        },
        optional=("email", "device_key", "client_metadata"),
    ),
    "HostedTokenRequest": object_of(
        {
            "code": string(
                "The `code` that came to `return_to`.",
                "0d6a5d6e-1b5c-4f0e-9d53-5f0d7b8c9e10",
                minLength=1,
                maxLength=1024,
            ),
            "code_verifier": string(
                "What the `code_challenge` of the start was made from (RFC 7636, section 4.1).",
                "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
                minLength=43,
                maxLength=128,
                pattern=r"^[A-Za-z0-9._~-]+$",
                **{"x-problem": "must be letters, digits and -._~"},
            ),
        }
    ),
    "LogoutRequest": object_of({"refresh_token": REFRESH_TOKEN}),
    "ForgotPasswordRequest": object_of({"email": EMAIL, **CLIENT}, optional=tuple(CLIENT)),
    "ResendCodeRequest": object_of({"email": EMAIL, **CLIENT}, optional=tuple(CLIENT)),
    "CodeDeliveryResponse": object_of({"message": MESSAGE, "code_delivery": ref("CodeDelivery")}),
    "ResetPasswordRequest": object_of(
        {
            "email": EMAIL,
            "code": CODE,
            "new_password": {**PASSWORD, "example": "EvenStrongerP@ss1"},
            **CLIENT,
        },
        optional=tuple(CLIENT),
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
    "ClaimsResponse": open_object(
        {
            "sub": string("The user's permanent id.", SUB),
            "iss": string(
                "The user pool that issued it.",
                "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI",
            ),
            "client_id": string("The app client that it is for.", "1h57kf5cpq17m0eml12EXAMPLE"),
            "token_use": string("Always access.", "access"),
            "scope": string(
                "What the token allows, separated by spaces.", "aws.cognito.signin.user.admin"
            ),
            "exp": seconds_since_1970("When it expires.", 1900000000),
            "iat": seconds_since_1970("When it was issued.", 1899996400),
            "auth_time": seconds_since_1970("When the user logged in.", 1899996400),
            "jti": string("The token's own id.", "0d6a5d6e-1b5c-4f0e-9d53-5f0d7b8c9e10"),
            "username": string("The user's name in the pool.", SUB),
            "cognito:groups": list_of("The groups of the user: authorise on these.", "admins"),
        },
        optional=("auth_time", "jti", "username", "cognito:groups"),
    ),
    "ProfileResponse": object_of(
        {
            "attributes": strings_by_name(
                "The user's attributes by name.",
                {"sub": SUB, "email": EMAIL_EXAMPLE, "name": "Ada"},
            )
        }
    ),
    # Which attributes may be written is a setting: these are its default.
    "ProfileRequest": {
        **some_of(
            'At least one attribute. `""` deletes it; what users may not write is ignored.',
            {
                **{
                    name: string(f"The user's new {name}.", example, maxLength=2048)
                    for name, example in WRITABLE_ATTRIBUTES.items()
                },
                "client_metadata": CLIENT_METADATA,
            },
        ),
        "additionalProperties": True,
    },
    "EmailRequest": object_of(
        {"email": EMAIL, "client_metadata": CLIENT_METADATA}, optional=("client_metadata",)
    ),
    "VerificationRequest": object_of(
        {"client_metadata": CLIENT_METADATA}, optional=("client_metadata",)
    ),
    "ProfileUpdateResponse": object_of(
        {
            "message": MESSAGE,
            "updated": list_of("The attributes that were written or deleted.", "name"),
            "ignored": list_of("The members that are not attributes which users may write."),
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
    "MfaRequest": some_of(
        "At least one of these; the others stay as they are.",
        {
            "sms": _factor("preferred"),
            "totp": _factor("preferred"),
            "email": _factor("preferred"),
            "passkey": _factor(),
        },
    ),
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
            "qr_svg": string(
                "The QR code, as an SVG file.", '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
            ),
            "session": SESSION,
        },
        optional=("session",),
    ),
    "TotpVerifyRequest": object_of(
        {
            "code": string(
                "What the authenticator shows.",
                "123456",
                minLength=6,
                maxLength=6,
                pattern=r"^[0-9]{6}$",
                **{"x-problem": "must be six digits"},
            ),
            "session": SESSION,
            "device_name": string("A name for the authenticator.", "Phone", maxLength=MAX_LENGTH),
        },
        optional=("session", "device_name"),
    ),
    "TotpVerifyResponse": object_of(
        {"message": MESSAGE, "session": SESSION}, optional=("session",)
    ),
    "PasskeyOptionsResponse": object_of(
        {
            "credential_creation_options": ref("PasskeyOptions"),
        }
    ),
    # PublicKeyCredentialCreationOptionsJSON, https://www.w3.org/TR/webauthn-3/#dictdef-publickeycredentialcreationoptionsjson
    "PasskeyOptions": {
        **open_object(
            {
                "challenge": string("What the authenticator signs.", "c2VjcmV0"),
                "rp": open_object(
                    {
                        "id": string("The domain that the passkey is for.", "example.com"),
                        "name": string("Its name.", "example.com"),
                    }
                ),
                "user": open_object(
                    {
                        "id": string("The user's id for the authenticator.", "YWRh"),
                        "name": string("The user's name.", EMAIL_EXAMPLE),
                        "displayName": string("The name to show.", "Ada Lovelace"),
                    }
                ),
                "pubKeyCredParams": {
                    "type": "array",
                    "description": "The algorithms that Cognito takes.",
                    "items": open_object(
                        {
                            "type": one_of("Always public-key.", "public-key"),
                            "alg": integer("An algorithm's number in COSE.", -7),
                        }
                    ),
                },
            }
        ),
        "description": "For `PublicKeyCredential.parseCreationOptionsFromJSON()` in a browser.",
    },
    "PasskeyRequest": object_of(
        {
            "credential": anything(
                "What `navigator.credentials.create` returned, as JSON.",
                {"id": "c2VjcmV0", "type": "public-key", "response": {}},
            )
        }
    ),
    "PasskeysResponse": page_of("credentials", "Passkey"),
    "Passkey": open_object(
        {
            "credential_id": string("For DELETE /passkeys/{credential_id}.", "c2VjcmV0"),
            "friendly_credential_name": string("The name of the authenticator.", "Phone"),
            "relying_party_id": string("The domain that it is for.", "example.com"),
            "authenticator_attachment": string("platform or cross-platform.", "platform"),
            "authenticator_transports": list_of("How it is reached.", "internal"),
            "created_at": date_time("When it was registered."),
        },
        optional=("authenticator_attachment",),
    ),
    "DevicesResponse": page_of("devices", "Device"),
    "DeviceResponse": object_of({"device": ref("Device")}),
    "Device": open_object(
        {
            "device_key": string("For the paths under /devices.", DEVICE),
            "device_attributes": {
                "type": "array",
                "items": ref("DeviceAttribute"),
                "description": "Its name, its status, the last address.",
            },
            "device_create_date": date_time("When it was first seen."),
            "device_last_modified_date": date_time("When it was last changed."),
            "device_last_authenticated_date": date_time("When it was last used to log in."),
        },
        optional=(
            "device_key",
            "device_attributes",
            "device_create_date",
            "device_last_modified_date",
            "device_last_authenticated_date",
        ),
    ),
    "DeviceAttribute": open_object(
        {
            "name": string("The attribute's name.", "device_status"),
            "value": string("The attribute's value.", "valid"),
        },
        optional=("value",),
    ),
    "ConfirmDeviceRequest": object_of(
        {
            "password_verifier": string(
                "Salted verifier, base64.", "c2VjcmV0", minLength=1, maxLength=MAX_LENGTH
            ),
            "salt": string("Its salt, base64.", "c2FsdA==", minLength=1, maxLength=MAX_LENGTH),
            "device_name": string("A name for it.", "Laptop", minLength=1, maxLength=1024),
        },
        optional=("device_name",),
    ),
    "ConfirmDeviceResponse": object_of(
        {
            "message": MESSAGE,
            "user_confirmation_necessary": boolean(
                "True when the user has to say whether to remember it.", False
            ),
        }
    ),
    "DeviceStatusRequest": object_of(
        {"status": one_of("Whether Cognito remembers it.", "remembered", "not_remembered")}
    ),
    "SessionsResponse": page_of("sessions", "UserSession"),
    "UserSession": open_object(
        {
            "session_id": string("For DELETE /sessions/{id}.", "tkn0123456789abcdefghijklmno"),
            "session_type": string("TOKEN, or SSO for a session of the hosted UI.", "TOKEN"),
            "client_id": string("The app client.", "1h57kf5cpq17m0eml12EXAMPLE"),
            "create_date": date_time("When it began."),
            "last_active_date": date_time("When it was last used."),
            "device_type": string("What the browser or app calls itself.", "Firefox on Linux"),
            "last_ip_address": string("Where it was last used.", "192.0.2.1"),
            "last_location": open_object(
                {
                    "city": string("The city.", "Seattle"),
                    "country": string("The country.", "United States"),
                },
                optional=("city", "country"),
            ),
            "origin_session_id": string(
                "The session that it came from.", "sso0123456789abcdefghijklmno"
            ),
            "is_current_session": boolean("Whether it is the session of this access token.", True),
        },
        optional=(
            "session_id",
            "session_type",
            "client_id",
            "create_date",
            "last_active_date",
            "device_type",
            "last_ip_address",
            "last_location",
            "origin_session_id",
            "is_current_session",
        ),
    ),
    "HealthResponse": object_of(
        {
            "status": one_of("Whether the API can work.", "ok", "misconfigured"),
            "version": string("The API's version.", VERSION),
            "settings_complete": boolean("Whether all settings are there and well formed.", True),
        }
    ),
    "ReadyResponse": object_of(
        {
            "status": one_of("The API can verify tokens.", "ready"),
            "version": string("The API's version.", VERSION),
        }
    ),
    "ApiError": object_of(
        {
            "error": string("Stable, for programs.", "InvalidRequest"),
            "message": string("One sentence, for a person.", "The body has 1 problem."),
            "fields": strings_by_name(
                "What to change, per field (InvalidRequest only).", {"email": "is required"}
            ),
            "oauth": strings_by_name(
                "What the hosted UI said (OAuthError only).", {"error": "access_denied"}
            ),
        },
        optional=("fields", "oauth"),
    ),
}
