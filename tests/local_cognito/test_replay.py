"""Replaying rows: what differs is said, nothing is left behind, and no mail is sent by mistake."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest
from botocore.credentials import Credentials
from requests.structures import CaseInsensitiveDict

from tests.support.local_cognito import Cognito, run_cognito
from tests.support.project import ROOT
from walk.recorded.endpoints import LocalClock, at_url, local_cognito, stand_in
from walk.recorded.expect import (
    UUID,
    answered,
    claims,
    compare,
    empty,
    envelope,
    header,
    includes,
    modified,
    refused,
)
from walk.recorded.given import (
    client,
    confirmed,
    invited,
    mails,
    new_name,
    password_sign_in,
    pool,
    wait,
)
from walk.recorded.replay import DIFFERENT, NOT_REPLAYED, NOT_SET_UP, SAME, replaying
from walk.recorded.row import Row
from walk.recorded.rows import SUBJECTS
from walk.recorded.rows.pools import described
from walk.recorded.scene import Scene, call
from walk.recorded.wire import (
    CannotReplayError,
    ClosedOutbox,
    Endpoint,
    HttpAnswer,
    RealClock,
)

NOWHERE = Endpoint(
    "nowhere", "http://127.0.0.1:1", "us-east-1", Credentials("a", "b"), RealClock(), ClosedOutbox()
)


def answer(body: Any, status: int = 200, **headers: str) -> HttpAnswer:
    """Return an answer; a body that is no bytes is written as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
    return HttpAnswer(status, CaseInsensitiveDict(headers), data)


@pytest.mark.parametrize(
    ("expected", "actual", "differences"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, ["a is 2, not 1"]),
        ({"a": 1}, {"a": "1"}, ['a is "1", not 1']),
        ({"a": False}, {"a": 0}, ["a is 0, not false"]),
        ({"a": 1}, {}, ["a is absent"]),
        ({}, {"a": 1}, ["a is there: 1"]),
        ({"a": None}, {}, ["a is absent"]),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, ["a.b[1] is 3, not 2"]),
        ({"a": [1]}, {"a": [1, 2]}, ["a is [1, 2], not [1]"]),
        ({"a": [1, 2]}, {"a": [2, 1]}, ["a[0] is 2, not 1", "a[1] is 1, not 2"]),
        ({"a": UUID}, {"a": "0b8ea4a8-30a1-4a5e-8f0e-6d1f9a3a3a3a"}, []),
        ({"a": UUID}, {"a": "0b8ea4a8"}, ['a is "0b8ea4a8", not a UUID']),
        ({"a": UUID}, {"a": None}, ["a is null, not a UUID"]),
        ({}, None, ["body is null, not {}"]),
        ({}, [], ["body is [], not {}"]),
    ],
)
def test_compare_names_each_difference(
    expected: object, actual: object, differences: list[str]
) -> None:
    """A value of another type, a member too many or too few, and an order are differences."""
    assert compare("", expected, actual) == differences


@pytest.mark.parametrize(
    ("expectation", "wrong"),
    [
        (refused("A", "m"), answer({"__type": "A", "message": "m"}, status=200)),
        (refused("A", "m"), answer({"__type": "B", "message": "m"}, status=400)),
        (refused("A", "m"), answer({"__type": "A", "message": "m."}, status=400)),
        (refused("A", "m"), answer({"__type": "A"}, status=400)),
        (refused("A", None), answer({"__type": "A", "message": ""}, status=400)),
        (answered({}), answer({}, status=400)),
        (answered({}), answer(b"")),
        (empty, answer({})),
        (empty, answer(b"", status=400)),
        (includes({"A.B": 1}), answer({"A": {}})),
        (includes({}, absent=("A.B",)), answer({"A": {"B": None}})),
        (modified("A", "B"), answer({"A": 1, "B": 1})),
        (modified("A", "B", later=False), answer({"A": 1, "B": 2})),
        (header("X-A", "b"), answer({})),
        (claims("access", "sub iss"), answer({})),
        (described(), answer({"__type": "A", "message": "m"}, status=400)),
    ],
)
def test_an_expectation_can_fail(
    expectation: Callable[[Scene, HttpAnswer], list[str]], wrong: HttpAnswer
) -> None:
    """Each kind of expectation finds the answer that it is there to find."""
    assert expectation(Scene(NOWHERE, {}, []), wrong) != []


