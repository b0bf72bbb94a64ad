"""The OpenAPI document: /apidocs shows it, and requests are checked against it."""

from functools import cache
from typing import Any

from app.swagger.cookie_mode import in_cookies
from app.swagger.operations import BEARER
from app.swagger.paths import PATHS
from app.swagger.schemas import SCHEMAS
from app.version import VERSION

TAGS = {
    "Registration": "From no user to a confirmed one, who can log in.",
    "Session": "Log in, answer challenges, refresh, log out: the tokens that this client holds.",
    "Profile": "Who the user is: the claims of the token, and the attributes in the pool.",
    "Password recovery": "A new password for a user who has forgotten it.",
    "Hosted login": "Google, the pool's other providers and Cognito's own page, in a browser.",
    "Account": "The user as a whole: change the password, delete the user.",
    "Second factor": "Which factors a login asks for besides the password, and authenticator apps.",
    "Passkeys": "The passkeys (WebAuthn credentials) that the user logs in with.",
    "Devices": "The browsers and phones that the pool remembers for the user.",
    "Sessions": "Where else the user is logged in: list these sessions and end them one by one.",
    "Health": "Whether the API can work.",
}

SPEC: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {
        "title": "Cognito Auth API",
        "version": VERSION,
        "description": "Every Cognito authentication flow over plain REST. Log in and try "
        "the rest: /apidocs takes the token over. A token from elsewhere goes under **Authorize**.",
        "license": {"name": "MIT", "url": "https://opensource.org/license/mit"},
    },
    # Relative to this document. `routes/docs.py` serves it with the URL that the reader has used.
    "servers": [{"url": "./"}],
    "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
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


@cache
def document(*, refresh_cookie: bool) -> dict[str, Any]:
    """Return the document of an API with this setting of REFRESH_COOKIE."""
    return in_cookies(SPEC) if refresh_cookie else SPEC
