"""Google login through Cognito's hosted UI: out with a signed cookie, back with a code."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, after_this_request, g, request
from werkzeug.exceptions import MethodNotAllowed

from app.cognito.answers import Tokens
from app.cognito.oauth_state import MAX_AGE_SECONDS
from app.errors import InvalidRequest, OAuthError
from app.services import services
from app.web import cookies, inputs
from app.web.base_url import base_url

bp = Blueprint("google", __name__, url_prefix="/auth/google")


@bp.get("/start")
def google_start() -> Response:
    """Start a Google login in the browser."""
    redirect_uri = _redirect_uri()
    login = services().logins.start()
    url = services().hosted_ui.authorize_url(
        "Google",
        redirect_uri,
        state=login.state,
        code_challenge=login.code_challenge,
        nonce=login.nonce,
    )
    response = Response(status=302, headers={"Location": url})
    return _with_cookie(response, redirect_uri, login.cookie, MAX_AGE_SECONDS)


@bp.get("/callback")
def google_callback() -> Tokens:
    """Finish a Google login."""
    if request.method == "HEAD":  # sent by programs that look where a link leads
        raise MethodNotAllowed(["GET", "OPTIONS"])
    redirect_uri = _redirect_uri()
    cookie = cookies.read(_cookie_name(redirect_uri))
    # First of all: only what belongs to a login of this browser may be shown, or end that login.
    login = services().logins.resume(cookie, inputs.query_text("state"))
    after_this_request(lambda response: _with_cookie(response, redirect_uri, "", 0))
    tokens, g.username = services().hosted_ui.exchange_code(
        _code(inputs.query()), redirect_uri, code_verifier=login.code_verifier, nonce=login.nonce
    )
    return tokens


@bp.get("/logout")
def google_logout() -> Response:
    """Log out of the hosted UI, and come back to the root of the API."""
    root = _redirect_uri().removesuffix("auth/google/callback")
    return Response(status=302, headers={"Location": services().hosted_ui.logout_url(root)})


def _code(query: dict[str, str]) -> str:
    """Return the code of a callback; raise OAuthError with the `error` that came in its place."""
    if "error" in query and "code" in query:
        raise InvalidRequest("A callback has either a code or an error.")
    if "error" in query:
        oauth = {name: query[name] for name in ("error", "error_description") if name in query}
        raise OAuthError("The hosted UI ended the login.", members={"oauth": oauth})
    if "code" not in query:
        raise InvalidRequest("The query has 1 problem.", {"code": "is required"})
    return query["code"]


def _redirect_uri() -> str:
    """Return where the hosted UI sends the browser back: as configured, else by this request.

    A derived one follows the Host header, so that it can be wrong but not harmful: Cognito
    redirects to registered URLs only.
    """
    if configured := services().settings.redirect_uri:
        return configured
    if not (url := base_url()):
        raise InvalidRequest("The Host header does not name a host; set COGNITO_REDIRECT_URI.")
    return f"{url}/auth/google/callback"


def _is_https(uri: str) -> bool:
    return urlsplit(uri).scheme == "https"  # which a setting may spell HTTPS


def _cookie_name(redirect_uri: str) -> str:
    # Browsers let nobody but this very host set a __Host- cookie, and only over https.
    return "__Host-google_login" if _is_https(redirect_uri) else "google_login"


def _with_cookie(response: Response, redirect_uri: str, value: str, max_age: int) -> Response:
    response.set_cookie(
        _cookie_name(redirect_uri),
        value,
        max_age=max_age,
        secure=_is_https(redirect_uri),
        httponly=True,
        samesite="Lax",
    )
    return response
