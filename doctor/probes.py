"""The doctor's requests: they change nothing, send no email and need no AWS credentials.

Each uses a new, random username below `.invalid`, which no email can reach (RFC 2606). Codes and
tokens are made up. Pages are fetched as a browser without cookies would. SignUp is not among the
requests, because it could create a user.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from threading import Thread
from types import MappingProxyType
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from app import strict
from app.cognito import transport
from app.cognito.client import CognitoClient
from app.cognito.keys import usable_keys
from app.cognito.vocabulary import ADMIN_SCOPE, SCOPES
from app.errors import ApiError, UpstreamError, UpstreamTimeout, UpstreamUnavailable
from app.settings import Settings, is_confidential

MAX_ANSWER_BYTES = 2_000_000  # Google's login page is large
FLOWS = ("USER_PASSWORD_AUTH", "USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH")
CALLBACK = "auth/google/callback"
# A part of the redirect URI in the URL of a provider's login page (OpenID Connect).
RETURN = "%2Foauth2%2Fidpresponse"
NO_HEADERS: Mapping[str, str] = MappingProxyType({})

# The scopes to try when the four together are refused, to find which is not allowed. `email` and
# `profile` are also tried with `openid`, because AWS documents that they need it.
SCOPE_SETS = ("openid", ADMIN_SCOPE, "openid email", "openid profile", "email", "profile")


@dataclass(frozen=True)
class Reply:
    """The parts of an answer that checks read; or in `failure`, why there is none."""

    status: int = 0
    error: str = ""  # the name of Cognito's exception or of the OAuth error
    sentence: str = ""  # its message: checks read it and never show it
    location: str = ""
    body: bytes = b""
    skew: float | None = None  # seconds that this machine's clock is ahead
    failure: str = ""  # "unreachable", "late" or "silent"


Question = Callable[[], Iterator[tuple[str, Reply]]]


# Returns the questions to ask next, which may depend on the replies so far.
Round = Callable[[Mapping[str, Reply]], Sequence[Question]]


def ask_all(rounds: Sequence[Round], seconds: float) -> dict[str, Reply]:
    """Ask all questions of a round at once, round after round; return the replies by name.

    Questions without a reply after `seconds` go on in daemon threads, which do not keep the process
    alive. All rounds before the last together get half of the time.
    """
    replies: dict[str, Reply] = {}

    def ask(question: Question) -> None:
        for name, reply in question():
            replies[name] = reply

    start = time.monotonic()
    threads: list[Thread] = []
    for number, questions in enumerate(rounds, 1):
        new = [Thread(target=ask, args=(q,), daemon=True) for q in questions(dict(replies))]
        threads += new
        for thread in new:
            thread.start()
        end = start + (seconds if number == len(rounds) else seconds / 2)
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
    return dict(replies)


def has_usable_keys(reply: Reply) -> bool:
    """Tell whether a reply is a key set with which tokens can be verified."""
    try:
        usable_keys(reply.body)
    except UpstreamError:
        return False
    return reply.status == 200


class CognitoQuestions:
    """The questions to Cognito's API, about the user pool and its app client."""

    def __init__(
        self, settings: Settings, client: CognitoClient, region: str, seconds: float
    ) -> None:
        self._settings = settings
        self._client = client
        self._region = region  # COGNITO_REGION, which may differ from that of the pool
        self._seconds = seconds

    def questions(self) -> list[Question]:
        """Return the questions that send no secret."""
        flows = [self._flow(flow) for flow in FLOWS]
        return [self._keys, self._discovery, self._app_client, *flows]

    def questions_with_secret(self, replies: Mapping[str, Reply]) -> list[Question]:
        """Return the question that sends CLIENT_SECRET, if only the pool's own Cognito receives it.

        A server with the pool's key set is taken for Cognito: it decides which tokens are valid, so
        it gains nothing by the secret.
        """
        is_cognito = "keys" in replies and has_usable_keys(replies["keys"])
        return [self._refresh] if is_cognito and is_confidential(self._client.endpoint) else []

    def _keys(self) -> Iterator[tuple[str, Reply]]:
        url = self._client.keys_url
        yield "keys", _send(self._seconds, "GET", url)
        if self._region != self._settings.region:
            moved = url.replace(self._settings.region, self._region)
            yield "keys in COGNITO_REGION", _send(self._seconds, "GET", moved)

    def _discovery(self) -> Iterator[tuple[str, Reply]]:
        url = self._client.keys_url.removesuffix("jwks.json") + "openid-configuration"
        yield "discovery", _send(self._seconds, "GET", url)

    def _app_client(self) -> Iterator[tuple[str, Reply]]:
        name = _nobody()
        yield (
            "client",
            self._ask(
                "ConfirmForgotPassword",
                Username=name,
                SecretHash=self._client.secret_hash(name),
                ConfirmationCode="000000",
                Password=_password(),
            ),
        )

    def _flow(self, flow: str) -> Question:
        def question() -> Iterator[tuple[str, Reply]]:
            name = _nobody()
            parameters = {"USERNAME": name, "SECRET_HASH": self._client.secret_hash(name)}
            if flow == "USER_PASSWORD_AUTH":
                parameters["PASSWORD"] = _password()
            if flow == "USER_SRP_AUTH":
                parameters["SRP_A"] = secrets.token_hex(256)
            yield flow, self._ask("InitiateAuth", AuthFlow=flow, AuthParameters=parameters)

        return question

    def _refresh(self) -> Iterator[tuple[str, Reply]]:
        secret = self._settings.client_secret
        token = secrets.token_urlsafe(64)
        yield (
            "refresh",
            self._ask("GetTokensFromRefreshToken", RefreshToken=token, ClientSecret=secret),
        )

    def _ask(self, operation: str, **members: object) -> Reply:
        """Call an operation without boto3, because the server may not be Cognito at all."""
        return _send(
            self._seconds,
            "POST",
            f"{self._client.endpoint}/",
            {
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
            },
            json.dumps({"ClientId": self._settings.client_id, **members}).encode(),
        )


