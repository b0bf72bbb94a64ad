"""What the checks work with: settings, replies, and how to read a reply that does not answer.

A Reading is the name of one of the check's findings, with the values for its text.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from app.settings import Settings
from doctor.probes import Reply

Reading = str | tuple[str, dict[str, object]]


@dataclass
class Case:
    """The settings as far as they can be read, the replies, and the results so far."""

    settings: Settings
    broken: Collection[str]  # the settings that are missing or malformed
    complaint: str  # the API's message about them
    region: str  # COGNITO_REGION, which may differ from the pool's
    redirect_uri: str
    redirect_setting: str
    endpoint: str | None  # where boto3 calls Cognito; None if it cannot make a client
    endpoint_setting: str
    seconds: float  # how long replies were waited for
    replies: Mapping[str, Reply]
    skip: Collection[str] = ()
    statuses: dict[str, str] = field(default_factory=dict)  # by check
    causes: dict[str, str] = field(default_factory=dict)  # why a check was skipped, by check

    def reply(self, name: str) -> Reply:
        """Return the reply to a question; one that has not come counts as late."""
        return self.replies.get(name, Reply(failure="late"))


def origin(url: str) -> str:
    """Return scheme, host and port of a URL without its other parts, which may hold secrets."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        host = re.sub(r"[^A-Za-z0-9.:_-]", "", parts.hostname or "")
        return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"
    except ValueError:
        return "elsewhere"


def unreadable(reply: Reply) -> Reading:
    """Return the finding for a reply that answers nothing, without quoting its sentences."""
    if reply.failure:
        return "late" if reply.failure == "late" else "silent"
    if reply.error in ("TooManyRequestsException", "ThrottlingException"):
        return "throttled"
    if reply.error == "ForbiddenException":
        return "firewall"
    name = re.fullmatch(r"[A-Za-z_]{1,60}", reply.error)
    return "unreadable", {"answer": name[0] if name else f"status {reply.status}"}


# The reason of a refusal by the hosted UI, by its words. AWS writes them into a redirect's query,
# ministack into JSON: "redirect_uri is not allowed", "Identity provider Google not found".
REFUSALS = {
    "scope": r"invalid_scope",
    "provider": r"identity provider .*not found",
    "endpoints": r"has no authorize_url|sign-in not supported",
    "client": r"invalid_client|client.* (not found|does not exist)",
    "redirect": r"redirect_mismatch|redirect_uri",
    "grant": r"unauthorized_client",
    "other": r"\S",
}


def refusal_reason(reply: Reply) -> str:
    """Return the key of REFUSALS that a reply of the hosted UI fits, "" if it is not a refusal.

    "error=redirect_mismatch": https://github.com/aws/aws-aspnet-cognito-identity-provider/issues/167
    "unauthorized_client" without the code grant: https://github.com/aws-amplify/amplify-js/issues/5284
    "error=invalid_request&error_description=invalid_scope", and all others:
    https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html
    """
    error_page = urlsplit(reply.location).path == "/error"
    words = f"{reply.error} {reply.sentence}" if reply.error else "an error" if error_page else ""
    subjects = (name for name, text in REFUSALS.items() if re.search(text, words, re.IGNORECASE))
    return next(subjects, "")


def is_page_of_ministack(case: Case, reply: Reply) -> bool:
    """Tell whether this is ministack's login page, which it serves at /oauth2/authorize."""
    signs = (b'action="/login"', case.settings.client_id.encode())
    return reply.status == 200 and all(sign in reply.body for sign in signs)
