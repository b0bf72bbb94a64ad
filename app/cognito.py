"""The user pool: one short method an operation, and the table of what Cognito's errors become.

All operations used are public ones (`authtype: none` in botocore's model): no AWS credentials are
needed, looked up or sent.
"""

import base64
import hmac
import re
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple, TypeVar

import boto3
from botocore import UNSIGNED, xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app import strict, transport
from app.config import Settings, SettingsError
from app.errors import (
    CHALLENGE,
    ApiError,
    CognitoRefused,
    InsufficientScope,
    ServerMisconfigured,
    UpstreamError,
)
from app.log import silence_debug

SECONDS = 6.0  # for one operation; with the 3 s for signing keys a request stays under 10 s
MAX_ANSWER_BYTES = 1_000_000
KEYS_SECONDS = 3.0
MAX_KEYS_BYTES = 150_000  # API Gateway's own limit for a key set

# Reading operations may be sent again when the first attempt cannot have arrived.
REPLAYABLE = {"GetUser"}

ADMIN_SCOPE = "aws.cognito.signin.user.admin"

UNREADABLE = "Cognito's answer cannot be read."

Answer = dict[str, Any]
T = TypeVar("T")


class Outcome(NamedTuple):
    """What the caller gets for an error of Cognito's; None stands for Cognito's own words."""

    status: int
    error: str | None = None
    message: str | None = None


# Answers that must not tell two cases apart, so that nobody learns who has an account.
WRONG_PASSWORD = Outcome(401, "NotAuthorizedException", "Incorrect username or password.")
WRONG_CODE = Outcome(
    400, "CodeMismatchException", "The code is wrong or has expired; ask for a new one."
)
DEAD_TOKEN = Outcome(
    401, "NotAuthorizedException", "The refresh token is invalid, expired or revoked."
)

_DEAD_ACCESS_TOKEN = {
    "NotAuthorizedException": Outcome(401),
    "UserNotFoundException": Outcome(401),
    "UserNotConfirmedException": Outcome(401),
    "PasswordResetRequiredException": Outcome(401),
}

