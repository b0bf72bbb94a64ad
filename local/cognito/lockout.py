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

Kind = Literal["password", "mfa", "code", "password change"]

FREE_FAILURES = 5
LONGEST_SECONDS = 900
# AWS: between 5 and 20, depending on the risk that it sees.
RESETS_AN_HOUR = 20


def check(call: Call, pool: Pool, username: str, kind: Kind) -> None:
    """Refuse while the name is locked."""
    attempts = call.store.get(Attempts, f"{pool.id}/{username}/{kind}")
    if attempts is None or call.now() >= attempts.locked_until:
        return
    if kind in ("password", "mfa"):
        raise not_authorized("Password attempts exceeded")
    raise _limit_exceeded()


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


def count_reset(call: Call, pool: Pool, username: str) -> None:
    """Refuse the 21st step of resetting a password within an hour."""
    now = call.now()
    attempts = call.store.get(Attempts, f"{pool.id}/{username}/reset")
    if attempts is None or now >= attempts.locked_until:
        attempts = Attempts(pool.id, username, "reset", failures=0, last=now)
        attempts.locked_until = now + 3_600  # the end of the hour that is counted
    if attempts.failures >= RESETS_AN_HOUR:
        raise _limit_exceeded()
    attempts.failures += 1
    call.store.save(attempts)


def _limit_exceeded() -> Refused:
    return Refused("LimitExceededException", "Attempt limit exceeded, please try after some time.")
