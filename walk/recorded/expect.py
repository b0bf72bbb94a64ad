"""Expectations: each says how an answer differs from the one that was recorded."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from walk.recorded.scene import Scene
from walk.recorded.wire import ABSENT, HttpAnswer

Expectation = Callable[[Scene, HttpAnswer], list[str]]


@dataclass(frozen=True)
class Form:
    """What a value looks like that is new in every answer."""

    name: str
    pattern: str

    def fits(self, value: Any) -> bool:
        """Say whether a value has this form; numbers are matched as they are written."""
        text = value if isinstance(value, str) else json.dumps(value)
        return re.fullmatch(self.pattern, text, re.DOTALL) is not None


TOKEN = Form("a signed token", r"[\w-]+\.[\w-]+\.[\w-]+")
REFRESH_TOKEN = Form("a refresh token", r"[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+")
SESSION = Form("a Session of 20 to 4096 characters", r"[\w+/=-]{20,4096}")
UUID = Form("a UUID", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SECONDS = Form("seconds since 1970 with at most three decimals", r"\d{10}(\.\d{1,3})?")
POOL_ID = Form("a pool id", r"[a-z]{2}(-[a-z]+)+-\d_[0-9A-Za-z]{9}")
CLIENT_ID = Form("25 or 26 of [0-9a-v]", r"[0-9a-v]{25,26}")
SALT = Form("hex without leading zeros", r"[1-9a-f][0-9a-f]{25,31}")
SRP_B = Form("hex of up to 768 digits", r"[1-9a-f][0-9a-f]{759,767}")
BASE64 = Form("base64", r"[0-9A-Za-z+/]+={0,2}")
ANY_TEXT = Form("a text", r".+")


def refused(name: str, message: "str | Form | None") -> Expectation:
    """Expect a 400 whose body is `__type` and `message`, and nothing else; None: no message."""
    body: dict[str, Any] = {"__type": name}
    if message is not None:
        body["message"] = message
    return _exactly(400, body)


def invalid(message: str) -> Expectation:
    """Expect InvalidParameterException."""
    return refused("InvalidParameterException", message)


def denied(message: str | None) -> Expectation:
    """Expect NotAuthorizedException; None: without a message."""
    return refused("NotAuthorizedException", message)


def answered(members: Mapping[str, Any]) -> Expectation:
    """Expect a 200 with these members and no others."""
    return _exactly(200, members)


def _exactly(status: int, members: Mapping[str, Any]) -> Expectation:
    def expectation(scene: Scene, answer: HttpAnswer) -> list[str]:
        differences = status_is(status, answer)
        return differences + compare("", scene.fill(members), answer.json)

    return expectation


def includes(members: Mapping[str, Any], absent: tuple[str, ...] = ()) -> Expectation:
    """Expect a 200 with at least these members (paths such as `UserPool.Arn`), and some absent."""

    def expectation(scene: Scene, answer: HttpAnswer) -> list[str]:
        differences = status_is(200, answer)
        for path, expected in members.items():
            actual = answer.part(path)
            differences += compare(path, scene.fill(expected), actual)
        return differences + [
            f"{path} is there" for path in absent if answer.part(path) is not ABSENT
        ]

    return expectation


def empty(scene: Scene, answer: HttpAnswer) -> list[str]:
    """Expect a 200 without a body."""
    return status_is(200, answer) + (
        [f"body {_short(answer.body.decode())}"] if answer.body else []
    )


NOTHING = answered({})


def tokens(refresh: bool = True, parameters: bool = True, result: Any = None) -> Expectation:
    """Expect tokens: with a refresh token, and with the empty ChallengeParameters, or without."""
    members = {
        "AccessToken": TOKEN,
        "ExpiresIn": 3600,
        "IdToken": TOKEN,
        "TokenType": "Bearer",
        **({"RefreshToken": REFRESH_TOKEN} if refresh else {}),
        **(result or {}),
    }
    return answered(
        {
            "AuthenticationResult": members,
            **({"ChallengeParameters": {}} if parameters else {}),
        }
    )


def attributes(*pairs: tuple[str, Any]) -> list[dict[str, Any]]:
    """Return attributes as Cognito lists them."""
    return [{"Name": name, "Value": value} for name, value in pairs]


def claims(token: str, names: str) -> Expectation:
    """Expect a 200, and a token kept under a name to have these claims, in this order."""

    def expectation(scene: Scene, answer: HttpAnswer) -> list[str]:
        if answer.status != 200 or token not in scene.names:
            return [f"status {answer.status}, or there is no {token} token"]
        actual = list(claims_of(scene[token]))
        expected = names.split()
        if actual == expected:
            return []
        extra = [name for name in actual if name not in expected]
        missing = [name for name in expected if name not in actual]
        if extra or missing:
            return [f"{token} token: without {missing}, with {extra} besides"]
        return [f"{token} token: claims in the order {' '.join(actual)}"]

    return expectation


def holds(fact: str, predicate: Callable[[Scene], bool]) -> Expectation:
    """Expect a 200, and a relation between what was kept, which `fact` says in words."""

    def expectation(scene: Scene, answer: HttpAnswer) -> list[str]:
        try:
            true = predicate(scene)
        except (KeyError, TypeError) as missing:
            return [f"not true: {fact} ({missing})"]
        return status_is(200, answer) + ([] if true else [f"not true: {fact}"])

    return expectation


def modified(created: str, last_modified: str, later: bool = True) -> Expectation:
    """Expect the second of two dates (their paths) to be later than the first, or the same."""

    def expectation(scene: Scene, answer: HttpAnswer) -> list[str]:
        moved = answer.part(last_modified) != answer.part(created)
        return [] if moved == later else [f"{last_modified} {'moved' if moved else 'stayed'}"]

    return expectation


def header(name: str, value: "str | Form") -> Expectation:
    """Expect a response header."""

    def expectation(scene: Scene, answer: HttpAnswer) -> list[str]:
        return compare(f"header {name}", scene.fill(value), answer.headers.get(name))

    return expectation


def claims_of(token: str) -> dict[str, Any]:
    """Return the claims of a token, in wire order and unverified."""
    decoded: dict[str, Any] = json.loads(_base64url(token.split(".")[1]))
    return decoded


def header_of(token: str) -> str:
    """Return the header of a token as it is written."""
    return _base64url(token.split(".")[0]).decode()


def envelope(answer: HttpAnswer) -> list[str]:
    """Say what is not as Cognito writes it: compact JSON, members sorted, dates as 1.79E9."""
    if not answer.body:
        return []
    text = answer.body.decode()
    value = answer.json
    if value is None:
        return ["the body is no JSON"]
    differences = []
    if _spaced(text):
        differences.append("the JSON is not compact")
    if not _sorted(value):
        differences.append("members are not in order")
    plain = re.findall(r'"(?:\w*Date|CreatedAt)":(\d[^,}]*)', text)
    differences += [
        f"date written {date}" for date in plain if not re.fullmatch(r"\d\.\d{1,12}E9", date)
    ]
    return differences


def compare(path: str, expected: Any, actual: Any) -> list[str]:
    """Return a line for each place where a value differs from an expected one."""
    where = path or "body"
    if actual is ABSENT:
        return [f"{where} is absent"]
    if isinstance(expected, Form):
        fits = expected.fits(actual)
        return [] if fits else [f"{where} is {_short(actual)}, not {expected.name}"]
    if isinstance(expected, Mapping) and isinstance(actual, dict):
        differences = []
        for name in expected.keys() | actual.keys():
            below = f"{path}.{name}" if path else name
            if name not in expected:
                differences.append(f"{below} is there: {_short(actual[name])}")
            else:
                differences += compare(below, expected[name], actual.get(name, ABSENT))
        return sorted(differences)
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [
            line
            for index, pair in enumerate(zip(expected, actual, strict=True))
            for line in compare(f"{path}[{index}]", *pair)
        ]
    same = type(expected) is type(actual) and expected == actual
    return [] if same else [f"{where} is {_short(actual)}, not {_short(expected)}"]


def status_is(expected: int, answer: HttpAnswer) -> list[str]:
    """Return how a status differs from the expected one."""
    return [] if answer.status == expected else [f"status {answer.status}, not {expected}"]


def _spaced(text: str) -> bool:
    outside_strings = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)
    return re.search(r"\s", outside_strings) is not None


def _sorted(value: Any) -> bool:
    if isinstance(value, dict):
        names = list(value)
        if names[:1] == ["__type"]:
            return names[1:] in ([], ["message"], ["Message"])
        return names == sorted(names) and all(map(_sorted, value.values()))
    return all(map(_sorted, value)) if isinstance(value, list) else True


def _base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _short(value: Any) -> str:
    text = json.dumps(value, default=repr, ensure_ascii=False)
    return text if len(text) <= 160 else f"{text[:160]}…"
