"""Whether the API can work, for load balancers and people."""

from typing import Any

from flask import Blueprint, Flask, current_app, request

from app.errors import ServerMisconfigured
from app.services import services
from app.settings import SettingsError
from app.version import VERSION

bp = Blueprint("health", __name__)


@bp.get("/health")
def health() -> tuple[dict[str, Any], int]:
    """Tell whether the API can work."""
    complete = "services" in current_app.extensions
    status = "ok" if complete else "misconfigured"
    answer = {"status": status, "version": VERSION, "settings_complete": complete}
    return answer, 200 if complete else 500


@bp.get("/health/ready")
def ready() -> dict[str, Any]:
    """Tell whether tokens can be verified, which takes the pool's signing keys."""
    services().keys.ready()
    return {"status": "ready", "version": VERSION}


def init_app(app: Flask, problem: SettingsError) -> None:
    """Answer /health, and every other request with ServerMisconfigured and this problem."""
    app.register_blueprint(bp)

    @app.before_request
    def refuse() -> None:
        if request.endpoint != "health.health":
            raise ServerMisconfigured(str(problem))
