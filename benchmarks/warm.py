"""Requests to a running process, compared with the least that Flask and boto3 need for them."""

import base64
import hmac
import json
import os
import sys
from collections.abc import Callable
from statistics import median, quantiles
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from flask import Flask, request

from benchmarks.measuring import (
    Row,
    cpu_seconds,
    micro,
    ratio,
    ratio_row,
    settings,
    stub,
    take_turns,
    wsgi_call,
)
from tests.support import keys

ME = 2.1
LOGIN = 1.15
LOGIN_P99 = 1.3
LOGINS = 2000
TAILS = 5  # the least counts, because other work on the machine can only lengthen a tail


def measure() -> list[Row]:
    """Call the API and a bare counterpart in turn."""
    with stub() as url:
        os.environ |= settings(url)
        api, bare = load_api(), make_bare_app(url)
        header = {"authorization": f"Bearer {keys.make_token()}"}
        body = json.dumps({"email": keys.EMAIL, "password": "Str0ngP@ssw0rd!"}).encode()
        login = wsgi_call(api, "POST", "/auth/login", body=body)
        bare_login = wsgi_call(bare, "POST", "/auth/login", body=body)
        mine, least = take_turns(
            wsgi_call(api, "GET", "/me", header), wsgi_call(bare, "GET", "/me", header)
        )
        my_login, least_login = take_turns(login, bare_login)
        p99, least_p99, own_p99 = (
            min(tail(call) for _ in range(TAILS)) for call in (login, bare_login, arithmetic)
        )
    return [
        ratio_row(
            "`GET /me`, over a Flask view that returns a dict",
            ratio(mine, least),
            ME,
            f"{micro(mine)} over {micro(least)}",
        ),
        ratio_row(
            "`POST /auth/login`, over a Flask view with the same `initiate_auth`",
            ratio(my_login, least_login),
            LOGIN,
            f"{micro(my_login)} over {micro(least_login)}",
        ),
        Row(
            f"99th percentile of {LOGINS} such logins, over their median",
            f"**{p99:.2f}** (that view's: {least_p99:.2f}; of adding numbers: {own_p99:.2f})",
            f"≤ {LOGIN_P99:.2f}",
            # On a machine that varies more than this at plain additions, the result says nothing.
            p99 <= LOGIN_P99 or (None if own_p99 > LOGIN_P99 else False),
        ),
    ]


def load_api() -> Any:
    """Import main as a server does, and discard its log."""
    terminal, sys.stderr = sys.stderr, open(os.devnull, "w")  # noqa: SIM115  # stays open
    try:
        from main import app
    finally:
        sys.stderr = terminal
    return app


def tail(call: Callable[[], object]) -> float:
    """Return the 99th percentile of a call's CPU time, in medians."""
    seconds = [cpu_seconds(call, 1) for _ in range(LOGINS)]
    return quantiles(seconds, n=100)[98] / median(seconds)


def arithmetic() -> int:
    """Do work that always takes the same time, about as long as a login."""
    return sum(range(50_000))


def make_bare_app(endpoint: str) -> Flask:
    """Make an app with the shortest views for the same two requests."""
    app = Flask("bare")
    client = boto3.client(
        "cognito-idp",
        region_name=keys.REGION,
        endpoint_url=endpoint,
        config=Config(signature_version=UNSIGNED),
    )

    @app.get("/me")
    def me() -> dict[str, Any]:
        return {"sub": keys.SUB, "iss": keys.ISSUER, "token_use": "access", "exp": 1773342238}

    @app.post("/auth/login")
    def login() -> dict[str, Any]:
        body = request.get_json()
        message = (body["email"] + keys.CLIENT_ID).encode()
        digest = hmac.digest(keys.CLIENT_SECRET.encode(), message, "sha256")
        answer: dict[str, Any] = client.initiate_auth(
            ClientId=keys.CLIENT_ID,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={
                "USERNAME": body["email"],
                "PASSWORD": body["password"],
                "SECRET_HASH": base64.b64encode(digest).decode(),
            },
        )["AuthenticationResult"]
        return answer

    return app
