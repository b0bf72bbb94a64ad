"""Turn Cognito's answers into the API's: snake case, ISO 8601 times, shapes with names."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NotRequired, TypedDict, TypeVar

from botocore import xform_name

from app import strict
from app.errors import UpstreamError

T = TypeVar("T")
Json = dict[str, Any]


class CodeDelivery(TypedDict):
    """Where a code went: a masked address, "EMAIL" or "SMS", and the attribute with the address."""

    destination: str
    medium: str
    attribute: str


class Delivery(TypedDict):
    """Where Cognito sent a code; None where its answer does not say."""

    code_delivery: CodeDelivery | None


class Tokens(TypedDict):
    """The tokens of one login; access and ID token expire in `expires_in` seconds.

    `new_device_metadata` (device_key, device_group_key) comes where the pool tracks devices.
    """

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


class SignedUp(TypedDict):
    """A new user: `user_sub` is the user's id in the pool.

    `ignored` are the names of the attributes that users may not write. `session` leads to the
    first login without a password or another code, where Cognito gives one.
    """

    user_sub: str
    user_confirmed: bool
    code_delivery: CodeDelivery | None
    ignored: NotRequired[list[str]]
    session: NotRequired[str]


class FirstSession(TypedDict, total=False):
    """The session that leads to the first login; absent where Cognito gives none."""

    session: str


class PasskeyOptions(TypedDict):
    """What the browser needs to make a passkey: PublicKeyCredentialCreationOptionsJSON.

    https://www.w3.org/TR/webauthn-3/#dictdef-publickeycredentialcreationoptionsjson
    """

    credential_creation_options: Json


LoggedIn = tuple[Tokens | Challenge, int]  # with the HTTP status: 200 for tokens, else 202


def member(answer: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """Return a required member; raise UpstreamError if it is missing or not exactly a `kind`.

    botocore's model marks some required members as optional.
    """
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
    # botocore gives times in the machine's time zone.
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def tokens(result: Json) -> Tokens:
    """Return the tokens of an answer in snake case; raise UpstreamError if one is missing."""
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
    """Return tokens and 200, or a challenge and 202; raise UpstreamError if there is neither.

    `username` is the name to answer the challenge with, unless Cognito's answer has another.
    """
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


def code_delivery(answer: Json) -> Delivery:
    """Return where a code went; raise UpstreamError if only a part of that is there."""
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
    """Return the email of an ID token that Cognito has just issued, case-folded for comparison.

    None where the token has none or cannot be read; nothing is verified here.
    """
    try:
        email = strict.json_object(strict.base64url(id_token.split(".")[1])).get("email")
    except (ValueError, IndexError):
        return None
    return email.casefold() if isinstance(email, str) else None
