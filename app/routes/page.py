"""The page at /, to try every flow in a browser, and the files that it loads."""

from functools import cache, partial
from pathlib import Path

from flask import Blueprint, Response, render_template, request, url_for

from app.errors import NotFound
from app.web.assets import Assets

PAGES = Path(__file__).parent.parent / "pages"

bp = Blueprint("page", __name__, template_folder="../pages/templates")

# Scripts, styles and requests are limited to this origin. The page makes an image of the QR code in
# an answer (blob:). Trusted Types forbid every way to turn text into markup.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


@bp.get("/")
def page() -> Response:
    """Show the page to browsers; answer programs 404, with the way to the documentation."""
    accepted = {media_type for media_type, quality in request.accept_mimetypes if quality > 0}
    if "text/html" not in accepted:
        raise NotFound("There is nothing at this path; the documentation is at /apidocs.")
    html = render_template("page.html", asset=partial(url_for, ".asset", version=_assets().version))
    headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY, "Vary": "Accept"}
    return Response(html, headers=headers)


@bp.get("/assets/<version>/<name>")
def asset(version: str, name: str) -> Response:
    """Serve a file of the page."""
    return _assets().response(version, name)


@cache
def _assets() -> Assets:
    return Assets((PAGES / "page").iterdir())
