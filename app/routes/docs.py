"""The documentation: Flasgger serves the spec and Swagger UI, from this origin alone.

Flasgger runs as an app of its own inside ours, built when somebody first opens the docs. It and
jsonschema take about as long to import as Flask itself, and no other route needs them; and what
it sets on its app (hooks, a JSON encoder) cannot touch the API.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, Flask, Response, abort, request

from app.swagger import SPEC
from app.web.api import Api
from app.web.base_url import base_url

bp = Blueprint("docs", __name__)

# Swagger UI styles itself inline; scripts and the spec come from this origin or not at all.
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
    """Pass the request on to Flasgger."""
    response = cast(Response, Response.from_app(_flasgger().wsgi_app, request.environ))
    if response.status_code not in (200, 206, 304):
        abort(404)  # its errors are HTML, and its redirects are built from the Host header
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response


@cache
def _flasgger() -> Flask:
    from flasgger import Swagger

    class Docs(Swagger):  # type: ignore[misc]  # Flasgger has no types
        def get_apispecs(self, endpoint: str = "apispec_1") -> dict[str, Any]:
            """Return the spec as it is served: tools that are given a copy need a whole URL."""
            servers = [{"url": url}] if (url := base_url()) else SPEC["servers"]
            return {**super().get_apispecs(endpoint), "servers": servers}

    app = Api(
        "docs",
        root_path=str(Path(__file__).parent.parent / "pages"),
        static_url_path="/apidocs/static",
        template_folder="templates",  # holds our flasgger/index.html, which takes precedence
    )
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600
    app.config["PROPAGATE_EXCEPTIONS"] = True  # a defect here is answered as one of ours
    # Swagger UI from the package that keeps up with its releases; Flasgger's own is of 2020.
    config: dict[str, Any] = {
        "openapi": SPEC["openapi"],
        "title": SPEC["info"]["title"],
        "headers": [],
        "specs": [{"endpoint": "apispec_1", "route": "/apispec_1.json"}],
        "specs_route": "/apidocs",
        "static_folder": str(files("flask_swagger_ui") / "dist"),
        "static_url_path": "/apidocs/ui",
    }
    Docs(app, config=config, template=SPEC)
    app.add_url_rule("/apidocs/", view_func=app.view_functions["flasgger.apidocs"])
    return app
