"""What the doctor makes of each answer that Cognito's API can give; most are AWS's own."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.doctor_cases import (
    NOBODY,
    by_clock,
    by_flow,
    causes,
    diagnose,
    findings,
    scripted,
)
from tests.support.faults import StubAnswer, cognito_error
from tests.support.keys import CLIENT_ID
from tests.support.upstream import Upstream, closed_port

pytestmark = pytest.mark.usefixtures("well_formed")

NO_FLOW = "{} is not enabled for the client."
NO_HASH = f"Unable to verify secret hash for client {CLIENT_ID}"
NO_SECRET = f"Client {CLIENT_ID} is not configured for secret but secret hash was received"
INVALID, REFUSED = "InvalidParameterException", "NotAuthorizedException"
FLOWS = ("user_password_auth", "user_srp_auth", "user_auth", "custom_auth")
AFTER_SECRET = (*FLOWS, "refresh", "user_existence")
CHALLENGE = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": {}}


@pytest.fixture
def pool(upstream: Upstream) -> Upstream:
    """Give a pool in which all is well."""
    return scripted(upstream)


def test_a_pool_in_which_all_is_well(pool: Upstream) -> None:
    results = diagnose(pool.url)

    assert findings(results) == {}
    assert causes(results) == set()
    assert {r.name for r in results if r.status != "ok"} == {"pool"}, "ministack proves nothing"


# id: (operation or face, its answer, what the doctor finds)
API: dict[str, tuple[str, Any, dict[str, str]]] = {
    "no such client": (
        "ConfirmForgotPassword",
        cognito_error("ResourceNotFoundException", f"User pool client {CLIENT_ID} does not exist."),
        {"client": "missing"},
    ),
    "wrong secret": ("cognito", cognito_error(REFUSED, NO_HASH), {"secret": "wrong"}),
    "no secret": ("ConfirmForgotPassword", cognito_error(REFUSED, NO_SECRET), {"secret": "none"}),
    "no secret, in other words": (
        "ConfirmForgotPassword",
        cognito_error(INVALID, f"App {NO_SECRET}"),
        {"secret": "none"},
    ),
    "existence hidden": (
        "ConfirmForgotPassword",
        cognito_error("CodeMismatchException", "Invalid code."),
        {"user_existence": "hidden"},
    ),
    "existence hidden, no code": (
        "ConfirmForgotPassword",
        cognito_error("ExpiredCodeException", "Invalid code."),
        {"user_existence": "hidden"},
    ),
    "an unexpected refusal": (
        "ConfirmForgotPassword",
        cognito_error(INVALID, "Something else."),
        {"user_existence": "unreadable"},
    ),
    "a success that cannot be": (
        "ConfirmForgotPassword",
        {},
        {"user_existence": "unreadable"},
    ),
    "an operation that Cognito does not know": (
        "cognito",
        cognito_error("UnknownOperationException", ""),
        dict.fromkeys(("client", "secret", *AFTER_SECRET), "unreadable"),
    ),
    "no answer about the client": (
        "ConfirmForgotPassword",
        "reset",
        {"clock": "silent", "user_existence": "silent"},
    ),
    "throttled": (
        "cognito",
        cognito_error("TooManyRequestsException", "Rate exceeded"),
        dict.fromkeys(("client", "secret", *AFTER_SECRET), "throttled"),
    ),
    "firewall": (
        "cognito",
        cognito_error("ForbiddenException", "Request not allowed due to WAF block."),
        dict.fromkeys(("client", "secret", *AFTER_SECRET), "firewall"),
    ),
    "password flow off": (
        "InitiateAuth",
        by_flow(
            USER_PASSWORD_AUTH=cognito_error(
                INVALID, "USER_PASSWORD_AUTH flow not enabled for this client"
            )
        ),
        {"user_password_auth": "off"},
    ),
    "SRP off": (
        "InitiateAuth",
        by_flow(USER_SRP_AUTH=cognito_error(INVALID, NO_FLOW.format("USER_SRP_AUTH"))),
        {"user_srp_auth": "off"},
    ),
    "choice off": (
        "InitiateAuth",
        by_flow(USER_AUTH=cognito_error(INVALID, NO_FLOW.format("USER_AUTH"))),
        {"user_auth": "off"},
    ),
    "choice not in the plan": (
        "InitiateAuth",
        by_flow(USER_AUTH=cognito_error("FeatureUnavailableInTierException", "Not in your tier.")),
        {"user_auth": "plan"},
    ),
    "custom off": (
        "InitiateAuth",
        by_flow(CUSTOM_AUTH=cognito_error(INVALID, NO_FLOW.format("CUSTOM_AUTH"))),
        {"custom_auth": "off"},
    ),
    "custom without triggers": (
        "InitiateAuth",
        by_flow(
            CUSTOM_AUTH=cognito_error(
                INVALID, "Custom auth lambda trigger is not configured for the user pool."
            )
        ),
        {"custom_auth": "no triggers"},
    ),
    "custom with a trigger that fails": (
        "InitiateAuth",
        by_flow(
            CUSTOM_AUTH=cognito_error("UserLambdaValidationException", "DefineAuthChallenge: no")
        ),
        {},
    ),
    "challenges for nobody": (
        "InitiateAuth",
        by_flow(USER_SRP_AUTH=StubAnswer(200, CHALLENGE)),
        {},
    ),
    "flows that only ministack answers so": (
        "InitiateAuth",
        by_flow(
            USER_AUTH=cognito_error(INVALID, "Unsupported AuthFlow: USER_AUTH"),
            CUSTOM_AUTH=StubAnswer(200, {**CHALLENGE, "ChallengeName": "CUSTOM_CHALLENGE"}),
        ),
        {"user_auth": "unsupported", "custom_auth": "endless"},
    ),
    "custom challenges for nobody": (
        "InitiateAuth",
        by_flow(CUSTOM_AUTH=StubAnswer(200, {**CHALLENGE, "ChallengeName": "CUSTOM_CHALLENGE"})),
        {},
    ),
    "wrong password for nobody": (
        "InitiateAuth",
        cognito_error(REFUSED, "Incorrect username or password."),
        {},
    ),
    "tokens for nobody": (
        "InitiateAuth",
        {"AuthenticationResult": {}},
        dict.fromkeys(FLOWS, "unreadable"),
    ),
    "a flow that fails": ("InitiateAuth", "500 empty", dict.fromkeys(FLOWS, "unreadable")),
    "wrong secret, told at login": (
        "InitiateAuth",
        cognito_error(REFUSED, NO_HASH),
        {"secret": "wrong"},
    ),
    "refresh off": (
        "GetTokensFromRefreshToken",
        cognito_error(INVALID, "REFRESH_TOKEN_AUTH flow not enabled for this client"),
        {"refresh": "off"},
    ),
    "refresh not supported": (
        "GetTokensFromRefreshToken",
        cognito_error("UnsupportedOperationException", "No."),
        {"refresh": "off"},
    ),
    "refresh refused otherwise": (
        "GetTokensFromRefreshToken",
        cognito_error(REFUSED, "Something else."),
        {"refresh": "unreadable"},
    ),
    "clock ahead": (
        "ConfirmForgotPassword",
        by_clock(-120),
        {"clock": "ahead"},
    ),
    "clock behind": (
        "ConfirmForgotPassword",
        by_clock(120),
        {"clock": "behind"},
    ),
    "no clock": (
        "ConfirmForgotPassword",
        replace(NOBODY, headers={"Date": ""}),
        {"clock": "no date"},
    ),
    "clock a little off": (
        "ConfirmForgotPassword",
        by_clock(30),
        {},
    ),
    "no such pool": ("jwks", "404 html", {"keys": "no pool"}),
    "no such pool, in other words": (
        "jwks",
        cognito_error("ResourceNotFoundException", "User pool does not exist."),
        {"keys": "no pool"},
    ),
    "keys for nothing": ("jwks", {"keys": []}, {"keys": "unusable"}),
    "keys broken off": ("jwks", "truncated body", {"keys": "silent"}),
    "no keys for now": ("jwks", "503", {"keys": "unreadable"}),
    "keys for others only": ("jwks", "403 html", {"keys": "unreadable"}),
}


@pytest.mark.parametrize(("name", "answer", "expected"), API.values(), ids=API)
def test_the_api(pool: Upstream, name: str, answer: Any, expected: dict[str, str]) -> None:
    everything = ("ConfirmForgotPassword", "InitiateAuth", "GetTokensFromRefreshToken")
    for operation in everything if name == "cognito" else (name,):
        pool.answers(operation, answer)

    assert findings(diagnose(pool.url)) == expected


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        ("404 html", "foreign"),
        ("200 html", "foreign"),
        ("200 garbage", "foreign"),
        ("302", "foreign"),
        ("500 empty", "unreadable"),
        ("truncated body", "broken"),
        ("reset", "broken"),
        ("garbage status line", "broken"),
    ],
)
def test_what_answers_in_place_of_cognito(upstream: Upstream, fault: str, key: str) -> None:
    upstream.answers("jwks", fault)
    upstream.answers("cognito", fault)

    results = diagnose(upstream.url)

    assert findings(results)["endpoint"] == key
    assert causes(results) >= {"endpoint"}


def test_an_endpoint_with_a_path(pool: Upstream) -> None:
    pool.answers("jwks", "404 html")

    results = diagnose(f"{pool.url}/cognito", COGNITO_DOMAIN=pool.url)
    pool.violations.clear()  # there is nothing below such a path

    assert findings(results) == {"endpoint": "path"}
    assert causes(results) == {"endpoint"}


@pytest.mark.parametrize(
    ("there", "expected"),
    [("us-east-1", "elsewhere"), ("eu-west-1", "prefix"), ("nowhere", "disagree")],
)
def test_a_region_and_a_pool_that_disagree(pool: Upstream, there: str, expected: str) -> None:
    pool.answers("jwks", lambda request: None if f"/{there}_" in request.path else "404 html")

    results = diagnose(pool.url, COGNITO_REGION="eu-west-1")

    assert findings(results) == {"region": expected}
    assert causes(results) <= {"region"}


def test_a_secret_that_may_be_another_clients(pool: Upstream) -> None:
    """What its Login pages lack is no fault, if CLIENT_ID is what is wrong."""
    pool.answers("ConfirmForgotPassword", cognito_error(REFUSED, NO_HASH))
    pool.answers(
        "authorize", StubAnswer(302, b"", {"Location": "/error?error=unauthorized_client"})
    )

    results = diagnose(pool.url)

    assert findings(results) == {"secret": "wrong"}
    assert causes(results) == {"secret"}


def test_an_endpoint_that_is_not_there(pool: Upstream) -> None:
    with closed_port() as url:
        results = diagnose(url, COGNITO_DOMAIN=pool.url)

    assert findings(results) == {"endpoint": "unreachable"}
    assert causes(results) == {"endpoint"}


def test_a_network_that_is_not_there() -> None:
    with closed_port() as url:
        results = diagnose(url)

    assert findings(results) == {"endpoint": "offline"}
    assert causes(results) == {"endpoint"}


def test_a_domain_that_is_not_there(pool: Upstream) -> None:
    with closed_port() as url:
        results = diagnose(pool.url, COGNITO_DOMAIN=url)

    assert findings(results) == {"domain": "unreachable"}
    assert causes(results) == {"domain"}
