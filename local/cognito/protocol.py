"""Cognito's JSON protocol: one `POST /` an operation, named by X-Amz-Target.

Requests and answers follow botocore's service model. The form of the answers was recorded from
AWS: compact JSON, members in alphabetical order, times as Java prints a double.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel

from local.cognito import signatures
from local.cognito.errors import Refused
from local.cognito.operations import OPERATIONS
from local.cognito.server import Call, Json, Server
from local.cognito.validation import validated

log = logging.getLogger(__name__)

TARGET = "AWSCognitoIdentityProviderService."
MODEL = ServiceModel(Loader().load_service_model("cognito-idp", "service-2"), "cognito-idp")
PUBLIC = frozenset(
    name for name in MODEL.operation_names if MODEL.operation_model(name).auth_type == "none"
)


@dataclass(frozen=True)
class Answer:
    """What goes back: a status and a body; `error` and `message` are repeated as headers."""

    status: int
    body: str
    error: str | None = None
    message: str | None = None


def answer(
    server: Server,
    headers: Mapping[str, str],
    body: bytes,
    *,
    ip: str,
    request_id: str,
) -> Answer:
    """Answer one request; the header names are in lower case. A defect is a 500 and is logged."""
    operation = headers.get("x-amz-target", "").removeprefix(TARGET)
    try:
        if operation not in OPERATIONS:
            raise Refused("UnknownOperationException", None)
        if operation not in PUBLIC:
            if "origin" in headers:  # AWS lets browsers call the public operations only
                raise Refused("AccessDeniedException", "Web pages may not call this operation.")
            signatures.check(
                headers,
                body,
                access_key_id=server.access_key_id,
                secret_access_key=server.secret_access_key,
            )
        model = MODEL.operation_model(operation)
        call = Call(
            server,
            operation,
            validated(_json_object(body), model.input_shape),
            request_id,
            ip,
            headers.get("user-agent", ""),
        )
        members, refused = _handle(call)
        if refused:
            raise refused
        if model.output_shape is None:
            return Answer(200, "")
        return Answer(200, written(members or {}, model.output_shape))
    except Refused as error:
        return _refusal(error)
    except Exception:
        log.exception("%s failed (request %s)", operation, request_id)
        return _refusal(Refused("InternalErrorException", "The local Cognito has a defect.", 500))


def _handle(call: Call) -> tuple[Json | None, Refused | None]:
    """Run the operation in a transaction, which a refusal does not undo."""
    with call.store.transaction():
        try:
            return OPERATIONS[call.operation](call), None
        except Refused as error:
            return None, error


def _json_object(body: bytes) -> object:
    try:
        return json.loads(body or b"{}", parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused("SerializationException", "The body is not JSON.") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _refusal(error: Refused) -> Answer:
    members = {"__type": error.name}
    if error.message is not None:
        members["message"] = error.message
    return Answer(error.status, _compact(members), error.name, error.message)


def written(value: Any, shape: Any) -> str:
    """Return an answer's JSON; members that are None are left out."""
    if getattr(shape, "is_document_type", False):
        return _compact(value)
    if shape.type_name == "structure":
        parts = [
            f"{_compact(name)}:{written(value[name], shape.members[name])}"
            for name in sorted(value)
            if value[name] is not None
        ]
        return "{" + ",".join(parts) + "}"
    if shape.type_name == "list":
        return "[" + ",".join(written(item, shape.member) for item in value) + "]"
    if shape.type_name == "timestamp":
        return java_double(value)
    return _compact(value)


def java_double(seconds: float) -> str:
    """Return a time as Java's Double.toString does: 1790257792.556 is 1.790257792556E9."""
    digits = "".join(map(str, Decimal(str(seconds)).normalize().as_tuple().digits))
    exponent = Decimal(str(seconds)).adjusted()
    return f"{digits[0]}.{digits[1:] or '0'}E{exponent}"


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
