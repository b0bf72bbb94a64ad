"""The user's second factors."""

from typing import Any

from flask import Blueprint

from app.services import services
from app.web import bearer, inputs

bp = Blueprint("mfa", __name__, url_prefix="/mfa")
bearer.protect(bp)


@bp.get("")
def read_mfa() -> dict[str, Any]:
    """Show the user's factors."""
    return services().cognito.get_user_auth_factors(bearer.access_token())


@bp.put("")
def update_mfa() -> dict[str, Any]:
    """Switch second factors on or off."""
    services().cognito.set_user_mfa_preference(bearer.access_token(), inputs.body())
    return {"message": "Second factors updated."}
