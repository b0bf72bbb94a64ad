"""The members that several schemas share, and the values that the examples share.

Sizes and patterns are Cognito's (from botocore's model of each operation), so that values that
Cognito would refuse are refused here, with the field's name. `x-problem` is the message about a
value that does not match the pattern.
"""

from app.cognito.vocabulary import CHALLENGES
from app.swagger.building import Schema, integer, query_parameter, string, strings_by_name

# Used where Cognito has no limit or a wider one; it leaves room for the rest of a 64 kB body.
MAX_LENGTH = 32 * 1024

DEVICE = "us-east-1_0b9a5f5c-7f0d-4d0a-9c7e-2f5b8d3e6a10"
SUB = "3f1c7a52-8d4e-4f6b-9a55-0d9e4b6c1a20"
EMAIL_EXAMPLE = "new.user@example.com"
CODE_DELIVERY_EXAMPLE = {"destination": "n***@e***", "medium": "EMAIL", "attribute": "email"}
TOKENS_EXAMPLE = {
    "access_token": "eyJraWQiOiJhY2Nlc3MifQ.…",
    "id_token": "eyJraWQiOiJpZCJ9.…",
    "refresh_token": "eyJjdHkiOiJKV1QifQ.…",
    "expires_in": 3600,
    "token_type": "Bearer",
}
CHALLENGE_EXAMPLE = {
    "challenge": "SOFTWARE_TOKEN_MFA",
    "session": "AYABeC1-y8qooiuysEv0uM4wAqQAHQABAAdTZXJ2aWNl",
    "username": SUB,
}

# White space, written so that it is the same in Python's and ECMAScript's patterns.
SPACE = r"\s\x1c-\x1f\x85\ufeff"

EMAIL = string(
    "The email address to sign in with.",
    EMAIL_EXAMPLE,
    minLength=3,
    maxLength=128,
    pattern=rf"^[^{SPACE}@\x00-\x1f\x7f]+@[^{SPACE}@\x00-\x1f\x7f]+$",
    **{"x-problem": "must be an email address such as name@example.com"},
)
PASSWORD = string(
    "Sent to Cognito exactly as it is; the pool's policy decides.",
    "Str0ngP@ssw0rd!",
    minLength=1,
    maxLength=256,
)
CODE = string(
    "The code that Cognito sent.",
    "123456",
    minLength=1,
    maxLength=2048,
    pattern=rf"^[^{SPACE}]+$",
    **{"x-problem": "must not contain spaces"},
)
REFRESH_TOKEN = string(
    "The refresh token of the last login or refresh.",
    "eyJjdHkiOiJKV1QifQ.e30",
    minLength=1,
    maxLength=MAX_LENGTH,
    pattern=r"^[A-Za-z0-9_=.-]+$",
    **{"x-problem": "must be a token as Cognito issued it"},
)

CLIENT_METADATA = strings_by_name(
    "For the pool's Lambda triggers, by names of your own.", {"source": "web"}, maxLength=MAX_LENGTH
)
DEVICE_FINGERPRINT = string(
    "What AWS's script collected about the browser, for threat protection.",
    "eyJwYXlsb2FkIjoie30ifQ",
    minLength=1,
    maxLength=MAX_LENGTH,
)
# The optional members of bodies that describe the client.
CLIENT = {"client_metadata": CLIENT_METADATA, "device_fingerprint": DEVICE_FINGERPRINT}

# The attributes that POST /profile passes on unless WRITABLE_ATTRIBUTES says otherwise, each with
# an example.
WRITABLE_ATTRIBUTES = {
    "name": "Ada Lovelace",
    "given_name": "Ada",
    "family_name": "Lovelace",
    "phone_number": "+12065550100",
    "address": "1 Main Street, Seattle",
    "custom:role": "editor",
}

CHALLENGE = string(
    f"The name of the challenge, as Cognito returned it: {', '.join(CHALLENGES)}.",
    "SOFTWARE_TOKEN_MFA",
    minLength=1,
    maxLength=128,
)
SESSION = string(
    "The `session` of the challenge; valid once, for 3 minutes.",
    "AYABeC1-y8qooiuysEv0uM4wAqQAHQABAAdTZXJ2aWNl",
    minLength=20,
    maxLength=4096,
)
FIRST_SESSION = {
    **SESSION,
    "description": "Allows the first login without a password or another code: send the one of "
    "POST /auth/signup to POST /auth/confirm, and the one from there to POST /auth/start with "
    "USER_AUTH.",
}
USERNAME = string(
    "The `username` of the challenge.",
    SUB,
    minLength=1,
    maxLength=128,
    pattern=r"^[^\s\x00-\x1f\x7f]+$",
    **{"x-problem": "must be the name as Cognito returned it"},
)
DEVICE_KEY = string(
    "The device's key, once Cognito has given one.",
    DEVICE,
    minLength=1,
    maxLength=55,
    pattern=r"^[A-Za-z0-9_-]+_[0-9a-f-]+$",
    **{"x-problem": "must be a device key as Cognito issued it"},
)
SRP_A = string(
    "The client's public SRP value, in hex; the password stays with the client.",
    "d7c1f0a9e2b34c58",
    minLength=1,
    maxLength=2048,
    pattern=r"^[0-9a-fA-F]+$",
    **{"x-problem": "must be a number in hex"},
)

MESSAGE = string("What happened, for a person.", "Password changed.")

NEXT_TOKEN = query_parameter(
    "next_token",
    string(
        "The `next_token` of the page before.",
        "eyJhbGciOi",
        minLength=1,
        maxLength=MAX_LENGTH,
        pattern=r"^\S+$",
        **{"x-problem": "must be the next_token of the page before"},
    ),
)


def limit(maximum: int) -> Schema:
    """Describe the size of a page, whose maximum differs between Cognito's lists."""
    return query_parameter(
        "limit", integer("The largest number of items to return.", 10, minimum=1, maximum=maximum)
    )
