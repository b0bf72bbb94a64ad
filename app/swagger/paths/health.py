"""Whether the API can work."""

from app.swagger.building import Paths, error_response, header, response
from app.swagger.operations import operation
from app.swagger.responses import SERVER_FAULTS
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
    "/health/ready": {
        "get": operation(
            "ready",
            "Health",
            "Tell whether the API can verify tokens",
            "Asks for the pool's signing keys, unless they are known already.",
            {
                "200": response(
                    "It can.", "ReadyResponse", {"status": "ready", "version": VERSION}
                ),
                "500": SERVER_FAULTS["500"],
                "503": {
                    **error_response(
                        "It cannot: the pool's signing keys cannot be read.",
                        "UpstreamUnavailable",
                        "The pool's signing keys cannot be read.",
                    ),
                    **header("Retry-After", "Seconds to wait."),
                },
            },
        ),
    },
}
