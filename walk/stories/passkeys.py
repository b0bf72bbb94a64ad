"""Passkeys, with an authenticator in software."""

import json

from walk.authenticator import Authenticator
from walk.challenges import finish, respond
from walk.curl import ApiAnswer, is_loopback
from walk.outcomes import SkippedError
from walk.stories.story import Story
from walk.values import ACCESS_TOKEN, CREDENTIAL, CREDENTIAL_TEXT
from walk.walker import Walker


def tell(walk: Walker) -> None:
    """Register a passkey, log in with it and delete it."""
    answer = walk.call(
        "Start to register a passkey",
        "POST /passkeys/registration",
        bearer=ACCESS_TOKEN,
        may_refuse=("InvalidParameterException",),
    )
    options = answer.json["credential_creation_options"]
    authenticator = Authenticator()
    origin = _origin(walk, options["rp"]["id"])
    walk.values[CREDENTIAL] = json.dumps(authenticator.create(options, origin))
    walk.call(
        "Register what the authenticator made",
        "POST /passkeys",
        {"credential": CREDENTIAL},
        bearer=ACCESS_TOKEN,
    )
    listed = walk.call("See it", "GET /passkeys", bearer=ACCESS_TOKEN).json["credentials"]
    try:
        _log_in(walk, authenticator, origin)
    finally:
        walk.call(
            "Delete it",
            "DELETE /passkeys/{credential_id}",
            bearer=ACCESS_TOKEN,
            path={"credential_id": listed[0]["credential_id"]},
        )


def _log_in(walk: Walker, authenticator: Authenticator, origin: str) -> ApiAnswer:
    answer = _start(walk)
    if answer.json["challenge"] != "WEB_AUTHN":
        # If every user needs two factors, a passkey must count as both.
        both = {"passkey": {"enabled": True}}
        walk.call("Let it stand for both factors", "PUT /mfa", both, bearer=ACCESS_TOKEN)
        answer = _start(walk)
    if answer.json["challenge"] != "WEB_AUTHN":
        walk.end_with(SkippedError("the pool takes no passkey at a login"))
    options = json.loads(answer.json["parameters"]["CREDENTIAL_REQUEST_OPTIONS"])
    credential = json.dumps(authenticator.get(options, origin))
    walk.values[CREDENTIAL_TEXT] = json.dumps(credential)
    return finish(walk, respond(walk, answer, "Sign with it", answer=CREDENTIAL_TEXT))


def _start(walk: Walker) -> ApiAnswer:
    return walk.call(
        "Log in with it",
        "POST /auth/start",
        {"email": walk.user.email, "flow": "USER_AUTH", "preferred_challenge": "WEB_AUTHN"},
        status=202,
        may_refuse=("InvalidParameterException", "NotAuthorizedException"),
    )


def _origin(walk: Walker, relying_party_id: str) -> str:
    """Return where a browser would be: a page of the relying party."""
    scheme = "http" if is_loopback(f"http://{relying_party_id}") else "https"
    return f"{scheme}://{relying_party_id}"


STORY = Story(
    "passkeys",
    "Passkeys",
    tell,
    (
        "POST /passkeys/registration",
        "POST /passkeys",
        "GET /passkeys",
        "POST /auth/start",
        "POST /auth/challenge",
        "DELETE /passkeys/{credential_id}",
    ),
)
