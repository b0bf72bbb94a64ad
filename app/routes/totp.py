"""Setting up an authenticator app: by a user who is logged in, or while logging in.

If the pool requires a second factor, the first login leads to an MFA_SETUP challenge. There is no
access token yet; the challenge's session is used instead.
"""

from io import BytesIO
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint

from app.errors import InvalidRequest
from app.services import services
from app.web import bearer, inputs

bp = Blueprint("totp", __name__, url_prefix="/mfa/totp")

ISSUER = "Cognito"  # authenticator apps show it beside the account


@bp.post("")
def set_up_totp() -> dict[str, Any]:
    """Set up an authenticator app."""
    body = inputs.body()
    account = body.pop("account", "user")
    secret, session = services().cognito.associate_software_token(_grant(body))
    uri = _otpauth_uri(account, secret)
    answer = {"secret": secret, "otpauth_uri": uri, "qr_svg": _qr_svg(uri)}
    return answer | ({"session": session} if session else {})


@bp.post("/verify")
def verify_totp() -> dict[str, Any]:
    """Verify the authenticator app."""
    body = inputs.body()
    session = services().cognito.verify_software_token(_grant(body), **body)
    return {"message": "Authenticator verified."} | ({"session": session} if session else {})


def _grant(body: dict[str, Any]) -> dict[str, str]:
    """Take the session out of the body; return the access token if there is one, else the session.

    Raises InvalidRequest if there is neither.
    """
    session = body.pop("session", None)
    if bearer.verify_if_presented():
        return {"AccessToken": bearer.access_token()}
    if not session:
        raise InvalidRequest(
            "Send an access token, or the session of an MFA_SETUP challenge.",
            {"session": "is required without an access token"},
        )
    return {"Session": session}


def _otpauth_uri(account: str, secret: str) -> str:
    """Return the URI that authenticator apps scan.

    https://github.com/google/google-authenticator/wiki/Key-Uri-Format
    """
    query = urlencode({"secret": secret, "issuer": ISSUER})
    return f"otpauth://totp/{ISSUER}:{quote(account)}?{query}"


def _qr_svg(text: str) -> str:
    """Return a QR code as an SVG image; it is drawn here because the text contains a secret."""
    import segno  # here, because no other route needs it

    file = BytesIO()
    segno.make(text, error="m").save(
        file,
        kind="svg",
        scale=4,
        light="#fff",  # for dark pages
        xmldecl=False,  # so that it can also stand within a page
        nl=False,
    )
    return file.getvalue().decode()
