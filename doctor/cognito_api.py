"""Read the replies of Cognito's API: checks about the pool and its app client.

Each check relies on the AWS page or the thread in its docstring. A reply with two meanings leads
to "cannot tell".
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from app.settings import LOOPBACK_HOSTS, is_confidential
from doctor.case import Case, Reading, unreadable
from doctor.findings import FAILED
from doctor.probes import FLOWS, Reply, has_usable_keys

MAX_SKEW_SECONDS = 60

# Errors that Cognito raises only after it has checked the app client, its secret and the flow. The
# pool's Lambda triggers for migration and challenges run for unknown users, too.
ABOUT_THE_USER = (
    "UserNotFoundException",
    "NotAuthorizedException",
    "CodeMismatchException",
    "ExpiredCodeException",
    "UserLambdaValidationException",
    "UnexpectedLambdaException",
    "InvalidLambdaResponseException",
)


def settings(case: Case) -> Reading:
    """Check that the settings are complete and well-formed."""
    return ("broken", {"complaint": case.complaint}) if case.complaint else "ok"


def region(case: Case) -> Reading:
    """Compare COGNITO_REGION with the pool's id, which begins with the pool's region.

    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
    """
    pool_region = case.settings.region
    if case.region == pool_region:
        return "ok"
    values: dict[str, object] = {"region": case.region, "pool_region": pool_region}
    if _key_set(case) == "ok":
        return "elsewhere", values
    is_pool_here = _key_set(case, "keys in COGNITO_REGION") == "ok"
    return ("prefix" if is_pool_here else "disagree"), values


def endpoint(case: Case) -> Reading:
    """Check that Cognito answers, with a key set or with one of its exceptions.

    https://docs.aws.amazon.com/general/latest/gr/cognito_identity.html
    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html
    """
    if {"COGNITO_REGION", "USER_POOL_ID"} <= set(case.broken):
        return "skipped", {"cause": "settings"}
    if case.endpoint is None:
        return "unusable"
    has_keys = _key_set(case) == "ok"
    if case.statuses["region"] == FAILED and not has_keys:  # the right endpoint is not known
        return "skipped", {"cause": "region"}
    if not has_keys and _is_far_from_domain(case, case.endpoint):
        return "apart"
    if urlsplit(case.endpoint).path and _key_set(case) == "no pool":
        return "path"
    client = case.reply("client")
    if client.error.endswith("Exception") or has_keys:
        return "ok"
    if client.failure == "unreachable":
        return "offline" if case.reply("authorize").failure else "unreachable"
    if client.failure:
        return "late" if client.failure == "late" else "broken"
    return unreadable(client) if client.status >= 500 else "foreign"


def _is_far_from_domain(case: Case, endpoint: str) -> bool:
    here = urlsplit(case.settings.domain).hostname in LOOPBACK_HOSTS
    known = "COGNITO_DOMAIN" not in case.broken
    return known and here and urlsplit(endpoint).hostname not in LOOPBACK_HOSTS


def keys(case: Case) -> Reading:
    """Check the pool's key set, which every existing pool has.

    https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
    """
    return _key_set(case)


def _key_set(case: Case, name: str = "keys") -> Reading:
    reply = case.reply(name)
    if reply.failure or reply.status not in (200, 400, 404):
        return unreadable(reply)
    if reply.status != 200:
        return "no pool"
    return "ok" if has_usable_keys(reply) else "unusable"


def clock(case: Case) -> Reading:
    """Compare the clock with the Date of Cognito's answer (RFC 9110, section 6.6.1).

    A token expires at `exp` by the clock of the machine that verifies it.
    https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
    """
    reply = case.reply("client")
    if reply.failure:
        return unreadable(reply)
    skew = reply.skew
    if skew is None:
        return "no date"
    if abs(skew) <= MAX_SKEW_SECONDS:
        return "ok"
    return ("ahead" if skew > 0 else "behind"), {"skew": round(abs(skew))}


def client(case: Case) -> Reading:
    """Read the calls for a user who does not exist: does Cognito know the app client?

    It raises ResourceNotFoundException for an unknown one, before it looks for the user.

    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmForgotPassword.html
    """
    reply = case.reply("client")
    if reply.error == "ResourceNotFoundException":
        # Without the pool, its app client does not exist either.
        gone = case.statuses["keys"] == FAILED
        return ("skipped", {"cause": "keys"}) if gone else "missing"
    # All other errors come after that check.
    replies = [reply, *map(case.reply, FLOWS)]
    return "ok" if any(map(_is_past_the_client, replies)) else unreadable(reply)


def _is_past_the_client(reply: Reply) -> bool:
    switched_off = "not enabled for" in reply.sentence or "not configured for" in reply.sentence
    return reply.error in ABOUT_THE_USER or (
        reply.error == "InvalidParameterException" and switched_off
    )


def secret(case: Case) -> Reading:
    """Read the calls for a user who does not exist: is the SECRET_HASH right?

    Cognito says "Unable to verify secret hash for client" for unknown users, too:
    https://github.com/aws-amplify/amplify-js/issues/277
    https://github.com/isotoma/react-cognito/issues/39
    https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html#cognito-user-pools-computing-secret-hash
    """
    replies = [case.reply(name) for name in ("client", *FLOWS)]
    for reply in replies:
        if reply.error in ("NotAuthorizedException", "InvalidParameterException"):
            if "not configured" in reply.sentence and "secret" in reply.sentence:
                return "none"
            if "secret hash" in reply.sentence.lower():
                return "wrong"
    # All other errors come after that check.
    is_past_the_secret = any(reply.error in ABOUT_THE_USER for reply in replies)
    return "ok" if is_past_the_secret else unreadable(replies[0])


def flow(name: str) -> Callable[[Case], Reading]:
    """Return the check of one flow, which reads InitiateAuth for a user who does not exist.

    "USER_PASSWORD_AUTH flow not enabled for this client", "USER_SRP_AUTH is not enabled for the
    client": https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows-selection-sdk.html
    https://github.com/floci-io/floci/pull/3974
    "Custom auth lambda trigger is not configured for the user pool":
    https://github.com/aws-amplify/amplify-js/issues/6327
    After that check Cognito answers with a challenge, or with an error about the user.
    https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
    """

    def read(case: Case) -> Reading:
        reply = case.reply(name)
        if "not enabled for th" in reply.sentence and reply.error == "InvalidParameterException":
            return "off"
        if name == "USER_AUTH" and reply.error == "FeatureUnavailableInTierException":
            return "plan"
        if name == "CUSTOM_AUTH" and "trigger is not configured" in reply.sentence:
            return "no triggers"
        # ministack does not know USER_AUTH, and answers CUSTOM_AUTH with endless challenges.
        if "Unsupported AuthFlow" in case.reply("USER_AUTH").sentence:
            if name == "USER_AUTH":
                return "unsupported"
            if name == "CUSTOM_AUTH":
                return "endless"
        challenged = reply.status == 200 and b'"ChallengeName"' in reply.body
        return "ok" if challenged or reply.error in ABOUT_THE_USER else unreadable(reply)

    return read


def refresh(case: Case) -> Reading:
    """Read GetTokensFromRefreshToken with a made-up token: does the app client allow refreshing?

    The operation works with and without refresh token rotation.

    https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html
    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetTokensFromRefreshToken.html
    """
    if not is_confidential(case.endpoint or ""):
        return "unasked"
    reply = case.reply("refresh")
    if "not enabled" in reply.sentence or reply.error == "UnsupportedOperationException":
        return "off"
    about_the_token = "refresh token" in reply.sentence.lower()
    return (
        "ok" if about_the_token and reply.error == "NotAuthorizedException" else unreadable(reply)
    )


def user_existence(case: Case) -> Reading:
    """Read ConfirmForgotPassword for a user who does not exist: does Cognito say so?

    https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
    """
    reply = case.reply("client")
    if reply.error == "UserNotFoundException":
        return "ok"
    hidden = reply.error in ("CodeMismatchException", "ExpiredCodeException")
    return "hidden" if hidden else unreadable(reply)
