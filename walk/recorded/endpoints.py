"""The endpoints that rows can be replayed on: a local Cognito, any other local one, and AWS."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import boto3
import requests
from botocore.credentials import Credentials

from local.servers import boto
from local.servers.cognito import KeyPair, LocalCognito
from local.servers.ministack import LocalAws
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
        self._url = url.rstrip("/") + "/local/clock"
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
    """The mails and texts of the local Cognito, which shows them to its key pair."""

    def __init__(self, url: str, credentials: Credentials) -> None:
        self._url = url.rstrip("/") + "/local/messages"
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


@contextmanager
def named(name: str, region: str | None) -> Iterator[Endpoint]:
    """Give the endpoint of a name: local, ministack, aws, or a URL.

    The first two are started, and end with the block. Raises CannotReplayError or LocalError.
    """
    if name == "local":
        with LocalCognito.run(keys=KeyPair.new(), random_codes=True) as cognito:
            keys = cognito.keys
            yield local_cognito(
                cognito.endpoint, boto.REGION, keys.access_key_id, keys.secret_access_key
            )
    elif name == "ministack":
        with LocalAws.run(["cognito-idp", "ses"]) as ministack:
            yield stand_in(name, ministack.endpoint, boto.REGION, "test", "test")
    elif name == "aws":
        yield aws(region)
    elif name.startswith(("http://", "https://")):
        yield at_url(name, region)
    else:
        raise CannotReplayError(f"{name} is no endpoint: name local, ministack, aws, or a URL.")


def local_cognito(
    url: str, region: str, key_id: str, secret: str, name: str = "local Cognito"
) -> Endpoint:
    """The project's local Cognito, with the key pair that it printed."""
    credentials = Credentials(key_id, secret)
    return Endpoint(
        name,
        url,
        region,
        credentials,
        LocalClock(url, credentials),
        LocalOutbox(url, credentials),
    )


def stand_in(name: str, url: str, region: str, key_id: str, secret: str) -> Endpoint:
    """Another stand-in for Cognito: its clock and its mails are out of reach."""
    return Endpoint(name, url, region, Credentials(key_id, secret), RealClock(), ClosedOutbox())


def at_url(url: str, region: str | None) -> Endpoint:
    """The local Cognito if there is one, else a stand-in; the key pair is the environment's."""
    key_id = os.environ.get("AWS_ACCESS_KEY_ID") or "test"
    secret = os.environ.get("AWS_SECRET_ACCESS_KEY") or "test"
    region = region or os.environ.get("AWS_REGION") or boto.REGION
    if _is_local_cognito(url):
        return local_cognito(url, region, key_id, secret, name=url)
    return stand_in(url, url, region, key_id, secret)


def _is_local_cognito(url: str) -> bool:
    """Tell it by its clock, which wants a key pair.

    The clock is sent the secret itself, where all else is only signed with it: so nobody but a
    local Cognito on this machine may be taken for one.
    """
    if urlsplit(url).hostname not in ("127.0.0.1", "localhost", "::1"):
        return False
    try:
        answer = requests.post(url.rstrip("/") + "/local/clock", timeout=TIMEOUT_SECONDS)
    except requests.RequestException:
        raise CannotReplayError(f"{url} does not answer.") from None
    return answer.status_code == 401


def aws(region: str | None) -> Endpoint:
    """AWS itself, with the credentials and the region that boto3 finds."""
    session = boto3.Session(region_name=region)
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
