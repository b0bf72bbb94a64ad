"""The records of a pool's session tracking: their IDs, and how many a user may have.

A pool tracks sessions once SetUserPoolSessionConfiguration says so. Sign-ins of before have no
session ID and are not listed.
"""

import secrets
import string

from local.cognito.records import Pool, SsoSession, TokenSession, User
from local.cognito.server import Call

DEFAULT_MOST = 20


def is_on(pool: Pool) -> bool:
    """Tell whether the pool keeps session records."""
    return bool(pool.session_configuration.get("UserSessionTracking") == "ENABLED")


def make_room(call: Call, pool: Pool, user: User) -> None:
    """Before a sign-in, end the sessions that were used least recently if there are too many."""
    if not is_on(pool):
        return
    most = pool.session_configuration.get("TokenSession", {}).get("MaxPerUser", DEFAULT_MOST)
    oldest_first = sorted(active(call, user), key=lambda session: session.last_active)
    for session in oldest_first[: max(0, len(oldest_first) - most + 1)]:
        session.revoked, session.revoked_because = True, "eviction"
        call.store.save(session)


def new_id(kind: str) -> str:
    """Return a session's ID: "tkn" or "sso", and 25 letters and digits."""
    alphabet = string.ascii_lowercase + string.digits
    return kind + "".join(secrets.choice(alphabet) for _ in range(25))


def end_parent(call: Call, session: TokenSession) -> None:
    """End the SSO session that a tracked token session came through."""
    if not session.session_id or session.sso_id is None:
        return
    for parent in call.store.where(SsoSession, session.parent, "$.session_id", session.sso_id):
        call.store.delete(parent)


def active(call: Call, user: User) -> list[TokenSession]:
    """Return the user's tracked token sessions that can still be refreshed."""
    return [
        session
        for session in call.store.all(TokenSession, user.key)
        if session.session_id
        and session.sub == user.sub
        and not session.revoked
        and call.now() < session.expires
    ]
