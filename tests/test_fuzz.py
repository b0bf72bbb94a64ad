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
from keys import EMAIL, make_token
from upstream import Upstream

from app.swagger import SPEC

CONFIG = {
    "seed": 1,
    "generation": {"deterministic": True, "database": "none", "max-examples": 30},
    "operations": [
        {
            # No spec can say which state is good: it is in this browser's cookie.
            "include-path": "/auth/google/callback",
            "checks": {"positive_data_acceptance": {"enabled": False}},
        }
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


BODIES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}  # path: an example, its schema
for path, item in SPEC["paths"].items():
    for operation in item.values():
        if "requestBody" in operation:
            content = operation["requestBody"]["content"]["application/json"]
            name = content["schema"]["$ref"].rpartition("/")[2]
            BODIES[path] = content["example"], SPEC["components"]["schemas"][name]


def ecmascript(pattern: str) -> str:
    """Spell a pattern of the spec for Python, whose $ also matches before a last newline."""
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


@pytest.mark.parametrize("path", BODIES)
@settings(
    max_examples=30,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_the_gate_agrees_with_jsonschema(api: FlaskClient, path: str, data: st.DataObject) -> None:
    """Ours is small because it knows only what the spec uses: it must know all of that."""
    example, schema = BODIES[path]
    names = st.sampled_from([*schema["properties"], "unknown"])
    body = example | data.draw(st.dictionaries(names, TEXTS | TEXTS | ODD))
    for name in data.draw(st.sets(names, max_size=1)):
        body.pop(name, None)

    response = api.post(path, json=body, headers={"Authorization": f"Bearer {make_token()}"})

    assert response.status_code == (200 if VALIDATOR(schema).is_valid(body) else 400)
