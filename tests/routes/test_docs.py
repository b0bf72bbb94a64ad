"""The document and its page: spec and routes agree, and the page is ours."""

import gzip
import re
from html.parser import HTMLParser
from typing import Any

import openapi_spec_validator
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_schema_validator import OAS30Validator

from app.swagger import SPEC
from tests.support.app import make_app
from tests.support.routes import ROUTES

CLOSED = "http://127.0.0.1:1"  # nothing here asks Cognito anything

OPERATIONS = {route.label: route.spec for route in ROUTES.values()}
each_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)


def routes(app: Flask) -> dict[str, str]:
    """Map "METHOD /path" to the endpoint, for all that is not for a browser to look at."""
    return {
        f"{method} {rule.rule}".replace("<", "{").replace(">", "}"): rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.endpoint.startswith(("docs.", "page."))
    }


def errors(content: dict[str, Any]) -> list[str]:
    """List where a media type's example breaks its schema."""
    schema = {**content["schema"], "components": SPEC["components"]}
    return [error.message for error in OAS30Validator(schema).iter_errors(content["example"])]


class TestSpec:
    def test_is_valid_openapi(self, api: FlaskClient) -> None:
        served = api.get("/apispec_1.json").json

        assert served is not None
        openapi_spec_validator.validate(served)

    def test_is_served_as_it_is_written(self, api: FlaskClient) -> None:
        response = api.get("/apispec_1.json")

        assert response.json == {**SPEC, "servers": [{"url": "http://localhost"}]}
        assert list(response.json["paths"]) == list(SPEC["paths"])
        assert response.content_type == "application/json"

    @pytest.mark.parametrize(
        ("base_url", "server"),
        [
            ("https://abc.execute-api.example.com/Prod", None),
            ("https://API.example.com/", "https://api.example.com"),
            ("http://127.0.0.1:5000", None),
            ("http://[::1]:5000/v1/auth", None),
        ],
    )
    def test_names_the_server_as_its_reader_has_it(
        self, api: FlaskClient, base_url: str, server: str | None
    ) -> None:
        """A saved copy would lead a generated client nowhere with a relative URL."""
        served = api.get("/apispec_1.json", base_url=base_url)

        assert served.json is not None
        assert served.json["servers"] == [{"url": server or base_url}]
        assert served.headers["Cache-Control"] == "no-store"  # it is for this reader alone

    @pytest.mark.parametrize("host", ["", "a b", "a@b", "a..b", 'a"b', "[]", "a:0", "<x>", "a/b"])
    def test_stays_relative_where_host_names_none(self, api: FlaskClient, host: str) -> None:
        served = api.get("/apispec_1.json", environ_overrides={"HTTP_HOST": host})

        assert served.json is not None
        assert served.json["servers"] == [{"url": "./"}]

    def test_lists_the_routes_and_no_others(self, app: Flask) -> None:
        assert set(OPERATIONS) == set(routes(app))

    def test_names_each_operation_as_its_view(self, app: Flask) -> None:
        names = {route: endpoint.rpartition(".")[2] for route, endpoint in routes(app).items()}

        assert {route: op["operationId"] for route, op in OPERATIONS.items()} == names
        assert len(set(names.values())) == len(names)

    def test_protects_what_the_app_protects(self, api: FlaskClient) -> None:
        """Swagger UI sends the token where the spec says so, and there only."""
        statuses = {
            route.label: api.open(route.url, method=route.method, json={}).status_code
            for route in ROUTES.values()
        }

        # What may come without a token asks for something else then.
        wanted = {r for r, op in OPERATIONS.items() if op["security"] and {} not in op["security"]}
        assert {route for route, status in statuses.items() if status == 401} == wanted

    @each_operation
    def test_describes_the_operation(self, operation: dict[str, Any]) -> None:
        assert operation["summary"]
        assert not operation["summary"].endswith(".")
        assert operation["description"].endswith((".", ".**"))
        assert len(operation["tags"]) == 1

    @each_operation
    def test_shows_a_request_that_satisfies_its_schema(self, operation: dict[str, Any]) -> None:
        if "requestBody" in operation:
            content = operation["requestBody"]["content"]["application/json"]
            assert content["example"]
            assert errors(content) == []

    @each_operation
    def test_shows_responses_that_satisfy_their_schemas(self, operation: dict[str, Any]) -> None:
        assert operation["responses"]
        for status, response in operation["responses"].items():
            assert response["description"].endswith(".")
            if status not in ("302", "303"):
                assert errors(response["content"]["application/json"]) == []

    @each_operation
    def test_shows_the_headers_of_refusals(self, operation: dict[str, Any]) -> None:
        wanted = {"401": "WWW-Authenticate", "429": "Retry-After", "503": "Retry-After"}
        for status in wanted.keys() & operation["responses"].keys():
            assert wanted[status] in operation["responses"][status]["headers"]

    def test_says_what_is_wrong_with_every_pattern(self) -> None:
        def rules(schema: object) -> list[dict[str, Any]]:
            if isinstance(schema, list):
                return [rule for item in schema for rule in rules(item)]
            if not isinstance(schema, dict):
                return []
            here = [schema] if isinstance(schema.get("pattern"), str) else []
            return here + [rule for item in schema.values() for rule in rules(item)]

        assert rules(SPEC)
        assert [rule for rule in rules(SPEC) if not rule.get("x-problem")] == []


