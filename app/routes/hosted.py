"""Logins on Cognito's hosted pages, each bound to one browser by a signed cookie.

A login with `return_to` is for an app in the browser. It ends at the app, with a code that only
the app can exchange, because the app made the code challenge (RFC 7636, RFC 9700 section 2.1.1).
"""

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, after_this_request, g, request
from werkzeug.exceptions import MethodNotAllowed

from app.cognito.answers import Tokens
from app.cognito.oauth_state import MAX_AGE_SECONDS, AppReturn
from app.errors import InvalidRequest, OAuthError
from app.services import services
from app.web import cookies, inputs
from app.web.base_url import base_url

bp = Blueprint("hosted", __name__, url_prefix="/auth")

CALLBACK = "auth/google/callback"  # the redirect URI for all providers
HINTS = ("login_hint", "prompt", "lang")


@bp.get("/google/start")
def google_start() -> Response:
    """Start a Google login in the browser."""
    return _start("Google", inputs.query())


@bp.get("/hosted/start")
def hosted_start() -> Response:
    """Start a login at any provider of the pool, or on Cognito's own page."""
    query = inputs.query()
    return _start(query.get("provider"), query)


@bp.get("/google/callback")
def google_callback() -> Tokens | Response:
    """Finish a hosted login."""
    if request.method == "HEAD":  # programs that preview links must not use up the code
        raise MethodNotAllowed(["GET", "OPTIONS"])
    redirect_uri = _redirect_uri()
    cookie = cookies.read(_cookie_name(redirect_uri))
    # Resume before anything else: a request without this browser's login may neither end the login
    # nor have its query repeated in an answer.
    login = services().logins.resume(cookie, inputs.query_text("state"))
    after_this_request(lambda response: _with_cookie(response, redirect_uri, "", 0))
    query = inputs.query()
    if "code" in query and "error" in query:
        raise InvalidRequest("A callback has either a code or an error.")
    if login.app:
        return _back_to_app(login.app, query)
    tokens, g.username = services().hosted_ui.exchange_code(
        _code(query), redirect_uri, code_verifier=login.code_verifier, nonce=login.nonce
    )
    return tokens


@bp.post("/hosted/token")
def hosted_token() -> Tokens:
    """Exchange the code of a login that an app in the browser began."""
    body = inputs.body()
    tokens, g.username = services().hosted_ui.exchange_code(
        body["code"], _redirect_uri(), code_verifier=body["code_verifier"], nonce=None
    )
    return tokens


@bp.get("/google/logout")
def google_logout() -> Response:
    """Log out of the hosted UI."""
    return _log_out()


@bp.get("/hosted/logout")
def hosted_logout() -> Response:
    """Log out of the hosted UI."""
    return _log_out()


def _start(provider: str | None, query: dict[str, Any]) -> Response:
    redirect_uri = _redirect_uri()
    app = _app_return(query)
    login = services().logins.start(app)
    url = services().hosted_ui.authorize_url(
        provider,
        redirect_uri,
        state=login.state,
        code_challenge=query["code_challenge"] if app else login.code_challenge,
        nonce=login.nonce,
        hints={name: query[name] for name in HINTS if name in query},
    )
    response = Response(status=302, headers={"Location": url})
    return _with_cookie(response, redirect_uri, login.cookie, MAX_AGE_SECONDS)


def _app_return(query: dict[str, Any]) -> AppReturn | None:
    """Return where a login for an app ends, None for a login that ends at this API.

    Raises InvalidRequest for `return_to` without a code challenge, and the other way round.
    """
    if "return_to" in query and "code_challenge" not in query:
        _refuse("code_challenge", "is required with return_to")
    if "return_to" in query:
        return AppReturn(_return_url(query["return_to"]), query.get("state"))
    for name in ("code_challenge", "code_challenge_method", "state"):
        if name in query:
            _refuse(name, "is for a login with return_to")
    return None


def _return_url(return_to: str) -> str:
    """Return an absolute URL to which browsers may be redirected; raise InvalidRequest."""
    root = _root()
    if return_to in ("/", root):
        return root
    if problem := services().return_urls.problem(return_to):
        _refuse("return_to", problem)
    return return_to


def _refuse(name: str, problem: str) -> None:
    raise InvalidRequest("The query has 1 problem.", {name: problem})


def _back_to_app(app: AppReturn, query: dict[str, Any]) -> Response:
    """Redirect to the app with the code or the error of the callback (RFC 6749, 4.1.2)."""
    names = ("code",) if "code" in query else ("error", "error_description")
    answer = {name: query[name] for name in names if name in query}
    if not answer:
        raise InvalidRequest("The query has 1 problem.", {"code": "is required"})
    if "error" in answer:
        g.error = OAuthError.error  # for the log: the redirect itself succeeds
    if app.state is not None:
        answer["state"] = app.state
    mark = "&" if "?" in app.url else "?"
    return Response(status=303, headers={"Location": f"{app.url}{mark}{urlencode(answer)}"})


def _code(query: dict[str, Any]) -> str:
    """Return the code of a callback; raise OAuthError for an `error` in its place."""
    if "error" in query:
        oauth = {name: query[name] for name in ("error", "error_description") if name in query}
        raise OAuthError("The hosted UI ended the login.", members={"oauth": oauth})
    if "code" not in query:
        raise InvalidRequest("The query has 1 problem.", {"code": "is required"})
    code: str = query["code"]
    return code


def _log_out() -> Response:
    return_to = _return_url(inputs.query().get("return_to", "/"))
    return Response(status=302, headers={"Location": services().hosted_ui.logout_url(return_to)})


def _root() -> str:
    return _redirect_uri().removesuffix(CALLBACK)


def _redirect_uri() -> str:
    """Return the callback's URL: COGNITO_REDIRECT_URI, else the one of this request.

    The latter comes from the Host header. A false one does no harm, because Cognito redirects to
    registered URLs only.
    """
    if configured := services().settings.redirect_uri:
        return configured
    if not (url := base_url()):
        raise InvalidRequest("The Host header does not name a host; set COGNITO_REDIRECT_URI.")
    return f"{url}/{CALLBACK}"


def _is_https(uri: str) -> bool:
    return urlsplit(uri).scheme == "https"  # a setting may say HTTPS


def _cookie_name(redirect_uri: str) -> str:
    # Browsers accept a __Host- cookie only from this very host and only over https.
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
