"""The endpoints that rows can be replayed on: a local Cognito, any other local one, and AWS."""

import re
from typing import Any

import boto3
import requests
from botocore.credentials import Credentials

from walk.recorded.wire import (
    TIMEOUT_SECONDS,
    CannotReplayError,
    ClosedOutbox,
    Endpoint,
    RealClock,
)


class LocalClock:
    """The clock of the local Cognito, which moves when it is told to."""

    def __init__(self, url: str, credentials: Credentials) -> None:
        self._url = url + "/local/clock"
        self._credentials = (credentials.access_key, credentials.secret_key)

    def now(self) -> float:
        """Return the time there."""
        return self._move(0)

    def pass_time(self, seconds: float) -> None:
        """Move the clock forward."""
        self._move(seconds)

    def _move(self, seconds: float) -> float:
        answer = requests.post(
            self._url,
            data={"seconds": str(seconds)},
            auth=self._credentials,
            timeout=TIMEOUT_SECONDS,
        )
        if answer.status_code != 200:
            raise CannotReplayError(f"the clock answered {answer.status_code}")
        return float(answer.text)


class LocalOutbox:
    """The mails and texts of the local Cognito, which keeps them for who has its key pair."""

    def __init__(self, url: str, credentials: Credentials) -> None:
        self._url = url + "/local/messages"
        self._credentials = (credentials.access_key, credentials.secret_key)

    def allow(self) -> None:
        """Mails stay on this machine."""

    def code_for(self, destination: str) -> str:
        """Return the code in the newest message to an address."""
        answer = requests.get(self._url, auth=self._credentials, timeout=TIMEOUT_SECONDS)
        bodies = [message["body"] for message in answer.json() if message["to"] == destination]
        codes = re.findall(r"\b\d{6,8}\b", bodies[-1] if bodies else "")
        if not codes:
            raise CannotReplayError(f"no code was sent to {destination}")
        return str(codes[-1])


def local_cognito(url: str, region: str, key_id: str, secret: str) -> Endpoint:
    """The project's local Cognito, with the key pair that it printed."""
    credentials = Credentials(key_id, secret)
    return Endpoint(
        "local Cognito",
        url,
        region,
        credentials,
        LocalClock(url, credentials),
        LocalOutbox(url, credentials),
    )


def other_local(name: str, url: str, region: str, key_id: str, secret: str) -> Endpoint:
    """Another stand-in for Cognito on this machine: its clock and its mails are out of reach."""
    return Endpoint(name, url, region, Credentials(key_id, secret), RealClock(), ClosedOutbox())


def aws(region: str | None, session: Any = None) -> Endpoint:
    """AWS itself, with the credentials and the region that boto3 finds."""
    session = session or boto3.Session(region_name=region)
    credentials = session.get_credentials()
    if credentials is None or session.region_name is None:
        raise CannotReplayError(
            "AWS needs credentials and a region: set AWS_PROFILE, or AWS_ACCESS_KEY_ID, "
            "AWS_SECRET_ACCESS_KEY and AWS_REGION."
        )
    return Endpoint(
        "AWS",
        f"https://cognito-idp.{session.region_name}.amazonaws.com",
        session.region_name,
        credentials.get_frozen_credentials(),
        RealClock(),
        ClosedOutbox(),
    )