class Links(HTMLParser):
    """The addresses that a page refers to, and the text of its scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: dict[str, str] = {}
        self.inline: list[str] = []
        self._script = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._script = tag == "script"
        for name, value in attrs:
            if name in ("href", "src", "data-spec"):
                self.addresses[(value or "").rpartition("/")[2]] = value or ""
            assert not name.startswith("on")

    def handle_data(self, data: str) -> None:
        if self._script and data.strip():
            self.inline.append(data)


def asset(api: FlaskClient, name: str) -> str:
    """Return the address at which the page would find a file."""
    return Links(api.get("/apidocs").text).addresses["apidocs.js"].replace("apidocs.js", name)


class TestPage:
    @pytest.mark.parametrize("path", ["/apidocs", "/apidocs/"])
    @pytest.mark.parametrize("prefix", ["", "/Prod"])
    def test_finds_all_it_needs_under_the_prefix(
        self, api: FlaskClient, prefix: str, path: str
    ) -> None:
        base = f"https://api.example.com{prefix}"

        response = api.get(path, base_url=base)

        assert response.status_code == 200
        assert response.content_type == "text/html; charset=utf-8"
        page = Links(response.text)
        assert page.addresses.keys() == {
            "favicon-32x32.png",
            "swagger-ui.css",
            "apidocs.css",
            "swagger-ui-bundle.js",
            "apidocs.js",
            "apispec_1.json",
        }
        assert page.addresses["apispec_1.json"] == f"{prefix}/apispec_1.json"
        assets = [address for name, address in page.addresses.items() if name != "apispec_1.json"]
        assert {address.rpartition("/")[0] for address in assets} == {
            assets[0].rpartition("/")[0]
        }, "one folder, whose name changes with the content of any of them"
        for address in page.addresses.values():
            part = api.get(address.removeprefix(prefix), base_url=base, buffered=True)
            assert part.status_code == 200
        assert page.inline == []

    def test_refers_to_no_other_host(self, api: FlaskClient) -> None:
        response = api.get("/apidocs", base_url="https://api.example.com")

        assert re.findall(r"(?:\w+:)?//", response.text) == []

    def test_shows_a_current_swagger_ui(self, api: FlaskClient) -> None:
        bundle = api.get(asset(api, "swagger-ui-bundle.js")).text

        assert re.findall(r'PACKAGE_VERSION:"(\d+)\.', bundle) == ["5"]

    def test_cannot_be_pointed_at_another_spec(self, api: FlaskClient) -> None:
        evil = "https://evil.example.com/spec.json"
        query = {"url": evil, "configUrl": evil, "urls.primaryName": "x", "spec": evil}
        script = api.get(asset(api, "apidocs.js")).text

        assert api.get("/apidocs", query_string=query).text == api.get("/apidocs").text
        assert "queryConfigEnabled: false" in script
        assert "url: root.dataset.spec" in script
        assert "validatorUrl: null" in script

    def test_costs_little_and_once(self, api: FlaskClient) -> None:
        """The page, its document and its files, as they go over the wire."""
        compressed = {"Accept-Encoding": "gzip"}
        transferred = 0
        for address in ["/apidocs", *Links(api.get("/apidocs").text).addresses.values()]:
            response = api.get(address, headers=compressed)
            transferred += len(response.data)
            is_for_good = address.startswith("/apidocs/assets/")
            expected = "public, max-age=31536000, immutable" if is_for_good else "no-store"
            assert response.headers["Cache-Control"] == expected

        assert transferred < 600_000

    def test_the_document_comes_compressed_as_well(self, api: FlaskClient) -> None:
        response = api.get("/apispec_1.json", headers={"Accept-Encoding": "gzip"})

        assert response.headers["Content-Encoding"] == "gzip"
        assert response.headers["Vary"] == "Accept-Encoding"
        assert gzip.decompress(response.data) == api.get("/apispec_1.json").data

    @pytest.mark.parametrize("name", ["nothing.js", "index.css", "swagger-ui.js"])
    def test_has_errors_in_the_one_shape(self, api: FlaskClient, name: str) -> None:
        response = api.get(asset(api, name))

        assert response.status_code == 404
        assert response.json == {"error": "NotFound", "message": "There is nothing at this path."}

    @pytest.mark.parametrize(
        "path",
        [
            "/apidocs",
            "/apidocs/",
            "/apidocs/index.html",
            "/apidocs/assets/version/apidocs.js",
            "/apispec_1.json",
            "/flasgger_static/swagger-ui.css",
            "/oauth2-redirect.html",
        ],
    )
    def test_can_be_switched_off(self, path: str) -> None:
        response = make_app(CLOSED, ENABLE_DOCS="false").test_client().get(path)

        assert response.status_code == 404
        assert response.json == {"error": "NotFound", "message": "There is nothing at this path."}
