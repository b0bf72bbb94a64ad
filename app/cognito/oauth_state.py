"""A hosted login in progress: state, PKCE verifier and nonce, bound by a signed cookie.

The cookie holds a random seed and, for an app in the browser, the URL to return to and the app's
own state. State, verifier and nonce are derived from the seed with the secret key: somebody who
reads the cookie learns none of them, and no server has to remember a login in progress.
"""

import base64
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from itsdangerous import BadData, TimestampSigner

from app.errors import InvalidState

MAX_AGE_SECONDS = 600  # of a login in progress
# How many completed logins each process remembers, to refuse a copied cookie.
REMEMBERED = 10_000


class AppReturn(NamedTuple):
    """Where a login for an app in the browser ends: a checked URL, and the app's own state."""

    url: str
    state: str | None


class Login(NamedTuple):
    """A login in progress; state, nonce and verifier are unpadded base64url."""

    cookie: str
    state: str
    nonce: str
    code_verifier: str
    app: AppReturn | None  # None: the callback answers with the tokens

    @property
    def code_challenge(self) -> str:
        """The S256 challenge of the verifier (RFC 7636, section 4.2)."""
        return _base64url(hashlib.sha256(self.code_verifier.encode()).digest())


class Logins:
    """Start logins with the first secret key; resume those started with any of them.

    `clock` returns seconds since 1970.
    """

    def __init__(self, secret_keys: Sequence[str], clock: Callable[[], float] = time.time) -> None:
        self._signers = {key: _Signer(key, clock) for key in secret_keys}
        self._lock = threading.Lock()
        self._resumed: dict[str, None] = {}  # the oldest first

    def start(self, app: AppReturn | None) -> Login:
        """Begin a login; 256 random bits are its seed."""
        key, signer = next(iter(self._signers.items()))
        seed = secrets.token_urlsafe(32)
        return _login(key, seed, app, signer.sign(_content(seed, app)).decode())

    def resume(self, cookie: str, state: str) -> Login:
        """Return the login that the cookie and the state both belong to, once.

        Raises InvalidState if they do not, or if the login is too old or resumed already.
        """
        for key, signer in self._signers.items():
            try:
                content = signer.unsign(cookie, max_age=MAX_AGE_SECONDS).decode()
            except BadData:
                continue
            seed, app = _read(content)
            login = _login(key, seed, app, cookie)
            if hmac.compare_digest(login.state.encode(), state.encode()) and self._first(seed):
                return login
        raise InvalidState(
            "This login was not started in this browser, is finished or took over ten minutes; "
            "start again at /auth/google/start."
        )

    def _first(self, seed: str) -> bool:
        """Tell whether this process resumes the login for the first time."""
        with self._lock:
            if seed in self._resumed:
                return False
            if len(self._resumed) >= REMEMBERED:
                del self._resumed[next(iter(self._resumed))]
            self._resumed[seed] = None
            return True


class _Signer(TimestampSigner):
    def __init__(self, key: str, clock: Callable[[], float]) -> None:
        super().__init__(key, salt="google-login", digest_method=hashlib.sha256)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock())


def _content(seed: str, app: AppReturn | None) -> str:
    """Return a cookie's content: seed, return URL and state, the last two as base64url."""
    texts = [text for text in app or () if text is not None]
    return ".".join([seed, *(_base64url(text.encode()) for text in texts)])


def _read(content: str) -> tuple[str, AppReturn | None]:
    """Return the arguments that `_content` got; the signature proves that it wrote this text."""
    seed, *texts = content.split(".")
    url, state = ([*map(_text, texts), None, None])[:2]
    return seed, AppReturn(url, state) if url is not None else None


def _login(key: str, seed: str, app: AppReturn | None, cookie: str) -> Login:
    state, nonce, verifier = (
        _base64url(hmac.digest(key.encode(), f"login {name} {seed}".encode(), "sha256"))
        for name in ("state", "nonce", "code_verifier")
    )
    return Login(cookie, state, nonce, verifier, app)


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _text(encoded: str) -> str:
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
