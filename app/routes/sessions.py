"""The user's sessions, where the pool keeps track of them."""

from typing import Any

from flask import Blueprint

from app.services import services
from app.web import bearer, inputs

bp = Blueprint("sessions", __name__, url_prefix="/sessions")
bearer.protect(bp)


@bp.get("")
def list_sessions() -> dict[str, Any]:
    """List the user's sessions."""
    return services().cognito.list_user_sessions(bearer.access_token(), **inputs.query())


@bp.delete("/<id>")
def revoke_session(id: str) -> dict[str, Any]:
    """End one session."""
    services().cognito.revoke_user_session(bearer.access_token(), id)
    return {"message": "Session ended."}
