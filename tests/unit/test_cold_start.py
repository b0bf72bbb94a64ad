"""What a new process does before its first answer: a caller of Lambda waits for it."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.support.app import SETTINGS
from tests.support.project import ROOT

# What documents, what only some requests need, and what is for a person at this machine.
NOT_AT_ONCE = {
    *("flasgger", "jsonschema", "yaml", "requests", "segno"),
    *("dotenv", "werkzeug.debug", "werkzeug.middleware.proxy_fix", "doctor", "app.server"),
}

# Werkzeug compiles what builds URLs as of a file with this name.
WATCH = """
import json, sys

executed = []
sys.addaudithook(lambda event, args: event == "exec" and executed.append(args[0].co_filename))
import main

event = {"version": "2.0", "rawPath": "/me", "requestContext": {"http": {"method": "GET"}}}
assert main.lambda_handler(event, None)["statusCode"] == 401
modules, at_once = list(sys.modules), executed.count("<werkzeug routing>")
with main.app.test_request_context():
    assert main.app.url_for("devices.read_device", key="a key", q=1) == "/devices/a%20key?q=1"
later = executed.count("<werkzeug routing>") - at_once
print(json.dumps({"modules": modules, "at_once": at_once, "later": later}))
"""


@pytest.fixture(scope="module")
def start() -> dict[str, Any]:
    """Start the API as Lambda does, ask it once, and return what was loaded and compiled."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", WATCH],
        cwd=ROOT,
        env={**SETTINGS, "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (0, "")
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def test_loads_nothing_that_its_first_request_does_without(start: dict[str, Any]) -> None:
    """Flasgger and what it needs take as long to import as Flask itself, requests a tenth."""
    assert NOT_AT_ONCE.isdisjoint(start["modules"])


def test_compiles_what_builds_a_url_when_one_is_built(start: dict[str, Any]) -> None:
    assert (start["at_once"], start["later"]) == (0, 1)
