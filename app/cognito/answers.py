"""Cognito's answers in the API's own words: tokens, challenges, deliveries, and all others."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NotRequired, TypedDict, TypeVar

from botocore import xform_name

from app import strict
from app.errors import UpstreamError

T = TypeVar("T")
Json = dict[str, Any]


class CodeDelivery(TypedDict):
    """Where a code went: a masked address, "EMAIL" or "SMS", and the attribute that holds it."""

    destination: str
    medium: str
    attribute: str


class Sent(TypedDict):
    """What became of a code; None when Cognito says nothing of it."""

    code_delivery: CodeDelivery | None


class Tokens(TypedDict):
    """The tokens of one login; `expires_in` counts seconds and is about the first two."""

    access_token: str
    id_token: str
    refresh_token: str
    expires_in: int
    token_type: str
    new_device_metadata: NotRequired[Json]


class Challenge(TypedDict):
    """What Cognito asks for before it gives tokens.

    `username` is the name that the answer to the challenge has to use: in pools that sign in by
    email it is not the email.
    """

    challenge: str
    session: str | None
    username: str
    parameters: dict[str, str]
    available_challenges: NotRequired[list[str]]


LoggedIn = tuple[Tokens | Challenge, int]  # tokens and 200, or a challenge and 202


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


def tokens(result: Json) -> Tokens:
    """Return the tokens among members that are named in snake case."""
    issued: Tokens = {
        "access_token": member(result, "access_token", str),
        "id_token": member(result, "id_token", str),
        "refresh_token": member(result, "refresh_token", str),
        "expires_in": member(result, "expires_in", int),
        "token_type": member(result, "token_type", str),
    }
    if device := result.get("new_device_metadata"):
        issued["new_device_metadata"] = device
    return issued


def tokens_or_challenge(answer: Json, username: str) -> LoggedIn:
    """Return tokens and 200, or what Cognito asks for and 202."""
    if not answer.get("ChallengeName"):
        return tokens(plain(member(answer, "AuthenticationResult", dict))), 200
    parameters = answer.get("ChallengeParameters", {})
    challenge: Challenge = {
        "challenge": answer["ChallengeName"],
        "session": answer.get("Session"),
        "username": parameters.get("USER_ID_FOR_SRP") or parameters.get("USERNAME") or username,
        "parameters": parameters,
    }
    if "AvailableChallenges" in answer:
        challenge["available_challenges"] = answer["AvailableChallenges"]
    return challenge, 202


def code_delivery(answer: Json) -> Sent:
    """Say where a code went."""
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
