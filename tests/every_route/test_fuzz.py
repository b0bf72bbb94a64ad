"""The spec is the promise: generated requests, good and bad, against it and against the gate."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError, validators

from app.swagger import SPEC
from tests.support.keys import EMAIL, make_token
from tests.support.routes import WITH_A_BODY, Route
from tests.support.upstream import Upstream

CONFIG = {
    "seed": 1,
    "generation": {
        "deterministic": True,
        "database": "none",
        "max-examples": 20,
        "allow-extra-parameters": False,  # which the API ignores
    },
    # A body that is too large is refused as well, whatever else is wrong with it.
    "checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}},
    "operations": [
        {"include-path": path, "checks": {check: {"enabled": False}}}
        for path, check in {
            # No spec can say which state is good: it is in this browser's cookie.
            "/auth/google/callback": "positive_data_acceptance",
            # OpenAPI 3.0 cannot say that one member is required for one value of another.
            "/auth/start": "positive_data_acceptance",
            "/auth/challenge": "positive_data_acceptance",
            # ... or that an object needs one member of those that it names.
            "/mfa": "positive_data_acceptance",
            "/profile": "positive_data_acceptance",
            # ... or what this server's WRITABLE_ATTRIBUTES and RETURN_URLS are.
            "/profile/{attribute}": "positive_data_acceptance",
            "/auth/google/start": "positive_data_acceptance",
            "/auth/hosted/start": "positive_data_acceptance",
            "/auth/google/logout": "positive_data_acceptance",
            "/auth/hosted/logout": "positive_data_acceptance",
        }.items()
    ],
}
promise = schemathesis.openapi.from_dict(SPEC, config=schemathesis.Config.from_dict(CONFIG))
promise.app = lambda environ, start_response: serving["app"](environ, start_response)
serving: dict[str, Flask] = {}  # tests are collected before there is an app to serve them


@pytest.fixture(autouse=True)
def serve(app: Flask, upstream: Upstream) -> None:
    """Make generated requests go to the app, in front of a healthy Cognito."""
    serving["app"] = app


@promise.parametrize()
def test_every_answer_is_as_the_spec_says(case: schemathesis.Case) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {make_token()}"})


def strict(schema: Any) -> Any:
    """Write OpenAPI 3.0's `nullable` as JSON Schema does."""
    if not isinstance(schema, dict):
        return schema
    schema = {name: strict(item) for name, item in schema.items()}
    return {"anyOf": [{"type": "null"}, schema]} if schema.get("nullable") else schema


# Their gate is stricter than a schema of OpenAPI 3.0 can be.
CONDITIONAL = {"start", "challenge", "update_mfa", "update_profile"}


def ecmascript(pattern: str) -> str:
    """Translate a pattern for Python, whose $ also matches before a last newline."""
    return pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern


def matches(validator: Any, pattern: str, value: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and not re.search(ecmascript(pattern), value):
        yield ValidationError("does not match")


VALIDATOR = validators.extend(Draft202012Validator, {"pattern": matches})
TEXTS = st.one_of(
    st.text(),
    st.text("x@ .\n\t\x00ä🔑", max_size=6),
    st.sampled_from([EMAIL, "123456", "a.b.c", "", "x" * 128, "x@" + "x" * 127, "x" * 257]),
)
ODD = st.none() | st.booleans() | st.integers() | st.floats(-1, 1) | st.lists(TEXTS, max_size=1)


@pytest.mark.parametrize("route", WITH_A_BODY.values(), ids=WITH_A_BODY)
@settings(
    max_examples=20,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_the_gate_agrees_with_jsonschema(
    user: FlaskClient, route: Route, data: st.DataObject
) -> None:
    """Ours is small because it knows only what the spec uses: it must know all of that."""
    schema = strict(route.schema)
    names = st.sampled_from([*schema["properties"], "unknown"])
    body = (route.body or {}) | data.draw(st.dictionaries(names, TEXTS | TEXTS | ODD))
    for name in data.draw(st.sets(names, max_size=1)):
        body.pop(name, None)

    response = user.open(route.url, method=route.method, json=body)

    valid = VALIDATOR(schema).is_valid(body)
    assert response.status_code == (200 if valid else 400) or (valid and route.name in CONDITIONAL)
