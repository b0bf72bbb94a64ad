"""The local AWS of `make run`: it runs no code for others who reach its port."""

import pytest
import requests
from botocore.exceptions import ClientError

from local.servers.ministack import SIGN_IN
from tests.support.live import Live


def test_has_only_what_signing_in_needs(live: Live) -> None:
    health = requests.get(f"{live.stack.aws.endpoint}/_ministack/health", timeout=10).json()

    assert set(health["services"]) == set(SIGN_IN) == {"cognito-idp", "ses"}


def test_has_no_lambda(live: Live) -> None:
    """Lambda would run as the developer whatever any page in a browser sends it."""
    with pytest.raises(ClientError, match=r"\(400\)"):
        live.stack.aws.client("lambda").list_functions()
