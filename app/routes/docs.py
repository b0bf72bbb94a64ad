"""The documentation: Flasgger serves the spec and Swagger UI, from this origin alone.

Flasgger runs as an app of its own inside ours, built when somebody first opens the docs. It and
jsonschema take about as long to import as Flask itself, and no other route needs them; and what
it sets on its app (hooks, a JSON encoder) cannot touch the API.
"""

import gzip
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, Flask, Response, abort, request, url_for

from app.services import services
from app.swagger import document
from app.web.api import Api
from app.web.assets import Assets, takes_gzip
from app.web.base_url import base_url

PAGES = Path(__file__).parent.parent / "pages"
SWAGGER_UI = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png")

bp = Blueprint("docs", __name__)

# Swagger UI uses inline styles. Scripts and the document may come from this origin only.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


@bp.get("/apidocs")
@bp.get("/apidocs/")
@bp.get("/apidocs/<path:asset>")
@bp.get("/apispec_1.json")
def docs(asset: str = "") -> Response:
    """Let Flasgger answer the request."""
    flasgger = _flasgger(services().settings.refresh_cookie)
    response = cast(Response, Response.from_app(flasgger.wsgi_app, request.environ))
    if response.status_code not in (200, 206, 304):
        abort(404)  # Flasgger's errors are HTML, and its redirects use the Host header
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    if response.is_json:
        _compress(response)
    return response


def _compress(response: Response) -> None:
    response.vary.add("Accept-Encoding")
    if takes_gzip():
        response.data = gzip.compress(response.data)
        response.content_encoding = "gzip"


@cache
def _flasgger(refresh_cookie: bool) -> Flask:
    from flasgger import Swagger

    spec = document(refresh_cookie=refresh_cookie)

    class Docs(Swagger):  # type: ignore[misc]  # Flasgger has no types
        def get_apispecs(self, endpoint: str = "apispec_1") -> dict[str, Any]:
            """Return the document with the URL of this API, for tools that get a copy of it."""
            servers = [{"url": url}] if (url := base_url()) else spec["servers"]
            return {**super().get_apispecs(endpoint), "servers": servers}

    # The folder templates has a flasgger/index.html, which takes precedence over Flasgger's.
    app = Api("docs", root_path=str(PAGES), static_folder=None, template_folder="templates")
    app.config["PROPAGATE_EXCEPTIONS"] = True  # an exception here reaches the API's own handlers
    config: dict[str, Any] = {
        "openapi": spec["openapi"],
        "title": spec["info"]["title"],
        "headers": [],
        "specs": [{"endpoint": "apispec_1", "route": "/apispec_1.json"}],
        "specs_route": "/apidocs",
    }
    Docs(app, config=config, template=spec)
    app.add_url_rule("/apidocs/", view_func=app.view_functions["flasgger.apidocs"])
    # Swagger UI from flask-swagger-ui, which follows its releases; Flasgger's is of 2020.
    dist = Path(str(files("flask_swagger_ui"))) / "dist"
    assets = Assets([*(PAGES / "apidocs").iterdir(), *(dist / name for name in SWAGGER_UI)])
    app.add_url_rule("/apidocs/assets/<version>/<name>", "asset", assets.response)
    app.jinja_env.globals["asset"] = lambda name: url_for(
        "asset", version=assets.version, name=name
    )
    return app
