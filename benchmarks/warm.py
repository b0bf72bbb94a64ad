"""Requests to a process that runs already, over the least that Flask and boto3 need for them."""

import base64
import hmac
import json
import os
import sys
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
from tests import keys

ME = 2.2
LOGIN = 1.15
LOGIN_P99 = 1.3
LOGINS = 2000


def measure() -> list[Row]:
    """Ask the API and its bare counterparts, in turns."""
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
        singles = [cpu_seconds(login, 1) for _ in range(LOGINS)]
        bare_singles = [cpu_seconds(bare_login, 1) for _ in range(LOGINS)]
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
        ratio_row(
            f"99th percentile of {LOGINS} such logins, over their median",
            tail(singles),
            LOGIN_P99,
            f"that view's: {tail(bare_singles):.2f}",
        ),
    ]


def load_api() -> Any:
    """Import main as a server does, with its log going nowhere."""
    terminal, sys.stderr = sys.stderr, open(os.devnull, "w")  # noqa: SIM115  # for ever
    try:
        from main import app
    finally:
        sys.stderr = terminal
    return app


def tail(seconds: list[float]) -> float:
    """Return the 99th percentile in medians."""
    return quantiles(seconds, n=100)[98] / median(seconds)


def make_bare_app(endpoint: str) -> Flask:
    """Make an app of two views as short as they can be."""
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
        sent = request.get_json()
        message = (sent["email"] + keys.CLIENT_ID).encode()
        digest = hmac.digest(keys.CLIENT_SECRET.encode(), message, "sha256")
        answer: dict[str, Any] = client.initiate_auth(
            ClientId=keys.CLIENT_ID,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={
                "USERNAME": sent["email"],
                "PASSWORD": sent["password"],
                "SECRET_HASH": base64.b64encode(digest).decode(),
            },
        )["AuthenticationResult"]
        return answer

    return app
