"""REFRESH_COOKIE: refresh tokens live in a cookie that no script can read, and in no body.

Browsers send a cookie along whichever page asks, so that a request that uses this one has to come
from a page that may (RFC 6749, section 10.12; OWASP's rules on cross-site request forgery):
SameSite=Strict keeps it from other sites, and `_check_origin` from other origins of this one.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, after_this_request, request

from app.errors import ForbiddenOrigin
from app.origins import Origins, origin_of
from app.services import services
from app.settings import is_confidential
from app.swagger.fields import REFRESH_TOKEN
from app.web import cookies, schema
from app.web.base_url import base_url

# Cognito does not say how long a token lives: this is its default, and each refresh renews it.
# A token that dies sooner is cleared when it is used, one that lives longer lasts for as long as
# its user comes back within that time.
MAX_AGE_SECONDS = 30 * 24 * 3600

MakeResponse = Callable[[Any], Response]


def init_app(app: Flask) -> None:
    """Take the refresh token out of whatever a view returns, and set the cookie instead."""
    # Around the step that every view's dict goes through: one that is added cannot forget it.
    make_response: MakeResponse = app.make_response

    def make_response_without_token(value: Any) -> Response:
        body, *rest = value if isinstance(value, tuple) else (value,)
        if not isinstance(body, dict) or "refresh_token" not in body:
            return make_response(value)
        body = dict(body)
        token = body.pop("refresh_token")
        response = make_response((body, *rest) if rest else body)
        return _with_cookie(response, token, MAX_AGE_SECONDS)

    app.make_response = make_response_without_token  # type: ignore[method-assign,assignment]


def read() -> dict[str, str]:
    """Return the refresh token of the cookie, "" if there is none; nothing without REFRESH_COOKIE.

    Raises ForbiddenOrigin. An answer of 401 clears the cookie: its token is dead, or another's.
    """
    if not services().settings.refresh_cookie:
        return {}
    _check_origin()
    after_this_request(lambda r: _with_cookie(r, "", 0) if r.status_code == 401 else r)
    token = cookies.read(_name())
    return {"refresh_token": "" if schema.problem(REFRESH_TOKEN, token) else token}


def clear() -> None:
    """Clear the cookie with the answer of this request."""
    if services().settings.refresh_cookie:
        after_this_request(lambda response: _with_cookie(response, "", 0))


def _check_origin() -> None:
    """Refuse a request that no page of this API or of CORS_ORIGINS has made.

    Browsers name the origin in every POST. Where one does not, it has to say that there is nothing
    to name (Fetch Metadata, section 2.3); no page can set either header.
    """
    origin = request.headers.get("Origin")
    if origin is None:
        is_allowed = request.headers.get("Sec-Fetch-Site") == "same-origin"
    else:
        listed = Origins(services().settings.cors_origins)
        is_allowed = origin in listed or origin in _own_origins()
    if not is_allowed:
        raise ForbiddenOrigin(
            "Only pages of this server and of its CORS_ORIGINS may use the refresh cookie."
        )


def _own_origins() -> set[str]:
    """Return the origins of this API: as the request has it, and as the setting says it.

    A page that came over plain http may have been changed on the way, so that it is not ours.
    """
    urls = (base_url(), services().settings.redirect_uri)
    return {origin_of(url) for url in urls if url and is_confidential(url)}


def _name() -> str:
    # Browsers let nobody but this very host set a __Host- cookie, and only over https.
    return "refresh_token" if _is_plain_loopback() else "__Host-refresh_token"


def _is_plain_loopback() -> bool:
    """Tell whether this is http on this machine, where browsers keep no __Host- cookie."""
    urls = [request.host_url, services().settings.redirect_uri or request.host_url]
    return all(is_confidential(url) and urlsplit(url).scheme == "http" for url in urls)


def _with_cookie(response: Response, value: str, max_age: int) -> Response:
    response.set_cookie(
        _name(),
        value,
        max_age=max_age,
        path="/",
        secure=not _is_plain_loopback(),
        httponly=True,
        samesite="Strict",
    )
    return response
