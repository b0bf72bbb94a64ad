"""One local Cognito for the tests of this folder."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.local_cognito import Cognito, Pools, new_email, new_phone, run_cognito


@pytest.fixture(scope="session")
def cognito(environment: object) -> Iterator[Cognito]:
    """Run one local Cognito, with random codes, for all tests of this folder."""
    with run_cognito() as cognito:
        yield cognito


@pytest.fixture(scope="session")
def admin(cognito: Cognito) -> Any:
    """Give a boto3 client that signs with the key pair."""
    return cognito.boto3(signed=True)


@pytest.fixture(scope="session")
def public(cognito: Cognito) -> Any:
    """Give a boto3 client that signs nothing, as a browser."""
    return cognito.boto3(signed=False)


@pytest.fixture
def pools(admin: Any) -> Pools:
    """Give what makes pools, app clients and users."""
    return Pools(admin)


@pytest.fixture
def email() -> str:
    """Give an address that no other test uses."""
    return new_email()


@pytest.fixture
def phone() -> str:
    """Give a phone number that no other test uses."""
    return new_phone()
