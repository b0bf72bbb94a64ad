"""The pool's signing keys: which ones are usable, and when they are fetched."""

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import Any

from jose import jwk
from jose.backends.base import Key
from jose.exceptions import JOSEError

from app import strict
from app.errors import ApiError, InvalidToken, UpstreamError, UpstreamUnavailable

log = logging.getLogger(__name__)

MIN_RSA_BITS = 2048
REFETCH_SECONDS = 10  # least time between two fetches for unknown key ids, as in aws-jwt-verify
MAX_AGE_SECONDS = 24 * 3600  # older keys are fetched anew

NOT_VALID = "The token is not valid."


class KeySet:
    """The pool's signing keys by key id, fetched when first needed.

    Keys that were fetched once stay in use while new ones cannot be had.

    `fetch` returns the key set's bytes or raises an ApiError; `clock` returns seconds.
    """

    def __init__(
        self, fetch: Callable[[], bytes], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: dict[str, Key] = {}
        self._fetched_at = -math.inf
        self._refetched_at = -math.inf
        self._failures = 0

    def key(self, kid: str) -> Key:
        """Return the key of this id; raise InvalidToken, or UpstreamUnavailable without any key."""
        key = self._keys.get(kid)
        if key and self._clock() - self._fetched_at < MAX_AGE_SECONDS:
            return key
        failures = self._failures
        # A thread that has a key does not wait for another thread's refresh.
        if self._lock.acquire(blocking=not key):
            try:
                self._refresh(kid, failures)
            finally:
                self._lock.release()
        if key := self._keys.get(kid):
            return key
        self._require_any()
        raise InvalidToken(NOT_VALID)

    def ready(self) -> None:
        """Fetch the keys if there are none yet; raise UpstreamUnavailable if that fails."""
        failures = self._failures
        if not self._keys:
            with self._lock:
                self._refresh("", failures)
        self._require_any()

    def _require_any(self) -> None:
        if not self._keys:
            raise UpstreamUnavailable("The pool's signing keys cannot be read.", retry_after=10)

    def _refresh(self, kid: str, failures: int) -> None:
        now = self._clock()
        if kid in self._keys and now - self._fetched_at < MAX_AGE_SECONDS:
            return  # fetched while this thread waited
        if not self._keys and self._failures != failures:
            return  # the fetch that this thread waited for failed: do not queue for another
        if self._keys:
            if now - self._refetched_at < REFETCH_SECONDS:
                return
            self._refetched_at = now
        try:
            self._keys = usable_keys(self._fetch())
            self._fetched_at = self._clock()
        except ApiError as error:  # the keys fetched before stay in use
            self._failures += 1
            log.error("Signing keys not fetched: %s %s", error.message, error.cause or "")


def usable_keys(document: bytes) -> dict[str, Key]:
    """Return the keys of a JSON Web Key Set (RFC 7517) that RS256 may use, by key id.

    Keys of other kinds are ignored, and so are keys that share their key id.
    Raises UpstreamError for a set without a usable key.
    """
    try:
        listed = strict.json_object(document)["keys"]
        entries = [entry for entry in listed if isinstance(entry, dict)]
    except (ValueError, KeyError, TypeError) as error:
        raise UpstreamError("The pool's key set is not one.") from error
    kids = [entry.get("kid") for entry in entries]
    keys = {
        entry["kid"]: key
        for entry in entries
        if (key := _usable_key(entry)) and kids.count(entry["kid"]) == 1
    }
    if not keys:
        raise UpstreamError("The pool's key set has no usable key.")
    return keys


def _usable_key(entry: dict[str, Any]) -> Key | None:
    """Return the key of an entry if it is a public RSA key for signatures, else None."""
    try:
        n, e = (int.from_bytes(strict.base64url(entry[member])) for member in ("n", "e"))
        usable = (
            entry["kty"] == "RSA"
            and isinstance(entry["kid"], str)
            and entry.get("use", "sig") == "sig"
            and entry.get("alg", "RS256") == "RS256"
            and "verify" in entry.get("key_ops", ["verify"])
            and n.bit_length() >= MIN_RSA_BITS
            and e >= 3
            and e % 2 == 1
        )
        return jwk.construct({m: entry[m] for m in ("kty", "n", "e")}, "RS256") if usable else None
    except (AttributeError, KeyError, TypeError, ValueError, JOSEError):
        return None
