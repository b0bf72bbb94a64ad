"""The gate for input: body and query, checked against what the spec says of the operation."""

import re
from typing import Any

from flask import g, request

from app import strict
from app.errors import InvalidRequest
from app.swagger import SPEC, Schema

MAX_BODY_BYTES = 64 * 1024  # Flask refuses more with 413

_OPERATIONS: dict[str, Schema] = {
    operation["operationId"]: operation
    for path in SPEC["paths"].values()
    for operation in path.values()
}


def body() -> dict[str, Any]:
    """Return the members of the JSON body that the operation knows; raise InvalidRequest."""
    return body_and_ignored()[0]


def body_and_ignored() -> tuple[dict[str, Any], list[str]]:
    """Return the members that the operation knows, and the names of those that it ignores."""
    schema = _schema(_operation()["requestBody"]["content"]["application/json"]["schema"])
    if not request.is_json:
        raise InvalidRequest("Send the body as JSON, with Content-Type: application/json.")
    raw = request.get_data(cache=False)
    request.stream.read(1)  # of a chunked body, the read above drops what is over the limit
    try:
        members = strict.json_object(raw)
    except ValueError as error:
        raise InvalidRequest(
            "The body must be one JSON object in UTF-8, each member named once."
        ) from error
    if isinstance(members.get("email"), str):
        g.who = members["email"]  # for the log, keyed and hashed
    _refuse("body", _problems(schema, members))
    known = {name: members[name] for name in schema["properties"] if name in members}
    return known, [name for name in members if name not in known]


def query() -> dict[str, str]:
    """Return the query parameters that the operation knows; raise InvalidRequest."""
    parameters, problems = {}, {}
    try:
        sent = request.args
    except UnicodeDecodeError as error:  # raw bytes, which no browser sends
        raise InvalidRequest("The query must be percent-encoded UTF-8.") from error
    for parameter in _operation()["parameters"]:
        name, values = parameter["name"], sent.getlist(parameter["name"])
        if len(values) > 1:  # whoever reads the other one would see another request
            problems[name] = "must be given once"
        elif values and (problem := _problem(parameter["schema"], values[0])):
            problems[name] = problem
        elif values:
            parameters[name] = values[0]
    _refuse("query", problems)
    return parameters


def _operation() -> Schema:
    """Return the spec's operation of this request: the endpoint's last part is its operationId."""
    return _OPERATIONS[(request.endpoint or "").rpartition(".")[2]]


def _schema(schema: Schema) -> Schema:
    name: str = schema["$ref"].rpartition("/")[2]
    found: Schema = SPEC["components"]["schemas"][name]
    return found


def _refuse(part: str, problems: dict[str, str]) -> None:
    if problems:
        count = f"{len(problems)} problem{'s' * (len(problems) > 1)}"
        raise InvalidRequest(f"The {part} has {count}.", problems)


def _problems(schema: Schema, members: dict[str, Any]) -> dict[str, str]:
    """Say what to change, per field, without quoting what was sent: it may be a password."""
    problems = {
        name: problem
        for name, rule in schema["properties"].items()
        if name in members and (problem := _problem(rule, members[name]))
    }
    problems |= {n: "is required" for n in schema.get("required", ()) if n not in members}
    choices = [name for choice in schema.get("anyOf", ()) for name in choice["required"]]
    if choices and not any(name in members for name in choices):
        problems |= dict.fromkeys(choices, "at least one of these is required")
    return problems


def _problem(schema: Schema, value: object) -> str | None:
    if not isinstance(value, str):
        return "must be a string"
    if len(value) < schema.get("minLength", 0):
        return f"must have at least {schema['minLength']} characters" if value else "is empty"
    if len(value) > schema.get("maxLength", len(value)):
        return f"must have at most {schema['maxLength']} characters"
    if "pattern" in schema and not re.fullmatch(schema["pattern"], value):
        problem: str = schema["x-problem"]
        return problem
    return None
