"""SRP with somebody else's client: the password is proven, and never sent.

pycognito computes its side of the protocol; the API passes on what it is given; the local AWS has
the verifier, and checks the proof.
"""

from typing import Any

import pytest
from pycognito.aws_srp import AWSSRP

from tests.support.live import PASSWORD, Live, answer, new_email

# pycognito reads the clock as Python has deprecated it since 3.12.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


def log_in(live: Live, email: str, password: str) -> Any:
    """Log in through /auth/start and /auth/challenge, as a client of pycognito would."""
    pool = live.stack.pool
    srp = AWSSRP(email, password, pool.id, pool.client_id, client=object())
    start = srp.get_auth_params()
    body = {"email": start["USERNAME"], "flow": "USER_SRP_AUTH", "srp_a": start["SRP_A"]}
    status, challenge = answer(live.post("/auth/start", body))
    assert status == 202, challenge
    parameters = challenge["parameters"]
    assert challenge == {
        "challenge": "PASSWORD_VERIFIER",
        "session": challenge["session"],
        "username": parameters["USER_ID_FOR_SRP"],
        "parameters": parameters,
    }
    assert challenge["username"] != email, "the pool has a name of its own for the user"
    responses = srp.process_challenge(parameters, start)
    assert password not in f"{body}{responses}"
    del responses["USERNAME"]
    sent_back = {name: challenge[name] for name in ("challenge", "session", "username")}
    return live.post("/auth/challenge", {**sent_back, "responses": responses})


def test_a_login_by_srp(live: Live) -> None:
    sub = live.sign_up(email := new_email())

    status, tokens = answer(log_in(live, email, PASSWORD))

    assert (status, tokens["token_type"]) == (200, "Bearer")
    assert live.get("/me", tokens["access_token"]).json()["sub"] == sub
    assert live.get("/profile", tokens["access_token"]).json()["attributes"]["email"] == email


def test_a_wrong_password_proves_nothing(live: Live) -> None:
    live.sign_up(email := new_email())

    assert answer(log_in(live, email, f"{PASSWORD}!")) == (
        401,
        {"error": "NotAuthorizedException", "message": "Incorrect username or password."},
    )
