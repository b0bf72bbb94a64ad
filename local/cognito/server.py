"""One local Cognito, and one call to it, which every operation's handler gets."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.cognito.clock import Clock
from local.cognito.store import Store

Json = dict[str, Any]


@dataclass
class Server:
    """The state and the settings of one local Cognito."""

    store: Store
    region: str
    url: str  # where it is reached, as http://127.0.0.1:4567
    access_key_id: str
    secret_access_key: str
    clock: Clock = field(default_factory=Clock)
    account_id: str = "000000000000"
    # By the name of Cognito's setting (DefineAuthChallenge, PreSignUp, …): event -> event.
    triggers: Mapping[str, Callable[[Json], Json]] = field(default_factory=dict)
    random_codes: bool = True  # False: 123456 and 12345678, so that documentation can be copied

    def new_code(self, digits: int = 6) -> str:
        """Return a code to send."""
        if self.random_codes:
            return "".join(secrets.choice("0123456789") for _ in range(digits))
        return "12345678"[:digits]


@dataclass
class Call:
    """One call of an operation."""

    server: Server
    operation: str
    input: Json  # validated against botocore's model; members that were not sent are absent
    request_id: str  # a UUID; the sign-in's becomes `event_id`
    ip: str
    user_agent: str

    @property
    def store(self) -> Store:
        """The state."""
        return self.server.store

    def now(self) -> float:
        """Return the time by the server's clock."""
        return self.server.clock.now()
