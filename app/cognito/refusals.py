"""Translate Cognito's errors: a table, and the few rules that a table cannot express.

`OUTCOMES` has a row for each error that means something special for one operation. The lists below
it apply to all operations. Any other refusal becomes 400 in Cognito's own words.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from app.cognito.vocabulary import ADMIN_SCOPE
from app.errors import (
    BEARER,
    ApiError,
    CognitoRefused,
    InsufficientScope,
    ServerMisconfigured,
    UpstreamError,
)


class Outcome(NamedTuple):
    """The answer to one of Cognito's errors; None stands for Cognito's own name or message."""

    status: int
    error: str | None = None
    message: str | None = None


# Answers that are the same for several errors, so that they do not reveal who has an account.
WRONG_PASSWORD = Outcome(401, "NotAuthorizedException", "Incorrect username or password.")
WRONG_CODE = Outcome(
    400, "CodeMismatchException", "The code is wrong or has expired; ask for a new one."
)
DEAD_TOKEN = Outcome(
    401, "NotAuthorizedException", "The refresh token is invalid, expired or revoked."
)
WRONG_FEEDBACK = Outcome(400, "NotAuthorizedException", "The feedback token is not valid.")

# operation -> Cognito's error -> outcome. An error without a row is 400 in Cognito's own words.
OUTCOMES: dict[str, dict[str, Outcome]] = {
    "SignUp": {"UsernameExistsException": Outcome(409)},
    "ConfirmSignUp": {
        # "User cannot be confirmed. Current status is CONFIRMED", for right and wrong codes.
        "NotAuthorizedException": WRONG_CODE,
        "UserNotFoundException": WRONG_CODE,
        "CodeMismatchException": WRONG_CODE,
        "ExpiredCodeException": WRONG_CODE,
        "AliasExistsException": Outcome(409),
    },
    "InitiateAuth": {
        "NotAuthorizedException": WRONG_PASSWORD,
        "UserNotFoundException": WRONG_PASSWORD,
        "UserNotConfirmedException": Outcome(403),
        "PasswordResetRequiredException": Outcome(403),
    },
    "GetTokensFromRefreshToken": {
        "NotAuthorizedException": DEAD_TOKEN,
        "UserNotFoundException": DEAD_TOKEN,
        "UserNotConfirmedException": DEAD_TOKEN,
        "PasswordResetRequiredException": DEAD_TOKEN,
        "RefreshTokenReuseException": Outcome(401),
    },
    "RespondToAuthChallenge": {
        "NotAuthorizedException": Outcome(401),
        "UserNotFoundException": WRONG_PASSWORD,
        "UserNotConfirmedException": Outcome(403),
        "PasswordResetRequiredException": Outcome(403),
        "AliasExistsException": Outcome(409),
    },
    "UpdateUserAttributes": {"AliasExistsException": Outcome(409)},
    "VerifyUserAttribute": {"AliasExistsException": Outcome(409)},
    # Sent with an access token or with the session of a challenge; both can have expired.
    "AssociateSoftwareToken": {"NotAuthorizedException": Outcome(401)},
    "VerifySoftwareToken": {"NotAuthorizedException": Outcome(401)},
    "ConfirmDevice": {
        "DeviceKeyExistsException": Outcome(409),
        "UsernameExistsException": Outcome(409),
    },
    "UpdateAuthEventFeedback": {
        "NotAuthorizedException": WRONG_FEEDBACK,
        "UserNotFoundException": WRONG_FEEDBACK,
    },
    "ResendConfirmationCode": {"UserNotFoundException": Outcome(404)},
    "ForgotPassword": {"UserNotFoundException": Outcome(404)},
    "ConfirmForgotPassword": {
        "NotAuthorizedException": WRONG_CODE,
        "UserNotFoundException": WRONG_CODE,
        "UserNotConfirmedException": WRONG_CODE,
        "CodeMismatchException": WRONG_CODE,
        "ExpiredCodeException": WRONG_CODE,
    },
}

# For operations authorised by an access token these mean: token revoked or expired, or user gone.
WITH_ACCESS_TOKEN = {
    "NotAuthorizedException": Outcome(401),
    "UserNotFoundException": Outcome(401),
    "UserNotConfirmedException": Outcome(401),
    "PasswordResetRequiredException": Outcome(401),
}
# For all operations that have no row for it in OUTCOMES.
EVERYWHERE = {"ForbiddenException": Outcome(403)}  # from AWS WAF in front of the pool
# For all operations: error -> seconds to wait. Cognito never says how long (quotas are per second
# and account, attempt limits per user and up to 15 minutes).
RETRY_AFTER_SECONDS = {
    "TooManyRequestsException": 2,
    "ThrottlingException": 2,
    "LimitExceededException": 300,
    "TooManyFailedAttemptsException": 300,
}
# For all operations: faults of AWS or of the pool's triggers, with the caller's message.
FAULT_MESSAGES = {
    "UnexpectedLambdaException": "A Lambda trigger of the user pool failed.",
    "InvalidLambdaResponseException": "A Lambda trigger of the user pool answered nonsense.",
    "InternalErrorException": "Cognito failed.",
    # The account exists nevertheless, so Cognito would refuse another sign-up.
    "CodeDeliveryFailureException": "Cognito could not send the code; ask for a new one later.",
}
# For all operations: error -> what the operator has to check.
MISCONFIGURED = {
    "ResourceNotFoundException": "check USER_POOL_ID, CLIENT_ID and COGNITO_REGION",
    "InvalidUserPoolConfigurationException": "check the user pool's configuration",
}
# For all operations: features that are off -> what the operator could do. The caller gets a 400:
# a 5xx would let anyone set off the operator's alarms.
SWITCHED_OFF = {
    "FeatureUnavailableInTierException": "choose a feature plan for the pool that includes this",
    "UserPoolAddOnNotEnabledException": "switch on the pool's threat protection",
    "WebAuthnNotEnabledException": "switch on passkeys in the pool's sign-in options",
    "WebAuthnConfigurationMissingException": "set the pool's relying party id for passkeys",
    "UnsupportedOperationException": "switch this on in the app client (for RevokeToken:"
    " EnableTokenRevocation)",
    "OperationNotEnabledException": "AWS has not enabled this operation for the pool or Region",
}
# Cognito also raises ResourceNotFoundException for a missing device, passkey or session: that is
# not a configuration error.
NOT_THE_POOL = re.compile(r"\b(device|credential|passkey|session|event)\b", re.IGNORECASE)
# Cognito also raises NotAuthorizedException with these sentences when the access token is good.
NOT_THE_TOKEN = ("unauthorized attribute", "Incorrect username or password")
# Request members whose values are our constants, not input. Cognito repeats them in many messages,
# which is harmless.
OUR_WORDS = ("AuthFlow", "Name", "AttributeName", "UserAttributeNames", "ChallengeName")
ROLE = re.compile(r"Invalid\w*Role\w*")  # the IAM roles with which the pool sends SMS and email


def translate(operation: str, error: ClientError, request: Mapping[str, Any]) -> ApiError:
    """Return the API's error for an error of Cognito's; `request` has the members that were sent.

    Whether it has an access token decides what some errors mean. The message repeats nothing of it.
    """
    status: int = error.response["ResponseMetadata"]["HTTPStatusCode"]
    name, sentence = (
        str(error.response["Error"].get("Code")),
        error.response["Error"].get("Message"),
    )
    sentence = sentence if isinstance(sentence, str) else ""
    if not re.fullmatch(r"[A-Z][A-Za-z]{,99}", name):  # something other than Cognito answered
        name = "InvalidRequest"
    message = _presentable(sentence, request)
    cause = f"{operation}: {name}: {message}"
    row = {**EVERYWHERE, **OUTCOMES.get(operation, {})}

    if name == "ResourceNotFoundException" and NOT_THE_POOL.search(sentence):
        # With an access token its id came in the path; at a login, as `device_key` in the body.
        return as_error(Outcome(404 if "AccessToken" in request else 400), name, message)
    if name in MISCONFIGURED or ROLE.match(name):
        return ServerMisconfigured(f"{cause} ({MISCONFIGURED.get(name, 'check its IAM role')})")
    if name in SWITCHED_OFF and status < 500:
        return as_error(Outcome(400), name, message, cause=f"{cause} ({SWITCHED_OFF[name]})")
    if name in FAULT_MESSAGES or status >= 500:
        return UpstreamError(FAULT_MESSAGES.get(name, "Cognito failed."), cause=cause)
    if name in RETRY_AFTER_SECONDS or status == 429:
        wait = {"Retry-After": str(RETRY_AFTER_SECONDS.get(name, 2))}
        return as_error(Outcome(429), name, message, wait)
    if name == "NotAuthorizedException":
        if "AccessToken" not in request and "secret" in sentence.lower():
            return ServerMisconfigured(f"{cause} (check CLIENT_SECRET)")
        if "required scopes" in sentence:
            return InsufficientScope(ADMIN_SCOPE)
        if "AccessToken" in request and any(words in sentence for words in NOT_THE_TOKEN):
            return as_error(Outcome(400), name, message)
    challenge = {}
    if "AccessToken" in request:
        row = {**WITH_ACCESS_TOKEN, **row}
        challenge = {"WWW-Authenticate": f'{BEARER}, error="invalid_token"'}
    outcome = row.get(name, Outcome(400))
    return as_error(outcome, name, message, challenge if outcome.status == 401 else None)


def as_error(
    outcome: Outcome,
    name: str = "",
    message: str = "",
    headers: Mapping[str, str] | None = None,
    cause: str | None = None,
) -> CognitoRefused:
    """Make the error of an outcome; `name` and `message` are Cognito's, used where it has none."""
    return CognitoRefused(
        outcome.status, outcome.error or name, outcome.message or message, headers, cause
    )


def _presentable(sentence: str, request: Mapping[str, Any]) -> str:
    """Return Cognito's sentence if it is one printable line without markup, an ARN or any input."""
    folded = sentence.casefold()  # Cognito may repeat an email in lower case
    quotes = "arn:" in folded or any(text.casefold() in folded for text in _texts(request) if text)
    if (
        not sentence
        or len(sentence) > 1000
        or not sentence.isprintable()
        or "<" in sentence
        or quotes
    ):
        return "Cognito refused the request."
    return sentence


def _texts(value: object) -> Iterator[str]:
    """Yield the strings of a request that may be input, which are all but those of OUR_WORDS."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            if name not in OUR_WORDS:
                yield from _texts(member)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