@pytest.mark.parametrize(
    ("body", "differences"),
    [
        (b'{"A":1,"B":"a b"}', []),
        (b'{"A": 1}', ["the JSON is not compact"]),
        (b'{"A":1}\n', ["the JSON is not compact"]),
        (b'{"B":1,"A":1}', ["members are not in order"]),
        (b'{"A":[{"B":1,"A":1}]}', ["members are not in order"]),
        (b'{"__type":"A","message":"b"}', []),
        (b'{"message":"b","__type":"A"}', ["members are not in order"]),
        (b'{"CreationDate":1.790257792556E9}', []),
        (b'{"CreationDate":1790257792.556}', ["date written 1790257792.556"]),
        (b"", []),
        (b"<html>", ["the body is no JSON"]),
    ],
)
def test_envelope_names_each_difference(body: bytes, differences: list[str]) -> None:
    """White space, order and dates are seen in the bytes."""
    assert envelope(answer(body)) == differences


@pytest.fixture
def like_aws(cognito: Cognito) -> Endpoint:
    """Give the local Cognito as an endpoint whose clock and mails are out of reach."""
    return stand_in("like AWS", cognito.url, cognito.region, *cognito.key_pair)


def test_nothing_is_left_behind_and_no_mail_is_sent(
    like_aws: Endpoint, cognito: Cognito, admin: Any
) -> None:
    """What is replayed on AWS has to be gone afterwards, and to have bothered nobody."""
    pools_before = admin.list_user_pools(MaxResults=60)["UserPools"]
    rows = [
        row
        for rows in SUBJECTS.values()
        for row in rows
        if row.name.startswith(("FL/", "LOG/create", "ADM/alias"))
    ]
    with replaying(like_aws) as replayer:
        outcomes = [replayer.play(row) for row in rows]
        assert admin.list_user_pools(MaxResults=60)["UserPools"] != pools_before
    assert {outcome.verdict for outcome in outcomes} == {SAME, NOT_REPLAYED}
    assert admin.list_user_pools(MaxResults=60)["UserPools"] == pools_before
    assert cognito.messages("fixture@example.com") == []


def test_a_pool_is_deleted_after_an_interruption_too(like_aws: Endpoint, admin: Any) -> None:
    """Ctrl-C ends the replay, not the cleaning up."""
    pools_before = admin.list_user_pools(MaxResults=60)["UserPools"]
    row = Row("made up", pool(fresh=True), call("DescribeUserPool"), answered({}))
    with pytest.raises(KeyboardInterrupt), replaying(like_aws) as replayer:
        replayer.play(row)
        raise KeyboardInterrupt
    assert admin.list_user_pools(MaxResults=60)["UserPools"] == pools_before


