"""Cognito's answers in the API's own words: tokens, challenges, deliveries, and all others."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from botocore import xform_name

from app import strict
from app.errors import UpstreamError

T = TypeVar("T")
Json = dict[str, Any]
LoggedIn = tuple[Json, int]  # tokens and 200, or a challenge and 202


def member(answer: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """Return a member without which the answer is none, whatever botocore's model says."""
    value = answer.get(name)
    if type(value) is not kind:  # a bool is not an int here
        raise UpstreamError("Cognito's answer cannot be read.", cause=f"no {name} in it")
    return value


def plain(answer: Json) -> Json:
    """Return an answer with its names in snake case and its times in ISO 8601, in UTC."""
    return {xform_name(name): _plain(value) for name, value in answer.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return plain(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    # botocore reads times in the time zone of the machine.
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def tokens(result: Json) -> Json:
    """Return the tokens of an AuthenticationResult."""
    issued = {
        "access_token": member(result, "AccessToken", str),
        "id_token": member(result, "IdToken", str),
        "refresh_token": member(result, "RefreshToken", str),
        "expires_in": member(result, "ExpiresIn", int),
        "token_type": member(result, "TokenType", str),
    }
    if device := result.get("NewDeviceMetadata"):
        issued["new_device_metadata"] = plain(device)
    return issued


def tokens_or_challenge(answer: Json, username: str) -> LoggedIn:
    """Return tokens and 200, or what Cognito asks for and 202."""
    if not answer.get("ChallengeName"):
        return tokens(member(answer, "AuthenticationResult", dict)), 200
    parameters = answer.get("ChallengeParameters", {})
    challenge = {
        "challenge": answer["ChallengeName"],
        "session": answer.get("Session"),
        # The name that the answer to the challenge has to use: in pools that sign in by email it
        # is not the email.
        "username": parameters.get("USER_ID_FOR_SRP") or parameters.get("USERNAME") or username,
        "parameters": parameters,
    }
    if "AvailableChallenges" in answer:
        challenge["available_challenges"] = answer["AvailableChallenges"]
    return challenge, 202


def code_delivery(answer: Json) -> Json:
    """Say where a code went; `code_delivery` is None when none was sent."""
    details = answer.get("CodeDeliveryDetails")
    return {
        "code_delivery": details
        and {
            "destination": member(details, "Destination", str),
            "medium": member(details, "DeliveryMedium", str),
            "attribute": member(details, "AttributeName", str),
        }
    }


def email_in(id_token: str) -> str | None:
    """Return the email that an ID token fresh from Cognito claims, for comparison."""
    try:
        email = strict.json_object(strict.base64url(id_token.split(".")[1])).get("email")
    except (ValueError, IndexError):
        return None
    return email.casefold() if isinstance(email, str) else None
