"""Whether the API can work."""

from app.swagger.building import Paths, response
from app.swagger.operations import operation
from app.version import VERSION

PATHS: Paths = {
    "/health": {
        "get": operation(
            "health",
            "Health",
            "Tell whether the API can work",
            "Says the version and whether the settings are complete, without asking Cognito.",
            {
                "200": response(
                    "It can.",
                    "HealthResponse",
                    {"status": "ok", "version": VERSION, "settings_complete": True},
                ),
                "500": response(
                    "It cannot: settings are missing or malformed.",
                    "HealthResponse",
                    {"status": "misconfigured", "version": VERSION, "settings_complete": False},
                ),
            },
        ),
    },
}
