"""REFRESH_COOKIE: refresh tokens are in a cookie that no script can read, and in no body.

Browsers send a cookie with requests of any page. So a request that uses this one must come from an
allowed page (RFC 6749, section 10.12; OWASP on cross-site request forgery): SameSite=Strict
excludes other sites, and `_check_origin` other origins of the same site.
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
from app.web.base_url import base_url, own_origin

# Cognito does not say how long a token lives. This is its default; each refresh starts it again. A
# token that expires sooner is cleared when it is used. One that lives longer lasts as long as its
# user returns within this time.
MAX_AGE_SECONDS = 30 * 24 * 3600

MakeResponse = Callable[[Any], Response]


def init_app(app: Flask) -> None:
    """Take the refresh token out of every dict that a view returns, and set the cookie instead."""
    # Every view's dict goes through make_response, so no view can forget this.
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
    """Return the cookie's token as `refresh_token`, "" without one; {} without REFRESH_COOKIE.

    Raises ForbiddenOrigin. A 401 as the answer clears the cookie, because its token is then dead or
    another user's.
    """
    if not services().settings.refresh_cookie:
        return {}
    _check_origin()
    after_this_request(lambda r: _with_cookie(r, "", 0) if r.status_code == 401 else r)
    token = cookies.read(_name())
    return {"refresh_token": "" if schema.problem(REFRESH_TOKEN, token) else token}


def clear() -> None:
    """Clear the cookie in the answer to this request."""
    if services().settings.refresh_cookie:
        after_this_request(lambda response: _with_cookie(response, "", 0))


def _check_origin() -> None:
    """Raise ForbiddenOrigin unless a page of this API or of CORS_ORIGINS made the request.

    Browsers send Origin with every POST. A request without it must say that it comes from the same
    origin (Fetch Metadata, section 2.3). No page can set either header.
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
    """Return the origins of this API: that of the request, and that of COGNITO_REDIRECT_URI.

    One with plain http is left out: somebody on the way may have changed its pages.
    """
    urls = (base_url(), services().settings.redirect_uri)
    return {origin_of(url) for url in urls if url and is_confidential(url)}


def _name() -> str:
    # Browsers accept a __Host- cookie only from this very host and only over https.
    return "refresh_token" if _is_plain_loopback() else "__Host-refresh_token"


def _is_plain_loopback() -> bool:
    """Tell whether this is http on loopback, where browsers accept no __Host- cookie."""
    own = own_origin(request)
    urls = [own, services().settings.redirect_uri or own]
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
