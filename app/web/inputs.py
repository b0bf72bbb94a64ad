"""Read body, query and path, checked against what the document says of the operation."""

import re
from functools import cache
from typing import Any

from flask import Flask, g, request
from werkzeug.datastructures import MultiDict

from app import strict
from app.cognito.client import Caller
from app.errors import InvalidRequest
from app.services import services
from app.swagger import document
from app.web import schema
from app.web.proxies import client_address
from app.web.schema import Schema

MAX_BODY_BYTES = 64 * 1024  # Flask refuses more with 413


def body() -> dict[str, Any]:
    """Return the members of the JSON body that the document names for the operation.

    A schema's property names are the parameter names of the service's method, so that a view can
    call it with `**body()`. Members that the schema does not name are left out, unless it has
    additionalProperties. An optional body that is absent is {}.
    Raises InvalidRequest.
    """
    wanted = _operation()["requestBody"]
    reference = wanted["content"]["application/json"]["schema"]["$ref"]
    rules = _document()["components"]["schemas"][reference.rpartition("/")[2]]
    raw = request.get_data(cache=False)
    # get_data() silently cuts a chunked body at MAX_CONTENT_LENGTH; one more read makes Werkzeug
    # raise 413.
    request.stream.read(1)
    if not raw and not wanted["required"]:
        return {}
    if not request.is_json:
        raise InvalidRequest("Send the body as JSON, with Content-Type: application/json.")
    try:
        members = strict.json_object(raw)
    except ValueError as error:
        raise InvalidRequest(
            "The body must be one JSON object in UTF-8, each member named once."
        ) from error
    username = members.get("email") or members.get("username")
    if isinstance(username, str):
        g.username = username  # the log shows a keyed hash of it
    _refuse("body", schema.problems(rules, members))
    if "additionalProperties" in rules:
        return members
    return {name: members[name] for name in rules["properties"] if name in members}


def body_and_caller() -> tuple[dict[str, Any], Caller]:
    """Return the body as `body` does, and apart from it what Cognito is told about the caller.

    The address is the peer's: Lambda's event has it, or TRUSTED_PROXIES have said it. It comes from
    no other header, which a client could write.
    """
    members = body()
    caller = Caller(
        ip=client_address(),
        device_fingerprint=members.pop("device_fingerprint", None),
        client_metadata=members.pop("client_metadata", None),
    )
    return members, caller


def query() -> dict[str, Any]:
    """Return the query parameters that the document names for the operation.

    Their names, too, are parameter names of the service's method. Raises InvalidRequest.
    """
    values: dict[str, Any] = {}
    problems = {}
    given = _query()
    for name, rule in _parameters("query").items():
        texts = given.getlist(name)
        if len(texts) > 1:  # programs disagree on which value counts (parameter pollution)
            problems[name] = "must be given once"
        elif texts:
            values[name] = _from_text(rule, texts[0])
    _refuse("query", problems | schema.problems({"properties": _parameters("query")}, values))
    return values


def query_text(name: str) -> str:
    """Return the unchecked value of a query parameter that was given once, else "".

    Raises InvalidRequest for a query that is not UTF-8.
    """
    texts = _query().getlist(name)
    return texts[0] if len(texts) == 1 else ""


def init_app(app: Flask) -> None:
    """Check the parameters in the path of every request, before its view is called."""

    @app.url_value_preprocessor
    def check_path(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and request.method != "OPTIONS":
            rules = {"properties": _parameters("path")}
            _refuse("path", schema.problems(rules, values))


def _operation() -> Schema:
    """Return the document's operation for this request, whose operationId is the view's name."""
    operations = _operations(services().settings.refresh_cookie)
    return operations.get((request.endpoint or "").rpartition(".")[2], {})


def _document() -> dict[str, Any]:
    return document(refresh_cookie=services().settings.refresh_cookie)


@cache
def _operations(refresh_cookie: bool) -> dict[str, Schema]:
    paths = document(refresh_cookie=refresh_cookie)["paths"].values()
    return {operation["operationId"]: operation for path in paths for operation in path.values()}


def _query() -> MultiDict[str, str]:
    try:
        return request.args
    except UnicodeDecodeError as error:  # raw bytes, as no browser sends them
        raise InvalidRequest("The query must be percent-encoded UTF-8.") from error


def _parameters(place: str) -> dict[str, Schema]:
    parameters = _operation().get("parameters", ())
    return {p["name"]: p["schema"] for p in parameters if p["in"] == place}


def _from_text(rule: Schema, text: str) -> object:
    """Convert to the schema's type; text that is no integer is left for `schema` to refuse."""
    is_number = rule["type"] == "integer" and re.fullmatch(r"[0-9]{1,9}", text, re.ASCII)
    return int(text) if is_number else text


def _refuse(part: str, problems: dict[str, str]) -> None:
    if problems:
        count = f"{len(problems)} problem{'s' * (len(problems) > 1)}"
        raise InvalidRequest(f"The {part} has {count}.", problems)
