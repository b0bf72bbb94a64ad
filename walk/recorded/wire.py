"""The Cognito JSON protocol over plain HTTP.

Below boto3, so that requests which no SDK would send can be sent, and answers are seen byte by
byte.
"""

import json
import time
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import botocore.session
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SERVICE = "cognito-idp"
TIMEOUT_SECONDS = 30
LONGEST_SLEEP = 15.0

# How a request is authorised. SIGNED is what an operation that needs it gets by itself.
UNSIGNED, SIGNED, UNKNOWN_KEY, MALFORMED = "unsigned", "signed", "unknown key", "malformed"


class CannotReplayError(Exception):
    """Why a row cannot be replayed on this endpoint, in one line."""


class _Absent:
    def __repr__(self) -> str:
        return "absent"


ABSENT = _Absent()


@dataclass(frozen=True)
class HttpAnswer:
    """One answer, read once."""

    status: int
    headers: "requests.structures.CaseInsensitiveDict[str]"
    body: bytes

    @property
    def json(self) -> Any:
        """Return the parsed body; None for a body that is empty or no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def part(self, path: str) -> Any:
        """Return a part of the body, as at `UserPoolClients.0.ClientId`, or ABSENT."""
        value = self.json
        for step in path.split("."):
            if isinstance(value, dict) and step in value:
                value = value[step]
            elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
                value = value[int(step)]
            else:
                return ABSENT
        return value


class Clock(Protocol):
    """The endpoint's time."""

    def now(self) -> float:
        """Return the seconds since 1970 there."""

    def pass_time(self, seconds: float) -> None:
        """Let time pass there; raise CannotReplayError if that would take too long."""


class RealClock:
    """The clock of an endpoint that lives in the same time as we do."""

    def now(self) -> float:
        """Return the seconds since 1970."""
        return time.time()

    def pass_time(self, seconds: float) -> None:
        """Sleep, for a few seconds at most."""
        if seconds > LONGEST_SLEEP:
            raise CannotReplayError(f"it would take {seconds:.0f} s: this clock cannot be moved")
        time.sleep(seconds)


class Outbox(Protocol):
    """The mails and texts that the endpoint sends."""

    def allow(self) -> None:
        """Raise CannotReplayError if no mail or text is to be sent from here."""

    def code_for(self, destination: str) -> str:
        """Return the newest code sent to an address; CannotReplayError if it cannot be read."""


class ClosedOutbox:
    """The outbox of an endpoint that would send real mails, which nobody here can read."""

    def allow(self) -> None:
        """Refuse: the addresses in the rows are nobody's."""
        raise CannotReplayError("it sends a mail or a text")

    def code_for(self, destination: str) -> str:
        """Refuse: the code is in somebody's mailbox."""
        raise CannotReplayError("it needs a code out of a mail or a text")


class Endpoint:
    """A server of the Cognito protocol, and how to speak to it.

    `clock` and `outbox` are what can be reached there beside the protocol.
    """

    def __init__(
        self,
        name: str,
        url: str,
        region: str,
        credentials: Credentials,
        clock: Clock,
        outbox: Outbox,
    ) -> None:
        self.name, self.url, self.region = name, url.rstrip("/"), region
        self.clock, self.outbox = clock, outbox
        self._credentials = credentials
        self._http = requests.Session()
        self._http.trust_env = False  # neither a proxy nor .netrc may stand in between

    def call(self, operation: str, members: Any, authorization: str | None = None) -> HttpAnswer:
        """Send one operation; `authorization` None signs what Cognito wants signed."""
        if authorization is None:
            authorization = UNSIGNED if operation in public_operations() else SIGNED
        body = json.dumps(members).encode()
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
        }
        if authorization == MALFORMED:
            headers["Authorization"] = "intentionally-invalid-probe"
        elif authorization != UNSIGNED:
            headers = self._signed(headers, body, authorization)
        answer = self._http.post(
            self.url + "/",
            data=body,
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
        return HttpAnswer(answer.status_code, answer.headers, answer.content)

    def get(self, path: str) -> HttpAnswer:
        """GET a path of the endpoint, such as a pool's key set."""
        answer = self._http.get(self.url + path, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        return HttpAnswer(answer.status_code, answer.headers, answer.content)

    def _signed(self, headers: dict[str, str], body: bytes, authorization: str) -> dict[str, str]:
        credentials = self._credentials
        if authorization == UNKNOWN_KEY:
            credentials = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/EXAMPLEKEY")
        request = AWSRequest("POST", self.url + "/", headers=headers, data=body)
        SigV4Auth(credentials, SERVICE, self.region).add_auth(request)
        return dict(request.headers.items())


@cache
def public_operations() -> frozenset[str]:
    """Return the operations that need no signature, out of botocore's model."""
    model = botocore.session.Session().get_service_model(SERVICE)
    return frozenset(
        name for name in model.operation_names if model.operation_model(name).auth_type == "none"
    )