class HostedUIQuestions:
    """The questions to the hosted UI, and to Google's login page.

    The token endpoint gets none: it takes the secret, and COGNITO_DOMAIN may be somebody else's.
    """

    def __init__(self, settings: Settings, redirect_uri: str, seconds: float) -> None:
        self._settings = settings
        self._redirect_uri = redirect_uri
        self._seconds = seconds

    def questions(self) -> list[Question]:
        """Return all of them except `google`."""
        return [self._hosted_ui, self._sign_out, self._sign_out_to_apps]

    def _hosted_ui(self) -> Iterator[tuple[str, Reply]]:
        reply = self._authorize(self._redirect_uri, SCOPES)
        yield "authorize", reply
        text = f"{reply.error} {reply.sentence}"
        if "scope" in text:
            for scopes in SCOPE_SETS:
                yield f"scope {scopes}", self._authorize(self._redirect_uri, scopes.split())
        elif "redirect" in text:
            for other in variants(self._redirect_uri):
                yield f"callback {other}", self._authorize(other, SCOPES)

    def google(self) -> Iterator[tuple[str, Reply]]:
        """Ask where a login at Google goes, and fetch the page there.

        Ask it last: ministack answers nothing else while it looks for the provider's endpoints.
        """
        reply = self._authorize(self._redirect_uri, SCOPES, "Google")
        yield "google", reply
        if RETURN in reply.location:
            yield "provider", _send(self._seconds, "GET", reply.location)

    def _authorize(
        self, redirect_uri: str, scopes: Sequence[str], provider: str | None = None
    ) -> Reply:
        """Send the request to which GET /auth/google/start redirects a browser."""
        challenge = hashlib.sha256(secrets.token_bytes()).digest()
        query = {
            **({"identity_provider": provider} if provider else {}),
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(scopes),
            "state": secrets.token_urlsafe(),
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "nonce": secrets.token_urlsafe(),
        }
        return _send(self._seconds, "GET", f"{self._settings.authorize_url}?{urlencode(query)}")

    def _sign_out(self) -> Iterator[tuple[str, Reply]]:
        root = self._redirect_uri.removesuffix(CALLBACK)
        for url in (root, *variants(root)):
            reply = self._log_out(url)
            yield f"sign out {url}", reply
            if reply.location == url:
                return

    def _sign_out_to_apps(self) -> Iterator[tuple[str, Reply]]:
        for url in single_pages(self._settings.return_urls):
            yield f"sign out {url}", self._log_out(url)

    def _log_out(self, url: str) -> Reply:
        """Send the request to which GET /auth/hosted/logout redirects a browser."""
        query = urlencode({"client_id": self._settings.client_id, "logout_uri": url})
        return _send(self._seconds, "GET", f"{self._settings.logout_url}?{query}")


def single_pages(return_urls: Sequence[str]) -> list[str]:
    """Return those of RETURN_URLS that stand for one page each: no others can be asked about."""
    return [url for url in return_urls if not url.endswith("*")]


def variants(uri: str) -> list[str]:
    """Return variants of a URL of the API that people register by mistake."""
    parts = urlsplit(uri)
    other_host = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}.get(parts.hostname or "")
    others = [
        parts._replace(path=parts.path[:-1] if parts.path[-1:] == "/" else f"{parts.path}/"),
        parts._replace(scheme="http" if parts.scheme == "https" else "https"),
    ]
    if other_host:
        port = f":{parts.port}" if parts.port else ""
        others.append(parts._replace(netloc=other_host + port))
    return [urlunsplit(other) for other in others]


def _send(
    seconds: float,
    method: str,
    url: str,
    headers: Mapping[str, str] = NO_HEADERS,
    body: bytes | None = None,
) -> Reply:
    try:
        answer = transport.send(
            method,
            url,
            headers=headers,
            body=body,
            seconds=seconds,
            limit=MAX_ANSWER_BYTES,
            replayable=method == "GET",
        )
        return _read(answer)
    except UpstreamTimeout:
        return Reply(failure="late")
    except UpstreamUnavailable:
        return Reply(failure="unreachable")
    except (ApiError, ValueError):  # ValueError: a redirect to a malformed URL
        return Reply(failure="silent")


def _read(answer: transport.HttpAnswer) -> Reply:
    try:
        members = strict.json_object(answer.body)
    except ValueError:
        members = {}
    location = answer.headers.get("Location", "")
    try:
        query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
    except ValueError:
        location, query = "", {}
    # Errors come in the query of a redirect, as JSON of Cognito's, or as JSON of OAuth's.
    error = query.get("error") or members.get("__type") or members.get("error") or ""
    sentences = (members.get(name) for name in ("message", "Message", "error_description"))
    sentence = query.get("error_description") or next(filter(None, sentences), "")
    return Reply(
        status=answer.status,
        error=str(error).rpartition("#")[2],
        sentence=str(sentence),
        location=location,
        body=answer.body,
        skew=_skew(answer.headers.get("Date", "")),
    )


def _skew(date: str) -> float | None:
    try:
        return time.time() - parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None


def _nobody() -> str:
    return f"{secrets.token_hex(16)}@doctor.invalid"


def _password() -> str:
    return f"aA1!{secrets.token_urlsafe(96)}"  # it fits any password policy
