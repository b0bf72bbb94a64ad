"""One Google login in one browser: state, PKCE verifier and nonce, bound by a signed cookie.

The cookie holds a random seed and nothing else. State, verifier and nonce are derived from it
with the secret key, so that whoever reads the cookie learns none of them, and no server has to
remember a login that is under way.
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

MAX_AGE_SECONDS = 600
REMEMBERED = 10_000  # completed logins, so that a copied cookie cannot complete one again


class Login(NamedTuple):
    """A login under way; all values are unpadded base64url."""

    cookie: str
    state: str
    nonce: str
    code_verifier: str

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
        self._resumed: dict[str, None] = {}  # in order of their coming

    def start(self) -> Login:
        """Begin a login with 256 random bits."""
        key, signer = next(iter(self._signers.items()))
        seed = secrets.token_urlsafe(32)
        return _login(key, seed, signer.sign(seed).decode())

    def resume(self, cookie: str, state: str) -> Login:
        """Return the login that the cookie and the state both name; raise InvalidState."""
        for key, signer in self._signers.items():
            try:
                seed = signer.unsign(cookie, max_age=MAX_AGE_SECONDS).decode()
            except BadData:
                continue
            login = _login(key, seed, cookie)
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


def _login(key: str, seed: str, cookie: str) -> Login:
    state, nonce, verifier = (
        _base64url(hmac.digest(key.encode(), f"login {name} {seed}".encode(), "sha256"))
        for name in ("state", "nonce", "code_verifier")
    )
    return Login(cookie, state, nonce, verifier)


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
