"""Growing delays after failed attempts, by user name, whether anybody has it or not.

From the fifth failure in a row the name is locked for 1 s, then 2 s, 4 s, … up to 15 minutes.
Attempts meanwhile are refused unread and do not count. A success, or 15 minutes without a failure,
ends the row.
https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html
"""

from typing import Literal

from local.cognito.errors import Refused, not_authorized
from local.cognito.records import Attempts, Pool
from local.cognito.server import Call

Kind = Literal["password", "mfa", "code"]

FREE_FAILURES = 5
LONGEST_SECONDS = 900


def check(call: Call, pool: Pool, username: str, kind: Kind) -> None:
    """Refuse while the name is locked."""
    attempts = call.store.get(Attempts, f"{pool.id}/{username}/{kind}")
    if attempts is None or call.now() >= attempts.locked_until:
        return
    if kind == "code":
        raise Refused(
            "LimitExceededException", "Attempt limit exceeded, please try after some time."
        )
    raise not_authorized("Password attempts exceeded")


def failed(call: Call, pool: Pool, username: str, kind: Kind) -> None:
    """Count a failure, and lock the name from the fifth on."""
    now = call.now()
    attempts = call.store.get(Attempts, f"{pool.id}/{username}/{kind}")
    if attempts is None or now - attempts.last > LONGEST_SECONDS:
        attempts = Attempts(pool.id, username, kind, failures=0, last=now)
    attempts.failures += 1
    attempts.last = now
    if attempts.failures >= FREE_FAILURES:
        doubled = attempts.failures - FREE_FAILURES
        attempts.locked_until = now + min(2 ** min(doubled, 10), LONGEST_SECONDS)
    call.store.save(attempts)


def succeeded(call: Call, pool: Pool, username: str, kind: Kind) -> None:
    """Forget the failures."""
    attempts = call.store.get(Attempts, f"{pool.id}/{username}/{kind}")
    if attempts is not None:
        call.store.delete(attempts)
