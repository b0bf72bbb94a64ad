"""Check JSON values against the part of JSON Schema that the document uses; say what to change.

jsonschema could do this, but its messages quote the wrong value, which may be a password, and
importing it takes 66 ms of a cold start.
"""

import re
from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

_TYPES = {
    "string": (str, "must be a string"),
    "integer": (int, "must be a whole number"),
    "boolean": (bool, "must be true or false"),
    "object": (dict, "must be an object"),
}


def problems(schema: Schema, members: Mapping[str, Any]) -> dict[str, str]:
    """Return what to change in an object, by the names of its members; {} if it fits."""
    wrong_by_name = {
        name: wrong
        for name, rule in schema.get("properties", {}).items()
        if name in members and (wrong := problem(rule, members[name]))
    }
    wrong_by_name |= {n: "is required" for n in schema.get("required", ()) if n not in members}
    refused = schema.get("x-refused", {})
    wrong_by_name |= {name: refused[name] for name in members if name in refused}
    closed = "minProperties" in schema and "additionalProperties" not in schema
    if closed and members.keys().isdisjoint(schema["properties"]):
        # Members that the schema does not name are ignored, so they do not count either.
        wrong_by_name |= dict.fromkeys(schema["properties"], "at least one of these is required")
    return wrong_by_name


def problem(schema: Schema, value: object) -> str | None:
    """Return what to change in a value, without quoting it; None if it fits."""
    if value is None and schema.get("nullable"):
        return None
    kind, wanted = _TYPES[schema["type"]]
    if type(value) is not kind:  # not isinstance: in Python, but not in JSON, true is a number
        return wanted
    if isinstance(value, str):
        return _problem_of_string(schema, value)
    if isinstance(value, dict):
        return _problem_of_object(schema, value)
    if isinstance(value, int) and "maximum" in schema:
        low, high = schema["minimum"], schema["maximum"]
        return None if low <= value <= high else f"must be from {low} to {high}"
    return None


def _problem_of_string(schema: Schema, value: str) -> str | None:
    if value not in schema.get("enum", (value,)):
        return f"must be one of {', '.join(schema['enum'])}"
    if not value and schema.get("minLength"):
        return "is empty"
    if "pattern" in schema and not re.fullmatch(schema["pattern"], value):
        wanted: str = schema["x-problem"]  # it says more than a limit of size
        return wanted
    if len(value) < schema.get("minLength", 0):
        return f"must have at least {schema['minLength']} characters"
    if len(value) > schema.get("maxLength", len(value)):
        return f"must have at most {schema['maxLength']} characters"
    return None


def _problem_of_object(schema: Schema, members: Mapping[str, Any]) -> str | None:
    sentences = [f"{name} {wrong}" for name, wrong in problems(schema, members).items()]
    others = schema.get("additionalProperties")
    more = [value for name, value in members.items() if name not in schema.get("properties", {})]
    if isinstance(others, dict):
        wrongs = {problem(others, value) for value in more}
        sentences += [f"each member {wrong}" for wrong in wrongs if wrong]
    elif others is False and more:
        sentences.append(f"must have no members but {', '.join(schema['properties'])}")
    return "; ".join(sentences) or None
