"""The pool's signing keys: which are used, how often they are fetched, and life without them."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from queue import Queue
from typing import Any, NamedTuple

import pytest
from flask import Flask

from app.cognito.keys import MAX_AGE_SECONDS, KeySet, usable_keys
from app.cognito.operations import Cognito
from app.errors import ApiError, InvalidToken, UpstreamError, UpstreamUnavailable
from tests.support.app import make_app
from tests.support.faults import FAULTS, StubAnswer
from tests.support.keys import Key, b64url, ec_key, make_token, next_key, pool_key, weak_key
from tests.support.upstream import Upstream, closed_port

UNAVAILABLE = {
    "error": "UpstreamUnavailable",
    "message": "The pool's signing keys cannot be read.",
}


def me(app: Flask, key: Key | None = None, **header: str) -> Any:
    token = make_token(key=key, header=header)
    return app.test_client().get("/me", headers={"Authorization": f"Bearer {token}"})


def document(*entries: Any) -> bytes:
    return json.dumps({"keys": entries}).encode()


class Pool:
    """A key endpoint and a clock, both as the test says."""

    def __init__(self, *keys: Key) -> None:
        self.keys = keys
        self.now = 1000.0
        self.fetches = 0
        self.down = False
        self.set = KeySet(self.fetch, clock=lambda: self.now)

    def fetch(self) -> bytes:
        self.fetches += 1
        if self.down:
            raise UpstreamError("Down.")
        return document(*(key.jwk for key in self.keys))

    def knows(self, key: Key | str) -> bool:
        """Tell whether the set has the key, which may take a fetch."""
        try:
            return bool(self.set.key(key if isinstance(key, str) else key.kid))
        except InvalidToken:
            return False


def number(value: int) -> str:
    return b64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


class TestSelection:
    @pytest.mark.parametrize(
        ("changes", "used"),
        [
            ({}, True),
            ({"use": ...}, True),
            ({"use": "enc"}, False),
            ({"use": None}, False),
            ({"use": ["sig"]}, False),
            ({"alg": ...}, True),
            ({"alg": "RS512"}, False),
            ({"alg": "PS256"}, False),
            ({"alg": "none"}, False),
            ({"alg": None}, False),
            ({"key_ops": ["verify"]}, True),
            ({"key_ops": ["encrypt"]}, False),
            ({"key_ops": []}, False),
            ({"key_ops": None}, False),
            ({"kty": ...}, False),
            ({"kty": "EC"}, False),
            ({"kty": "rsa"}, False),
            ({"kty": "oct", "k": "AA"}, False),
            ({"kid": ...}, False),
            ({"kid": None}, False),
            ({"kid": 7}, False),
            ({"kid": ["k"]}, False),
            ({"n": ...}, False),
            ({"n": ""}, False),
            ({"n": 7}, False),
            ({"n": None}, False),
            ({"n": "not base64url!"}, False),
            ({"n": number(2**2047 + 1)}, True),
            ({"n": number(2**2047 - 1)}, False),
            ({"n": number(2**1023 + 1)}, False),
            ({"e": ...}, False),
            ({"e": number(1)}, False),
            ({"e": number(2)}, False),
            ({"e": number(3)}, True),
            ({"e": number(65536)}, False),
            ({"e": number(2**2100 + 1)}, False),
            ({"e": "AQAB="}, False),
            ({"x5c": ["AA"], "x5u": "http://elsewhere.example", "unknown": {}}, True),
        ],
        ids=lambda value: str(value)[:50],
    )
    def test_key_is_used_if_it_is_for_rs256(self, changes: dict[str, Any], used: bool) -> None:
        entry = {**pool_key().jwk, **changes}
        entry = {name: value for name, value in entry.items() if value is not ...}
        kids = usable_keys(document(entry, next_key().jwk)).keys()

        assert kids == {next_key().kid} | ({pool_key().kid} if used else set())

    @pytest.mark.parametrize("other", [None, 7, "kid", [], ["kid"], {}, {"kty": "new", "kid": {}}])
    def test_entry_of_any_kind_does_no_harm_to_the_others(
        self, upstream: Upstream, other: Any
    ) -> None:
        upstream.keys = [other, ec_key().jwk, pool_key().jwk, weak_key().jwk]

        assert me(make_app(upstream)).status_code == 200

    @pytest.mark.parametrize("twin", [pool_key, next_key, ec_key], ids=lambda key: key.__name__)
    def test_key_id_listed_twice_names_no_key(self, upstream: Upstream, twin: Any) -> None:
        upstream.keys = [pool_key().jwk, next_key().jwk, {**twin().jwk, "kid": pool_key().kid}]
        app = make_app(upstream)

        assert me(app).status_code == 401
        assert me(app, next_key()).status_code == 200

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"{}",
            b'{"keys":null}',
            b'{"keys":7}',
            b'{"keys":"kid"}',
            b'{"keys":{"kid":"k"}}',
            b'{"keys":[]}',
            document(weak_key().jwk, ec_key().jwk),
            document(pool_key().jwk)[:-1] + b',"keys":[]}',
            document(pool_key().jwk).decode().encode("utf-16"),
        ],
        ids=lambda body: str(body[:20]),
    )
    def test_document_without_a_usable_key_is_an_error(self, body: bytes) -> None:
        with pytest.raises(UpstreamError):
            usable_keys(body)


class TestFetching:
    def test_thousand_good_tokens_cost_one_fetch(self, upstream: Upstream) -> None:
        app = make_app(upstream)
        api = app.test_client()
        bearer = {"Authorization": f"Bearer {make_token()}"}
        statuses = {api.get("/me", headers=bearer).status_code for _ in range(1000)}

        assert statuses == {200}
        assert [request.path for request in upstream.requests] == [
            "/us-east-1_TestPool1/.well-known/jwks.json"
        ]
        assert "Authorization" not in upstream.requests[0].headers

    def test_new_key_is_found_and_an_old_one_forgotten(self, upstream: Upstream) -> None:
        app = make_app(upstream)
        assert me(app).status_code == 200
        upstream.keys = [next_key().jwk]

        assert me(app).status_code == 200
        assert me(app, next_key()).status_code == 200
        assert me(app).status_code == 401
        assert upstream.count("jwks") == 2

    def test_random_key_ids_cost_one_fetch_and_no_good_token(self, upstream: Upstream) -> None:
        app = make_app(upstream)
        for i in range(100):
            assert me(app, kid=f"random {i}").status_code == 401
            assert me(app).status_code == 200

        assert upstream.count("jwks") == 2

    def test_random_key_ids_cost_one_fetch_in_ten_seconds(self) -> None:
        pool = Pool(pool_key())
        assert pool.knows(pool_key())
        fetches = []
        for pool.now in (1000, 1005, 1009.999, 1010, 1015, 1019.999, 1020):
            for i in range(100):
                assert not pool.knows(f"random {i}")
                assert pool.knows(pool_key())
            fetches.append(pool.fetches)

        assert fetches == [2, 2, 2, 3, 3, 3, 4]

    def test_key_is_found_ten_seconds_after_a_random_key_id(self) -> None:
        pool = Pool(pool_key())
        assert pool.knows(pool_key())
        assert not pool.knows("random")
        pool.keys = (pool_key(), next_key())

        pool.now += 9.999
        assert not pool.knows(next_key())
        pool.now += 0.001
        assert pool.knows(next_key())

    def test_cold_requests_at_once_share_one_fetch(self, upstream: Upstream) -> None:
        upstream.latency = 0.3
        app = make_app(upstream)
        with ThreadPoolExecutor(20) as callers:
            calls = [callers.submit(me, app) for _ in range(20)]

        assert {call.result().status_code for call in calls} == {200}
        assert upstream.count("jwks") == 1

    def test_cold_requests_at_once_share_a_failure(self, upstream: Upstream) -> None:
        """A dead endpoint must not make callers wait one after the other."""
        upstream.latency = 0.3
        upstream.misbehaves("jwks", "503")
        app = make_app(upstream)
        with ThreadPoolExecutor(20) as callers:
            calls = [callers.submit(me, app) for _ in range(20)]

        assert {call.result().status_code for call in calls} == {503}
        assert upstream.count("jwks") <= 3  # a straggler may come after the failure

    def test_keys_are_fetched_anew_after_a_day(self) -> None:
        pool = Pool(pool_key(), next_key())
        assert pool.knows(pool_key())
        pool.keys = (pool_key(),)

        pool.now += MAX_AGE_SECONDS - 0.001
        assert pool.knows(next_key())
        assert pool.fetches == 1
        pool.now += 0.001
        assert not pool.knows(next_key())
        assert pool.knows(pool_key())
        assert pool.fetches == 2
        assert MAX_AGE_SECONDS == 24 * 60 * 60

    def test_old_keys_stay_in_use_while_new_ones_cannot_be_had(self) -> None:
        pool = Pool(pool_key())
        assert pool.knows(pool_key())
        pool.now += 10 * MAX_AGE_SECONDS
        pool.down = True
        fetches = []
        for _ in range(4):
            assert pool.knows(pool_key())
            assert not pool.knows(next_key())
            fetches.append(pool.fetches)
            pool.now += 5
        pool.down = False
        pool.keys = (next_key(),)

        assert fetches == [2, 2, 3, 3]
        assert pool.knows(next_key())
        assert not pool.knows(pool_key())

    def test_known_key_is_not_kept_waiting_by_a_refresh(self) -> None:
        pool = Pool(pool_key())
        fetching, go_on = threading.Event(), threading.Event()

        def slow() -> bytes:
            if fetches := pool.fetches:
                fetching.set()
                go_on.wait(10)
            pool.fetches = fetches + 1
            return document(pool_key().jwk)

        keys = KeySet(slow, clock=lambda: pool.now)
        keys.key(pool_key().kid)
        pool.now += MAX_AGE_SECONDS
        with ThreadPoolExecutor(1) as refresher:
            refreshed = refresher.submit(keys.key, pool_key().kid)
            assert fetching.wait(10)
            assert keys.key(pool_key().kid)
            assert not refreshed.done()
            go_on.set()
        assert refreshed.result()


class TestAnswer:
    @pytest.mark.parametrize(("size", "status"), [(150_000, 200), (150_001, 503)])
    def test_key_set_may_have_150_kb(self, upstream: Upstream, size: int, status: int) -> None:
        upstream.answers("jwks", StubAnswer(200, document(pool_key().jwk).ljust(size)))

        assert me(make_app(upstream)).status_code == status

    @pytest.mark.parametrize("status", [201, 203, 206, 400, 500])
    def test_key_set_of_another_status_than_200_is_none(
        self, upstream: Upstream, status: int
    ) -> None:
        upstream.answers("jwks", StubAnswer(status, {"keys": [pool_key().jwk]}))

        assert me(make_app(upstream)).status_code == 503

    def test_no_key_endpoint_at_all(self) -> None:
        with closed_port() as url:
            response = me(make_app(url))

        assert response.status_code == 503
        assert response.json == UNAVAILABLE
        assert response.headers["Retry-After"] == "10"


class Seen(NamedTuple):
    """What callers saw of an endpoint that fails, works, and fails again."""

    cold: ApiError | None
    recovered: bool
    known: bool
    unknown: bool
    still_known: bool
    slowest: float
    elsewhere: int


def live_through(fault: str, pools: Queue[tuple[Upstream, Cognito]]) -> Seen:
    upstream, cognito = pools.get()
    upstream.keys = [pool_key().jwk]
    keys, slowest, cold = KeySet(cognito.signing_keys), 0.0, None

    def knows(kid: str) -> bool:
        nonlocal slowest, cold
        started = time.monotonic()
        try:
            return bool(keys.key(kid))
        except UpstreamUnavailable as error:
            cold = error
        except InvalidToken:
            pass
        finally:
            slowest = max(slowest, time.monotonic() - started)
        return False

    upstream.misbehaves("jwks", fault)
    knows(pool_key().kid)
    upstream.answers("jwks", None)
    recovered = knows(pool_key().kid)
    upstream.misbehaves("jwks", fault)
    later = [knows(kid) for kid in (pool_key().kid, "unknown", pool_key().kid)]
    seen = Seen(cold, recovered, *later, slowest, len(upstream.elsewhere.requests))
    upstream.reset()
    pools.put((upstream, cognito))
    return seen


@pytest.fixture(scope="module")
def lives() -> Iterator[dict[str, Future[Seen]]]:
    """Live through all faults, several at once: some of them take seconds."""
    pools: Queue[tuple[Upstream, Cognito]] = Queue()
    with ExitStack() as stack:
        for _ in range(8):
            upstream = stack.enter_context(Upstream())
            pools.put((upstream, make_app(upstream).extensions["services"].cognito))
        threads = stack.enter_context(ThreadPoolExecutor(8))
        yield {fault: threads.submit(live_through, fault, pools) for fault in FAULTS}


@pytest.mark.parametrize("fault", FAULTS)
def test_broken_key_endpoint_takes_no_known_key_away(
    lives: dict[str, Future[Seen]], fault: str
) -> None:
    seen = lives[fault].result()

    assert seen.cold is not None
    assert (seen.cold.status, seen.cold.headers) == (503, {"Retry-After": "10"})
    assert seen.recovered
    assert (seen.known, seen.unknown, seen.still_known) == (True, False, True)
    assert seen.slowest < 10
    assert seen.elsewhere == 0