# operation -> Cognito's error -> outcome. What has no row is 400 in Cognito's own words.
OUTCOMES: dict[str, dict[str, Outcome]] = {
    "SignUp": {"UsernameExistsException": Outcome(409)},
    "ConfirmSignUp": {
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
    "GetUser": _DEAD_ACCESS_TOKEN,
    "UpdateUserAttributes": _DEAD_ACCESS_TOKEN | {"AliasExistsException": Outcome(409)},
    "ForgotPassword": {"UserNotFoundException": Outcome(404)},
    "ConfirmForgotPassword": {
        "UserNotFoundException": WRONG_CODE,
        "CodeMismatchException": WRONG_CODE,
        "ExpiredCodeException": WRONG_CODE,
    },
}

# Everywhere, unless the operation has a row of its own.
EVERYWHERE = {"ForbiddenException": Outcome(403)}  # AWS WAF in front of the pool
# Everywhere: error -> seconds to wait. Cognito never says how long (quotas are per second and
# account, attempt limits per user and up to 15 minutes).
THROTTLED = {
    "TooManyRequestsException": 2,
    "ThrottlingException": 2,
    "LimitExceededException": 300,
    "TooManyFailedAttemptsException": 300,
}
# Everywhere: a fault of AWS or of the pool's triggers.
FAULTS = {
    "UnexpectedLambdaException": "A Lambda trigger of the user pool failed.",
    "InvalidLambdaResponseException": "A Lambda trigger of the user pool answered nonsense.",
    "InternalErrorException": "Cognito failed.",
    # AWS: the account exists nevertheless, so signing up again would be refused.
    "CodeDeliveryFailureException": "Cognito could not send the code; ask for a new one later.",
}
# Everywhere: error -> what the operator has to look at.
MISCONFIGURED = {
    "ResourceNotFoundException": "check USER_POOL_ID, CLIENT_ID and COGNITO_REGION",
    "InvalidUserPoolConfigurationException": "check the user pool's configuration",
    "FeatureUnavailableInTierException": "the pool's feature plan does not include this",
    "UserPoolAddOnNotEnabledException": "the pool's threat protection is not enabled",
    "UnsupportedOperationException": "the pool or app client does not support this operation",
    "OperationNotEnabledException": "the operation is not enabled for this pool or Region",
}
_ROLE = re.compile(r"Invalid\w*Role\w*")  # the roles with which the pool sends SMS and mail


class Cognito:
    """The public operations of one user pool, for one app client."""

    def __init__(self, settings: Settings) -> None:
        self._client_id = settings.client_id
        self._client_secret = settings.client_secret
        self._client = _unsigned_client(settings.region)
        endpoint = self._client.meta.endpoint_url.rstrip("/")
        self._keys_url = f"{endpoint}/{settings.user_pool_id}/.well-known/jwks.json"

    def sign_up(self, email: str, password: str) -> Answer:
        """Create a user, to whom Cognito sends a code."""
        answer = self._call_for(
            email,
            "SignUp",
            Password=password,
            UserAttributes=[{"Name": "email", "Value": email}],
        )
        return {
            "user_sub": _member(answer, "UserSub", str),
            "user_confirmed": _member(answer, "UserConfirmed", bool),
            "code_delivery": _code_delivery(answer.get("CodeDeliveryDetails")),
        }

    def confirm_sign_up(self, email: str, code: str) -> None:
        """Confirm a user by the code."""
        self._call_for(email, "ConfirmSignUp", ConfirmationCode=code)

    def initiate_auth(self, email: str, password: str) -> tuple[Answer, int]:
        """Log in by USER_PASSWORD_AUTH; return tokens and 200, or a challenge and 202."""
        parameters = {
            "USERNAME": email,
            "PASSWORD": password,
            "SECRET_HASH": self._secret_hash(email),
        }
        answer = self._call(
            "InitiateAuth",
            ClientId=self._client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters=parameters,
        )
        return _tokens_or_challenge(answer, email)

    def get_tokens_from_refresh_token(self, email: str, refresh_token: str) -> Answer:
        """Return new tokens, with the refresh token to use from now on.

        REFRESH_TOKEN_AUTH would need a SECRET_HASH over the user's real name, which is not the
        email in pools that sign in by email. This operation takes the client secret instead, and
        works with and without refresh token rotation.
        """
        answer = self._call(
            "GetTokensFromRefreshToken",
            ClientId=self._client_id,
            ClientSecret=self._client_secret,
            RefreshToken=refresh_token,
        )
        result = _member(answer, "AuthenticationResult", dict)
        tokens = _tokens({"RefreshToken": refresh_token, **result})
        if _email_in(tokens["id_token"]) not in (None, email.casefold()):
            raise _refusal(DEAD_TOKEN)
        return tokens

    def get_user(self, access_token: str) -> Answer:
        """Return the user's attributes by name."""
        answer = self._call("GetUser", AccessToken=access_token)
        return {
            _member(attribute, "Name", str): _member(attribute, "Value", str)
            for attribute in _member(answer, "UserAttributes", list)
        }

    def update_user_attributes(self, access_token: str, attributes: Mapping[str, str]) -> None:
        """Change attributes; an empty value deletes one."""
        self._call(
            "UpdateUserAttributes",
            AccessToken=access_token,
            UserAttributes=[{"Name": n, "Value": v} for n, v in attributes.items()],
        )

    def forgot_password(self, email: str) -> Answer:
        """Send a code with which the password can be set anew."""
        answer = self._call_for(email, "ForgotPassword")
        return {"code_delivery": _code_delivery(answer.get("CodeDeliveryDetails"))}

    def confirm_forgot_password(self, email: str, code: str, new_password: str) -> None:
        """Set a new password by the code."""
        self._call_for(email, "ConfirmForgotPassword", ConfirmationCode=code, Password=new_password)

    def signing_keys(self) -> bytes:
        """Fetch the pool's JSON Web Key Set from the endpoint that boto3 uses."""
        answer = transport.send(
            "GET",
            self._keys_url,
            headers={"Accept": "application/json"},
            body=None,
            seconds=KEYS_SECONDS,
            limit=MAX_KEYS_BYTES,
            replayable=True,
        )
        if answer.status != 200:
            raise UpstreamError("The pool's signing keys cannot be read.", cause=self._keys_url)
        return answer.body

    def _call_for(self, username: str, operation: str, **members: Any) -> Answer:
        """Call an operation that names the user and proves that we are the app client."""
        return self._call(
            operation,
            ClientId=self._client_id,
            SecretHash=self._secret_hash(username),
            Username=username,
            **members,
        )

    def _call(self, operation: str, **members: Any) -> Answer:
        method = getattr(self._client, xform_name(operation))
        try:
            answer: Answer = method(**members)
        except ClientError as error:
            # Without the cause: its text is Cognito's own and may quote what was sent.
            raise _translate(operation, error, members) from None
        except (BotoCoreError, AttributeError, TypeError, ValueError, RecursionError) as error:
            # botocore's parser stumbles in many ways over an answer of the wrong shape.
            raise UpstreamError(UNREADABLE, cause=operation) from error
        return answer

    def _secret_hash(self, username: str) -> str:
        """Return base64(HMAC-SHA256(client secret, username + client id)).

        https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html#cognito-user-pools-computing-secret-hash
        """
        message = (username + self._client_id).encode()
        digest = hmac.digest(self._client_secret.encode(), message, "sha256")
        return base64.b64encode(digest).decode()


def _unsigned_client(region: str) -> Any:
    try:
        client = boto3.session.Session().client(
            "cognito-idp",
            region_name=region,
            config=Config(
                signature_version=UNSIGNED,
                # _send decides both; these are for anything botocore might do without asking it.
                connect_timeout=transport.CONNECT_SECONDS,
                read_timeout=SECONDS,
                retries={"mode": "standard", "total_max_attempts": 1},
                parameter_validation=False,  # the spec's schemas are stricter, and name the field
            ),
        )
    except (BotoCoreError, ValueError) as error:  # a profile or endpoint that does not exist
        cause = type(error).__name__  # its text quotes the setting
        raise SettingsError(
            f"boto3 cannot make a Cognito client: {cause}; check AWS_PROFILE and AWS_ENDPOINT_URL."
        ) from error
    silence_debug("botocore")
    client.meta.events.register("before-send.cognito-identity-provider", _send)
    return client


def _send(request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse:
    """Send what botocore prepared; an event handler's answer replaces botocore's own sending.

    Raises ValueError for a success that is none.
    """
    answer = transport.send(
        request.method,
        request.url,
        headers=dict(request.headers),
        body=request.body,
        seconds=SECONDS,
        limit=MAX_ANSWER_BYTES,
        replayable=event_name.rpartition(".")[2] in REPLAYABLE,
    )
    # Left to itself, botocore takes whatever is below 300 and not JSON for a success without
    # members. What AWS documents is 200, with a JSON object or, for want of output, no body.
    if answer.status != 200 and answer.status < 400:
        raise ValueError(f"status {answer.status}")
    if answer.status == 200 and answer.body:
        strict.json_object(answer.body)
    raw = SimpleNamespace(stream=lambda: [answer.body])
    return AWSResponse(request.url, answer.status, answer.headers, raw)


def _translate(operation: str, error: ClientError, sent: Mapping[str, Any]) -> ApiError:
    """Find what an error of Cognito's means to the caller of this operation."""
    status: int = error.response["ResponseMetadata"]["HTTPStatusCode"]
    name, said = str(error.response["Error"].get("Code")), error.response["Error"].get("Message")
    said = said if isinstance(said, str) else ""
    if not re.fullmatch(r"[A-Z][A-Za-z]{,99}", name):  # an answer that is not of Cognito's making
        name = "InvalidRequest"
    message = _presentable(said, sent)
    cause = f"{operation}: {name}: {message}"

    if name in MISCONFIGURED or _ROLE.match(name):
        return ServerMisconfigured(f"{cause} ({MISCONFIGURED.get(name, 'check its IAM role')})")
    if name in FAULTS or status >= 500:
        return UpstreamError(FAULTS.get(name, "Cognito failed."), cause=cause)
    if name in THROTTLED or status == 429:
        wait = {"Retry-After": str(THROTTLED.get(name, 2))}
        return _refusal(Outcome(429), name, message, wait)
    if name == "NotAuthorizedException":
        if "AccessToken" not in sent and "secret" in said.lower():
            return ServerMisconfigured(f"{cause} (check CLIENT_SECRET)")
        if "required scopes" in said:
            return InsufficientScope(ADMIN_SCOPE)
        if "unauthorized attribute" in said:
            return _refusal(Outcome(400), name, message)
    outcome = OUTCOMES[operation].get(name, EVERYWHERE.get(name, Outcome(400)))
    challenge = {}
    if outcome.status == 401 and "AccessToken" in sent:
        challenge = {"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'}
    return _refusal(outcome, name, message, challenge)


def _refusal(
    outcome: Outcome, name: str = "", message: str = "", headers: Mapping[str, str] | None = None
) -> CognitoRefused:
    return CognitoRefused(
        outcome.status, outcome.error or name, outcome.message or message, headers
    )


def _presentable(said: str, sent: Mapping[str, Any]) -> str:
    """Return Cognito's sentence, unless it is no plain one or quotes what was sent or an ARN."""
    folded = said.casefold()  # Cognito may quote an email in lower case
    quotes = "arn:" in folded or any(text.casefold() in folded for text in _texts(sent) if text)
    if not said or len(said) > 1000 or not said.isprintable() or "<" in said or quotes:
        return "Cognito refused the request."
    return said


def _texts(value: object) -> Iterator[str]:
    """Walk the strings of a request that are not of our own choice."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            if name not in ("AuthFlow", "Name"):  # "email" is in half of Cognito's sentences
                yield from _texts(member)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _member(answer: object, name: str, kind: type[T]) -> T:
    """Return a member that the answer must have; botocore checks neither presence nor type."""
    value = answer.get(name) if isinstance(answer, dict) else None
    if type(value) is not kind:  # a bool is not an int here
        raise UpstreamError(UNREADABLE, cause=f"no {name} in Cognito's answer")
    return value


def _tokens(result: Answer) -> Answer:
    return {
        "access_token": _member(result, "AccessToken", str),
        "id_token": _member(result, "IdToken", str),
        "refresh_token": _member(result, "RefreshToken", str),
        "expires_in": _member(result, "ExpiresIn", int),
        "token_type": _member(result, "TokenType", str),
    }


def _tokens_or_challenge(answer: Answer, username: str) -> tuple[Answer, int]:
    if not answer.get("ChallengeName"):
        return _tokens(_member(answer, "AuthenticationResult", dict)), 200
    parameters = _member({"ChallengeParameters": {}, **answer}, "ChallengeParameters", dict)
    parameters = {name: _member(parameters, name, str) for name in parameters}
    challenge = {
        "challenge": _member(answer, "ChallengeName", str),
        "session": _member(answer, "Session", str),
        # The name that the answer to the challenge has to use: in pools that sign in by email it
        # is not the email.
        "username": parameters.get("USER_ID_FOR_SRP") or parameters.get("USERNAME") or username,
        "parameters": parameters,
    }
    if "AvailableChallenges" in answer:
        challenge["available_challenges"] = _member(answer, "AvailableChallenges", list)
    return challenge, 202


def _code_delivery(details: object) -> dict[str, str] | None:
    """Say where a code went, or None when none was sent."""
    if details is None:
        return None
    return {
        "destination": _member(details, "Destination", str),
        "medium": _member(details, "DeliveryMedium", str),
        "attribute": _member(details, "AttributeName", str),
    }


def _email_in(id_token: str) -> str | None:
    """Return the email that an ID token fresh from Cognito claims, for comparison."""
    try:
        email = strict.json_object(strict.base64url(id_token.split(".")[1])).get("email")
    except (ValueError, IndexError):
        return None
    return email.casefold() if isinstance(email, str) else None
