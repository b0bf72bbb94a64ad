"""The devices that the pool remembers of the user."""

from typing import Any

from flask import Blueprint

from app.services import services
from app.web import bearer, inputs

bp = Blueprint("devices", __name__, url_prefix="/devices")
bearer.protect(bp)


@bp.get("")
def list_devices() -> dict[str, Any]:
    """List the user's devices."""
    return services().cognito.list_devices(bearer.access_token(), **inputs.query())


@bp.get("/<key>")
def read_device(key: str) -> dict[str, Any]:
    """Show a device."""
    return services().cognito.get_device(bearer.access_token(), key)


@bp.post("/<key>")
def confirm_device(key: str) -> dict[str, Any]:
    """Confirm a new device."""
    confirmed = services().cognito.confirm_device(bearer.access_token(), key, **inputs.body())
    return {"message": "Device confirmed.", **confirmed}


@bp.patch("/<key>")
def update_device(key: str) -> dict[str, Any]:
    """Remember a device, or no longer."""
    services().cognito.update_device_status(bearer.access_token(), key, **inputs.body())
    return {"message": "Device updated."}


@bp.delete("/<key>")
def forget_device(key: str) -> dict[str, Any]:
    """Forget a device."""
    services().cognito.forget_device(bearer.access_token(), key)
    return {"message": "Device forgotten."}