@pytest.mark.parametrize(
    ("row", "verdict", "details"),
    [
        (
            Row("a failing precondition", call("GetUser", {}), call("GetUser"), empty),
            NOT_SET_UP,
            "GetUser answered ",
        ),
        (
            Row("a name that no answer gave", (), call("GetUser", {"AccessToken": "$a"}), empty),
            NOT_SET_UP,
            "no answer gave 'a'",
        ),
        (
            Row("a long wait", wait(3_600), call("GetUser"), empty),
            NOT_REPLAYED,
            "it would take 3600 s: this clock cannot be moved",
        ),
        (Row("a mail", mails, call("GetUser"), empty), NOT_REPLAYED, "it sends a mail or a text"),
        (
            Row("another answer", (pool(), client(), new_name()), password_sign_in(), empty),
            DIFFERENT,
            "status 400, not 200",
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Row) else "",
)
def test_a_row_that_is_not_as_recorded_says_why(
    like_aws: Endpoint, row: Row, verdict: str, details: str
) -> None:
    """A difference is told apart from a precondition that failed or cannot be had."""
    with replaying(like_aws) as replayer:
        outcome = replayer.play(row)
    assert outcome.verdict == verdict
    assert outcome.details[0].startswith(details)


def test_what_is_said_of_an_answer_has_no_token_and_no_account(like_aws: Endpoint) -> None:
    """The output of a replay on AWS is made to be shown to others."""
    given = (pool(), client(), confirmed())
    with replaying(like_aws) as replayer:
        sign_in = replayer.play(Row("made up", given, password_sign_in(), empty))
        describe = call("DescribeUserPool", {"UserPoolId": "$pool"})
        settings = replayer.play(Row("made up", pool(), describe, answered({})))
    assert "<token>" in str(sign_in.details)
    assert "eyJ" not in str(sign_in.details)
    assert ":<account>:" in str(settings.details)
    assert ":000000000000:" not in str(settings.details)


def test_an_endpoint_that_does_not_answer_is_a_difference() -> None:
    """A server that is not there gives no answer, and no stack."""
    row = Row("made up", (), call("GetUser", {"AccessToken": "a"}), empty)
    with replaying(NOWHERE) as replayer:
        assert replayer.play(row).verdict == DIFFERENT


def test_the_clock_of_the_local_cognito_moves(cognito: Cognito) -> None:
    """Rows about expiry do not sleep."""
    clock = local_cognito(cognito.url, cognito.region, *cognito.key_pair).clock
    before = clock.now()
    clock.pass_time(100)
    assert 100 <= clock.now() - before < 130


def test_a_code_that_was_never_sent_cannot_be_read(cognito: Cognito) -> None:
    """A row that waits for a code says so."""
    outbox = local_cognito(cognito.url, cognito.region, *cognito.key_pair).outbox
    with pytest.raises(CannotReplayError, match="no code was sent to nobody@example.com"):
        outbox.code_for("nobody@example.com")


def command(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run `python -m walk.recorded`."""
    return subprocess.run(
        [sys.executable, "-B", "-m", "walk.recorded", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_command_prints_each_row_and_a_table(cognito: Cognito) -> None:
    """A running local Cognito, and one whose key pair is not known, beside each other."""
    key_id, secret = cognito.key_pair
    with run_cognito() as stranger:
        result = command(
            *(cognito.url, stranger.url, "--only=LOG/protected-describe-un"),
            AWS_ACCESS_KEY_ID=key_id,
            AWS_SECRET_ACCESS_KEY=secret,
        )
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert "  same          LOG/protected-describe-unsigned" in lines
    assert "  not set up    LOG/protected-describe-unsigned" in lines
    assert lines[-4:] == [
        f"| Subject | Rows | {cognito.url} | {stranger.url} |",
        "| --- | --- | --- | --- |",
        "| Signatures | 1 | 1 | 0 |",
        "| All | 1 | 1 | 0 |",
    ]


def test_command_gives_json() -> None:
    """For programs that compare endpoints; `local` is started for the purpose."""
    result = command("local", "--only=LOG/protected-describe-un", "--json")
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {
        "local Cognito": [
            {
                "row": "LOG/protected-describe-unsigned",
                "verdict": SAME,
                "details": [],
                "envelope": [],
            }
        ]
    }


@pytest.mark.parametrize(
    ("endpoint", "sentence"),
    [
        ("aws", "AWS needs credentials and a region"),
        ("nowhere", "nowhere is no endpoint"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1 does not answer."),
    ],
)
def test_command_says_what_it_lacks(endpoint: str, sentence: str) -> None:
    """No stack for a setting that is not there."""
    result = command(endpoint, AWS_EC2_METADATA_DISABLED="true")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(sentence)


def test_a_secret_is_sent_to_a_local_cognito_only(
    cognito: Cognito, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Elsewhere the key pair signs, and may be one of AWS."""
    key_id, secret = cognito.key_pair
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    with HTTPServer(("127.0.0.1", 0), NotFound) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        stranger = at_url(f"http://127.0.0.1:{server.server_port}", None)
        server.shutdown()
    assert isinstance(stranger.clock, RealClock)
    assert isinstance(at_url("http://cognito.example", None).clock, RealClock)
    assert isinstance(at_url(cognito.url, None).clock, LocalClock)
    assert NotFound.seen == [None]


class NotFound(BaseHTTPRequestHandler):
    """A server that knows no path, and keeps what authorization it was sent."""

    seen: ClassVar[list[str | None]] = []

    def do_POST(self) -> None:
        """Answer 404."""
        self.seen.append(self.headers["Authorization"])
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


def test_the_documented_table_is_the_one_of_the_tests() -> None:
    """Rows that the suite replays, and those of them that the local Cognito is known to miss."""
    text = (ROOT / "docs" / "fidelity.md").read_text()
    counts = {
        subject: (len(rows), sum(not row.unmet for row in rows))
        for subject, rows in SUBJECTS.items()
    }
    counts["All"] = (
        sum(total for total, _ in counts.values()),
        sum(met for _, met in counts.values()),
    )
    for subject, (total, met) in counts.items():
        assert f"\n| {subject} | {total} | {met} | " in text, subject


def test_invited_users_get_no_mail(like_aws: Endpoint, cognito: Cognito) -> None:
    """The users of preconditions are made without a mail."""
    row = Row(
        "made up", (pool(), invited("user", "pool", ("email", "a@b.example"))), call("X"), empty
    )
    with replaying(like_aws) as replayer:
        replayer.play(row)
    assert cognito.messages("a@b.example") == []
