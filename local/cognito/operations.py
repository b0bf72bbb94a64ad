"""Which file answers which operation.

Each subject's file ends in a table `OPERATIONS`: the operation's name in AWS's model and the
function of the same name in snake case, which takes a Call and returns the answer's members.
"""

from collections.abc import Callable
from types import ModuleType

from local.cognito import (
    answers,
    attributes,
    clients,
    devices,
    domains,
    groups,
    invitations,
    mfa,
    passkeys,
    pool_factors,
    pools,
    providers,
    recovery,
    refresh,
    revocation,
    sessions,
    sign_in,
    sign_up,
    threat_protection,
    users,
)
from local.cognito.server import Call, Json

SUBJECTS: tuple[ModuleType, ...] = (
    pools,
    pool_factors,
    clients,
    domains,
    providers,
    groups,
    users,
    invitations,
    attributes,
    sign_up,
    recovery,
    sign_in,
    answers,
    refresh,
    revocation,
    mfa,
    passkeys,
    devices,
    sessions,
    threat_protection,
)

OPERATIONS: dict[str, Callable[[Call], Json | None]] = {
    name: handler for subject in SUBJECTS for name, handler in subject.OPERATIONS.items()
}
