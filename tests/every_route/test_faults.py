"""Every operation against everything that can go wrong between us and Cognito.

Whatever happens there, the caller gets the documented error in under ten seconds, nothing is sent
twice that must not be, and the next request is served as if nothing had been.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import NamedTuple

import pytest
from flask import Flask
from openapi_schema_validator import OAS30Validator
from werkzeug.test import TestResponse

from app.cognito import client, hosted_ui
from app.swagger import SPEC
from tests.support.app import make_app
from tests.support.faults import FAULTS, TOKEN
from tests.support.keys import pool_key
from tests.support.routes import ROUTES, Route, calls
from tests.support.upstream import Upstream

SECONDS = 10  # that a caller may have to wait, whatever happens
READING = {  # may be sent twice; anything else is sent once
    "GetDevice", "GetUser", "GetUserAuthFactors",
    "ListDevices", "ListUserSessions", "ListWebAuthnCredentials",
}  # fmt: skip

# The answers to faults that are not answered with 502 UpstreamError.
ANSWERS = {
    "hang": (504, "UpstreamTimeout"),
    "drip": (504, "UpstreamTimeout"),
    "drip body": (504, "UpstreamTimeout"),
    "400 empty": (400, "InvalidRequest"),
    "400 html": (400, "InvalidRequest"),
    "400 unknown": (400, "SomethingNewException"),
    "403 html": (400, "InvalidRequest"),
    "404 html": (400, "InvalidRequest"),
    "429": (429, "TooManyRequestsException"),
}
SLOW = ["hang", "drip", "drip body"]  # they last as long as we let them
# An operation may survive these faults if it needs nothing of what is damaged, or if `{}` is its
# whole answer. Then its own answer must be whole, too.
MILD = {
    "truncated body",
    "200 empty",
    "200 object",
    "200 nulls",
    "200 wrong types",
    "200 wrong leaves",
    "drip body",
}

ASKING = [route for route in ROUTES.values() if "502" in route.spec["responses"]]
every_asking_route = pytest.mark.parametrize("route", ASKING, ids=lambda route: route.name)


class Outcome(NamedTuple):
    """What came of a good request during a fault."""

    call: str
    response: TestResponse
    seconds: float
    connections: int
    requests: int
    redirected: int


def make_warm_app(upstream: Upstream) -> Flask:
    """Build the API in front of this upstream, with the signing keys fetched already."""
    upstream.reset()
    upstream.keys = [pool_key().jwk]
    app = make_app(upstream)
    assert ROUTES["me"].succeeded(ROUTES["me"].ask(app, upstream))
    return app


def suffer(app: Flask, upstream: Upstream, route: Route, call: str, fault: str) -> Outcome:
    """Make a good request while a call that it needs is at fault."""
    upstream.misbehaves(call, fault)
    started = time.monotonic()
    response = route.ask(app, upstream)
    seconds = time.monotonic() - started
    counts = (upstream.connections, upstream.count(call), len(upstream.elsewhere.requests))
    return Outcome(call, response, seconds, *counts)


def recovers(app: Flask, upstream: Upstream, route: Route, call: str) -> bool:
    """Tell whether a good request succeeds now that the fault is over."""
    upstream.answers(call, None)
    return route.succeeded(route.ask(app, upstream))


def check(route: Route, fault: str, outcome: Outcome, at_once: int = 1) -> None:
    """Assert what holds of every outcome; `at_once` routes make the same call together."""
    status, error = ANSWERS.get(fault, (502, "UpstreamError"))
    if outcome.call == TOKEN and status == 400:
        error = "OAuthError"
    if fault in MILD and route.succeeded(outcome.response):
        schema = route.spec["responses"]["200"]["content"]["application/json"]["schema"]
        OAS30Validator({**schema, "components": SPEC["components"]}).validate(outcome.response.json)
    elif fault == "reset on accept" and outcome.response.status_code == 503:
        pass  # the reset was quicker than connecting
    else:
        assert route.error(outcome.response) == (status, error)
    assert outcome.seconds < SECONDS
    assert outcome.requests <= (2 if outcome.call in READING else 1) * at_once
    assert outcome.redirected == 0


def test_keys_and_an_answer_that_both_hang_stay_under_ten_seconds() -> None:
    """One after the other they can take all of the time that each of them has."""
    assert client.KEYS_SECONDS + max(client.SECONDS, hosted_ui.SECONDS) < SECONDS


@pytest.fixture(scope="module")
def warm() -> Iterator[tuple[Flask, Upstream]]:
    with Upstream() as upstream:
        yield make_warm_app(upstream), upstream


@pytest.fixture(scope="module")
def slow_outcomes() -> dict[tuple[str, str], list[Outcome]]:
    """Let all operations suffer from all slow faults at once: each alone takes seconds."""
    cases = [(route, call) for route in ASKING for call in calls()[route.name]]
    outcomes: dict[tuple[str, str], list[Outcome]] = {}
    with ThreadPoolExecutor(len(SLOW) * len(cases)) as threads, ExitStack() as stack:
        scenes = {fault: stack.enter_context(Upstream()) for fault in SLOW}
        apps = {fault: make_warm_app(upstream) for fault, upstream in scenes.items()}
        running = [
            (threads.submit(suffer, apps[fault], scenes[fault], route, call, fault), fault, route)
            for fault in SLOW
            for route, call in cases
        ]
        for outcome, fault, route in running:
            outcomes.setdefault((fault, route.name), []).append(outcome.result(SECONDS + 5))
        for fault in SLOW:
            for route, call in cases:
                assert recovers(apps[fault], scenes[fault], route, call), (fault, route.name)
    return outcomes


@every_asking_route
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in SLOW])
def test_a_fault_has_its_answer(fault: str, route: Route, warm: tuple[Flask, Upstream]) -> None:
    app, upstream = warm
    for call in calls()[route.name]:
        upstream.drop_connections()
        upstream.reset()
        outcome = suffer(app, upstream, route, call, fault)
        check(route, fault, outcome)
        # A connection that is reset at once carries no request that could be counted.
        assert outcome.connections <= (2 if call in READING else 1)
        assert recovers(app, upstream, route, call)
        assert upstream.violations == []


@every_asking_route
@pytest.mark.parametrize("fault", SLOW)
def test_a_slow_fault_has_its_answer(
    fault: str, route: Route, slow_outcomes: dict[tuple[str, str], list[Outcome]]
) -> None:
    """A drip has a byte every second and a hundred to go when it is given up.

    So no wait of ours for a byte was ever too long: only all of them together were.
    """
    for outcome in slow_outcomes[fault, route.name]:
        at_once = sum(outcome.call in calls()[route.name] for route in ASKING)
        check(route, fault, outcome, at_once)
        assert outcome.seconds > 3 or route.succeeded(outcome.response)


@every_asking_route
def test_a_drip_that_ends_in_time_is_an_answer(route: Route, warm: tuple[Flask, Upstream]) -> None:
    app, upstream = warm
    for call in calls()[route.name]:
        upstream.reset()
        upstream.drip_seconds = 0.0005
        upstream.misbehaves(call, "drip")
        assert route.succeeded(route.ask(app, upstream))


@pytest.fixture(scope="module")
def dead() -> tuple[Flask, Upstream]:
    """Give the API in front of a port that refuses connections."""
    with Upstream() as upstream:
        return make_warm_app(upstream), upstream


@every_asking_route
def test_a_refused_connection_is_503(route: Route, dead: tuple[Flask, Upstream]) -> None:
    started = time.monotonic()

    response = route.ask(*dead)

    assert route.error(response) == (503, "UpstreamUnavailable")
    assert response.headers["Retry-After"] == "5"
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if route not in ASKING])
def test_what_asks_nobody_works_while_nobody_answers(
    name: str, dead: tuple[Flask, Upstream]
) -> None:
    assert calls()[name] == []
    assert ROUTES[name].succeeded(ROUTES[name].ask(*dead))


def test_every_operation_that_documents_an_upstream_error_asks_somebody() -> None:
    assert [route.name for route in ASKING if not calls()[route.name]] == []
