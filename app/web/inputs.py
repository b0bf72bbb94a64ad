"""The gate for input: body, query and path, checked against what the spec says of the operation."""

import ipaddress
import re
from typing import Any

from flask import Flask, g, request
from werkzeug.datastructures import MultiDict

from app import strict
from app.cognito.client import Caller
from app.errors import InvalidRequest
from app.swagger import SPEC
from app.web import schema
from app.web.schema import Schema

MAX_BODY_BYTES = 64 * 1024  # Flask refuses more with 413

_OPERATIONS: dict[str, Schema] = {
    operation["operationId"]: operation
    for path in SPEC["paths"].values()
    for operation in path.values()
}


def body() -> dict[str, Any]:
    """Return the members of the JSON body that the operation knows; raise InvalidRequest."""
    wanted = _operation()["requestBody"]
    reference = wanted["content"]["application/json"]["schema"]["$ref"]
    rules = SPEC["components"]["schemas"][reference.rpartition("/")[2]]
    raw = request.get_data(cache=False)
    request.stream.read(1)  # of a chunked body, the read above drops what is over the limit
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
        g.username = username  # for the log, keyed and hashed
    _refuse("body", schema.problems(rules, members))
    if "additionalProperties" in rules:
        return members
    return {name: members[name] for name in rules["properties"] if name in members}


def body_and_caller() -> tuple[dict[str, Any], Caller]:
    """Return the members of the body, and apart from them what goes to Cognito of the caller.

    The address is the peer's: on Lambda what the gateway says, behind TRUSTED_PROXIES what they
    say, never a header otherwise.
    """
    members = body()
    caller = Caller(
        ip=_address(),
        device_fingerprint=members.pop("device_fingerprint", None),
        client_metadata=members.pop("client_metadata", None),
    )
    return members, caller


def _address() -> str | None:
    """Return the caller's address, None where there is no IP address, as at a Unix socket."""
    try:
        return str(ipaddress.ip_address(request.remote_addr or ""))
    except ValueError:
        return None


def query() -> dict[str, Any]:
    """Return the query parameters that the operation knows; raise InvalidRequest."""
    values: dict[str, Any] = {}
    problems = {}
    sent = _query()
    for name, rule in _parameters("query").items():
        texts = sent.getlist(name)
        if len(texts) > 1:  # whoever reads the other one would see another request
            problems[name] = "must be given once"
        elif texts:
            values[name] = _from_text(rule, texts[0])
    _refuse("query", problems | schema.problems({"properties": _parameters("query")}, values))
    return values


def query_text(name: str) -> str:
    """Return a query parameter that came once, unchecked, else ""; raise InvalidRequest."""
    texts = _query().getlist(name)
    return texts[0] if len(texts) == 1 else ""


def init_app(app: Flask) -> None:
    """Check the parameters in the path of every request, before any view sees them."""

    @app.url_value_preprocessor
    def check_path(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and request.method != "OPTIONS":
            rules = {"properties": _parameters("path")}
            _refuse("path", schema.problems(rules, values))


def _operation() -> Schema:
    """Return the spec's operation of this request: the endpoint's last part is its operationId."""
    return _OPERATIONS.get((request.endpoint or "").rpartition(".")[2], {})


def _query() -> MultiDict[str, str]:
    try:
        return request.args
    except UnicodeDecodeError as error:  # raw bytes, which no browser sends
        raise InvalidRequest("The query must be percent-encoded UTF-8.") from error


def _parameters(place: str) -> dict[str, Schema]:
    parameters = _operation().get("parameters", ())
    return {p["name"]: p["schema"] for p in parameters if p["in"] == place}


def _from_text(rule: Schema, text: str) -> object:
    """Read a query parameter; what should be a number and is none stays text, and is refused."""
    is_number = rule["type"] == "integer" and re.fullmatch(r"[0-9]{1,9}", text, re.ASCII)
    return int(text) if is_number else text


def _refuse(part: str, problems: dict[str, str]) -> None:
    if problems:
        count = f"{len(problems)} problem{'s' * (len(problems) > 1)}"
        raise InvalidRequest(f"The {part} has {count}.", problems)
