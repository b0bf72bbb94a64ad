"""The one OpenAPI document: what /apidocs shows, requests are checked against and tests read."""

from typing import Any

from app.swagger.operations import BEARER
from app.swagger.paths import PATHS
from app.swagger.schemas import SCHEMAS
from app.version import VERSION

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
