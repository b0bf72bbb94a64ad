"""Call Cognito's API: boto3 makes and reads the messages, `transport` sends them.

All operations used are public ones (`authtype: none` in botocore's model): no AWS credentials are
needed, looked up or sent.
"""

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any, NamedTuple

import boto3
from botocore import UNSIGNED, xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app import strict
from app.cognito import transport
from app.cognito.answers import Json
from app.cognito.refusals import translate
from app.errors import UpstreamError
from app.logs import silence_debug
from app.settings import ENDPOINT_RULE, Settings, SettingsError, is_confidential
from app.version import VERSION

# The deadline of one operation. With KEYS_SECONDS a request stays under 10 s. Only a refresh with
# another user's email makes two calls, and it needs no keys.
SECONDS = 6.0
MAX_ANSWER_BYTES = 1_000_000
KEYS_SECONDS = 3.0
MAX_KEYS_BYTES = 150_000  # API Gateway's own limit for a key set

# Operations that only read: they may be sent again after the connection was lost.
REPLAYABLE = {
    "GetDevice",
    "GetUser",
    "GetUserAuthFactors",
    "ListDevices",
    "ListUserSessions",
    "ListWebAuthnCredentials",
}


class Caller(NamedTuple):
    """What this API passes on to Cognito about the client of a request."""

    ip: str | None  # threat protection assesses the address
    device_fingerprint: str | None = None  # from AWS's script for browsers
    client_metadata: Mapping[str, str] | None = None  # for the pool's Lambda triggers

    def members(self) -> Json:
        """Return the members UserContextData and ClientMetadata; one without content is None."""
        context = {"IpAddress": self.ip, "EncodedData": self.device_fingerprint}
        known = {name: value for name, value in context.items() if value is not None}
        return {"UserContextData": known or None, "ClientMetadata": self.client_metadata}


class CognitoClient:
    """The public operations of one user pool, for one app client."""

    def __init__(self, settings: Settings) -> None:
        self._client_id = settings.client_id
        self._client_secret = settings.client_secret
        self._client = _unsigned_client(settings.region)
        self.endpoint: str = self._client.meta.endpoint_url.rstrip("/")
        if not (settings.allow_http_endpoint or is_confidential(self.endpoint)):
            # It comes from AWS's configuration file: Settings checked the environment.
            raise SettingsError(f"Settings malformed: AWS_ENDPOINT_URL ({ENDPOINT_RULE}).")
        self.keys_url = f"{self.endpoint}/{settings.user_pool_id}/.well-known/jwks.json"

    def call(self, operation: str, caller: Caller | None = None, /, **members: Any) -> Json:
        """Call an operation and return the members of its answer, by Cognito's names.

        Members that are None are left out. The caller's members are sent where the operation
        takes them.
        Raises CognitoRefused, InsufficientScope, ServerMisconfigured or one of the Upstream errors.
        """
        model = self._client.meta.service_model.operation_model(operation)
        if caller:
            taken = model.input_shape.members
            members |= {name: v for name, v in caller.members().items() if name in taken}
        request = {name: value for name, value in members.items() if value is not None}
        try:
            answer: Json = getattr(self._client, xform_name(operation))(**request)
        except ClientError as error:
            # from None: the ClientError's text is Cognito's and may quote the request.
            raise translate(operation, error, request) from None
        except (BotoCoreError, AttributeError, TypeError, ValueError, RecursionError) as error:
            # botocore's parser raises many kinds of errors for an answer of the wrong shape.
            raise UpstreamError("Cognito's answer cannot be read.", cause=operation) from error
        answer.pop("ResponseMetadata", None)
        if model.output_shape and not _fits(answer, model.output_shape):
            raise UpstreamError("Cognito's answer cannot be read.", cause=f"{operation}: its shape")
        return answer

    def call_as_client(
        self, operation: str, caller: Caller | None = None, /, **members: Any
    ) -> Json:
        """Call an operation that takes the app client's id."""
        return self.call(operation, caller, ClientId=self._client_id, **members)

    def call_with_secret(
        self, operation: str, caller: Caller | None = None, /, **members: Any
    ) -> Json:
        """Call an operation that takes the app client's id and secret."""
        return self.call_as_client(operation, caller, ClientSecret=self._client_secret, **members)

    def call_for_user(
        self, operation: str, username: str, caller: Caller | None = None, /, **members: Any
    ) -> Json:
        """Call an operation that takes a username and its secret hash."""
        return self.call_as_client(
            operation, caller, Username=username, SecretHash=self.secret_hash(username), **members
        )

    def secret_hash(self, username: str) -> str:
        """Return base64(HMAC-SHA256(client secret, username + client id)).

        https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html#cognito-user-pools-computing-secret-hash
        """
        message = (username + self._client_id).encode()
        digest = hmac.digest(self._client_secret.encode(), message, "sha256")
        return base64.b64encode(digest).decode()

    def signing_keys(self) -> bytes:
        """Return the pool's JSON Web Key Set (RFC 7517), from the endpoint that boto3 uses.

        Raises one of the Upstream errors.
        """
        answer = transport.send(
            "GET",
            self.keys_url,
            headers={"Accept": "application/json"},
            body=None,
            seconds=KEYS_SECONDS,
            limit=MAX_KEYS_BYTES,
            replayable=True,
        )
        if answer.status != 200:
            cause = f"{answer.status} for the key set at {transport.origin(self.keys_url)}"
            raise UpstreamError("The pool's signing keys cannot be read.", cause=cause)
        return answer.body


def _unsigned_client(region: str) -> Any:
    try:
        client = boto3.session.Session().client(
            "cognito-idp",
            region_name=region,
            config=Config(
                signature_version=UNSIGNED,
                user_agent=f"cognito-auth-api/{VERSION}",  # botocore builds its own each time
                # _send has its own; these limit what botocore might do without it.
                connect_timeout=transport.CONNECT_SECONDS,
                read_timeout=SECONDS,
                retries={"mode": "standard", "total_max_attempts": 1},
                parameter_validation=False,  # the document's schemas are stricter
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
    """Send the request that botocore prepared.

    botocore does not send a request itself once a handler of this event returns an answer.
    Raises ValueError for a status below 400 other than 200, and for a 200 whose body is not a
    JSON object.
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
    # botocore alone would read a status below 300 without JSON as a success without members. AWS
    # documents 200, with a JSON object or, where an operation has no output, with no body.
    if answer.status != 200 and answer.status < 400:
        raise ValueError(f"status {answer.status}")
    if answer.status == 200 and answer.body:
        strict.json_object(answer.body)
    raw = SimpleNamespace(stream=lambda: [answer.body])
    return AWSResponse(request.url, answer.status, answer.headers, raw)


_PYTHON = {"string": str, "boolean": bool, "integer": int, "timestamp": datetime}


def _fits(value: object, shape: Any) -> bool:
    """Tell whether an answer fits botocore's output shape; botocore itself does not check it."""
    if shape.type_name == "structure":
        return isinstance(value, dict) and all(
            _fits(value[name], member) if name in value else name not in shape.required_members
            for name, member in shape.members.items()
        )
    if shape.type_name == "list":
        return isinstance(value, list) and all(_fits(item, shape.member) for item in value)
    if shape.type_name == "map":
        return isinstance(value, dict) and all(_fits(v, shape.value) for v in value.values())
    return type(value) is _PYTHON.get(shape.type_name, type(value))
