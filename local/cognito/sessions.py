"""A user's sessions: listing them and ending one."""

import re

from local.cognito import revocation, session_tracking, tokens
from local.cognito.errors import Refused, invalid_parameter, not_there
from local.cognito.records import Pool, SsoSession, User
from local.cognito.server import Call, Json


def list_user_sessions(call: Call) -> Json:
    """Return the user's token and SSO sessions in all app clients; they fit on one page."""
    bearer = tokens.authorized(call)
    _check_tracked(bearer.pool)
    if "NextToken" in call.input:
        raise invalid_parameter("Paging marker is invalid.")
    listed = [
        {
            "ClientId": session.client_id,
            "CreateDate": session.created,
            "DeviceType": device_type(session.user_agent),
            "IsCurrentSession": session.origin_jti == bearer.session.origin_jti,
            "LastActiveDate": session.last_active,
            "LastIPAddress": session.ip,
            "OriginSessionId": session.sso_id,
            "SessionId": session.session_id,
            "SessionType": "TOKEN",
        }
        for session in session_tracking.active(call, bearer.user)
    ]
    listed += [
        {
            "ClientId": session.client_id,
            "CreateDate": session.created,
            "DeviceType": device_type(session.user_agent),
            "IsCurrentSession": False,
            "LastActiveDate": session.last_active,
            "LastIPAddress": session.ip,
            "SessionId": session.session_id,
            "SessionType": "SSO",
        }
        for session in _sso_sessions(call, bearer.user)
    ]
    return {"Sessions": sorted(listed, key=lambda item: item["CreateDate"], reverse=True)}


def revoke_user_session(call: Call) -> Json:
    """End one of the user's other sessions, and with LINKED those that belong with it."""
    bearer = tokens.authorized(call)
    _check_tracked(bearer.pool)
    wanted = call.input["SessionId"]
    if wanted == bearer.session.session_id:
        raise invalid_parameter("The current session cannot be revoked.")
    token_sessions = session_tracking.active(call, bearer.user)
    sso_sessions = _sso_sessions(call, bearer.user)
    linked = call.input.get("RevokeAssociatedSessions") == "LINKED"
    ended_tokens = [session for session in token_sessions if session.session_id == wanted]
    ended_sso = [session for session in sso_sessions if session.session_id == wanted]
    if not ended_tokens and not ended_sso:
        raise not_there("The session does not exist.")
    if linked:
        parents = [session.sso_id for session in ended_tokens]
        ended_tokens += [session for session in token_sessions if session.sso_id == wanted]
        ended_sso += [session for session in sso_sessions if session.session_id in parents]
    for token_session in ended_tokens:
        revocation.revoke(call.server, token_session, "RevokeUserSession")
    for sso_session in ended_sso:
        call.store.delete(sso_session)
    return {}


def device_type(user_agent: str) -> str:
    """Return the browser and the system that a user agent names; AWS's own wording is not known."""
    browser = _first(_BROWSERS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    return ", ".join(part for part in (browser, system) if part) or "unknown"


# In this order: a later browser's user agent names the earlier ones, too.
_BROWSERS = {"Edg/": "Edge", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
_SYSTEMS = {
    "Android": "Android",
    "iPhone|iPad": "iOS",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux|linux": "Linux",
}


def _first(names: dict[str, str], user_agent: str) -> str | None:
    return next((name for text, name in names.items() if re.search(text, user_agent)), None)


def _sso_sessions(call: Call, user: User) -> list[SsoSession]:
    return [
        session
        for session in call.store.all(SsoSession, user.key)
        if session.sub == user.sub and call.now() < session.expires
    ]


def _check_tracked(pool: Pool) -> None:
    if not session_tracking.is_on(pool):
        # What AWS answers is not known; this exception is in both operations' lists.
        raise Refused(
            "OperationNotEnabledException", "Session tracking is not enabled for the user pool."
        )


OPERATIONS = {
    "ListUserSessions": list_user_sessions,
    "RevokeUserSession": revoke_user_session,
}
