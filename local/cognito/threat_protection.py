"""Threat protection: each sign-in is noted, and a mail asks the user whether it was theirs.

AWS rates the risk of a sign-in and writes of the risky ones. Here every one counts as risky, so
that UpdateAuthEventFeedback has an event and a token to take: both are in the mail.
"""

import hmac
import secrets
from datetime import UTC, datetime

from local.cognito import lookup, messages
from local.cognito.errors import Refused, not_authorized, not_there
from local.cognito.records import AuthEvent, Pool, User
from local.cognito.server import Call, Json

SUBJECT = "New sign-in to your account"
BODY = """\
Somebody signed in to your account on {time} from the address {ip}.

To say whether it was you, send UpdateAuthEventFeedback with FeedbackValue Valid or Invalid, and

UserPoolId: {pool_id}
Username: {username}
EventId: {event_id}
FeedbackToken: {token}
"""


def note_sign_in(call: Call, pool: Pool, user: User) -> None:
    """Keep the event, and ask the user about it unless the pool only audits."""
    mode = _mode(pool)
    if mode == "OFF":
        return
    event = AuthEvent(
        id=call.request_id,
        user_key=user.key,
        time=call.now(),
        kind="SignIn",
        ip=call.ip,
        feedback_token=secrets.token_urlsafe(48),
    )
    call.store.save(event)
    email = user.attributes.get("email")
    if mode == "AUDIT" or not email:
        return
    body = BODY.format(
        time=datetime.fromtimestamp(int(event.time), UTC).strftime("%d %B %Y at %H:%M:%S UTC"),
        ip=event.ip,
        pool_id=pool.id,
        username=user.username,
        event_id=event.id,
        token=event.feedback_token,
    )
    messages.send(call, pool, "EMAIL", email, SUBJECT, body)


def update_auth_event_feedback(call: Call) -> Json:
    """Keep what the user says of a sign-in; the messages of the refusals are not known."""
    pool = lookup.pool_by_id(call.server, call.input["UserPoolId"])
    if _mode(pool) == "OFF":
        raise Refused(
            "UserPoolAddOnNotEnabledException", "Threat protection is off in the user pool."
        )
    user = lookup.user_by_name(call.server, pool, call.input["Username"])
    event = call.store.get(AuthEvent, call.input["EventId"])
    if event is None or event.user_key != user.key:
        raise not_there("The event does not exist.")
    given = call.input["FeedbackToken"]
    if not hmac.compare_digest(event.feedback_token.encode(), given.encode()):
        raise not_authorized("The feedback token is not the event's.")
    event.feedback = call.input["FeedbackValue"]
    call.store.save(event)
    return {}


def _mode(pool: Pool) -> str:
    return str(pool.settings.get("UserPoolAddOns", {}).get("AdvancedSecurityMode", "OFF"))


OPERATIONS = {"UpdateAuthEventFeedback": update_auth_event_feedback}
