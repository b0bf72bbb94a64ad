"""A wrong body or query is answered with 400, before Cognito is asked anything.

The tables are built from the spec, so that they hold for every operation it will ever have.
"""

import http.client
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from tests.support.keys import EMAIL
from tests.support.routes import WITH_A_BODY
from tests.support.upstream import Upstream

LIMIT, JSON, FORM = 64 * 1024, "application/json", "application/x-www-form-urlencoded"
LOGIN = {"email": EMAIL, "password": "Str0ngP@ssw0rd!"}

POSTS = {route.url: route for route in WITH_A_BODY.values() if route.method == "POST"}
EXAMPLES = {url: route.body or {} for url, route in POSTS.items()}
SCHEMAS = {url: route.schema for url, route in POSTS.items()}


class Field(NamedTuple):
    """A member of the body that a path takes."""

    path: str
    name: str
    rule: dict[str, Any]

    def body(self, value: object) -> dict[str, Any]:
        return EXAMPLES[self.path] | {self.name: value}

    def text(self, length: int) -> str:
        """Make a string of this length that is good in every other respect."""
        start = "a@" if "@" in self.rule.get("pattern", "") else ""
        return start.ljust(length, "a")[:length]

    def is_free(self) -> bool:
        """Tell whether only its length limits what the string may be."""
        sizes = (max(self.rule.get("minLength", 0), 1), self.rule["maxLength"])
        texts = [self.text(size) for size in sizes]
        free = all(re.fullmatch(self.rule.get("pattern", ".*"), text) for text in texts)
        return free and self.name != "challenge"  # code knows its values


FIELDS = [Field(path, *pair) for path in SCHEMAS for pair in SCHEMAS[path]["properties"].items()]
STRINGS = [f for f in FIELDS if f.rule["type"] == "string" and "enum" not in f.rule]
NEEDY = [path for path in SCHEMAS if {"required", "minProperties"} & SCHEMAS[path].keys()]
each_path = pytest.mark.parametrize("path", EXAMPLES)
each_needy_path = pytest.mark.parametrize("path", NEEDY)
each_string = pytest.mark.parametrize("field", STRINGS, ids=lambda field: " ".join(field[:2]))
each_free_string = pytest.mark.parametrize(
    "field", [f for f in STRINGS if f.is_free()], ids=lambda field: " ".join(field[:2])
)
Refused = Callable[..., Any]


@pytest.fixture
def refused(user: FlaskClient, upstream: Upstream) -> Refused:
    """Give a function that posts what has to be refused, and returns the answer's body."""

    def post(path: str, **request: Any) -> Any:
        before = upstream.count("cognito")
        response = user.post(path, **request)
        assert response.status_code == 400
        assert upstream.count("cognito") == before
        return response.json

    return post


def problems(part: str = "body", **fields: str) -> dict[str, Any]:
    """Return the answer that lists these problems."""
    count = "1 problem" if len(fields) == 1 else f"{len(fields)} problems"
    return {"error": "InvalidRequest", "message": f"The {part} has {count}.", "fields": fields}


class TestFields:
    @each_path
    def test_the_example_is_accepted(
        self, user: FlaskClient, upstream: Upstream, path: str
    ) -> None:
        assert user.post(path, json=EXAMPLES[path]).status_code == 200
        assert upstream.count("token" if "hosted" in path else "cognito") == 1
        assert upstream.violations == []

    @each_needy_path
    def test_nothing_at_all(self, refused: Refused, path: str) -> None:
        schema = SCHEMAS[path]
        needed = dict.fromkeys(schema.get("required", ()), "is required")
        if "minProperties" in schema:
            needed |= dict.fromkeys(schema["properties"], "at least one of these is required")
            needed.pop("client_metadata", None)  # goes along with one of these

        assert refused(path, json={}) == problems(**needed)
        assert refused(path, json={"unknown": "x"}) == problems(**needed)

    @each_free_string
    def test_a_field_is_missing(self, user: FlaskClient, refused: Refused, field: Field) -> None:
        body = {name: value for name, value in field.body("").items() if name != field.name}

        if field.name in SCHEMAS[field.path].get("required", ()):
            assert refused(field.path, json=body) == problems(**{field.name: "is required"})
        else:
            assert user.post(field.path, json=field.body(field.text(30))).status_code == 200

    @pytest.mark.parametrize(
        "value", [None, True, 0, 1.5, 10**30, [], ["a"], {}, {"a": 1}], ids=str
    )
    @each_string
    def test_a_field_is_not_a_string(self, refused: Refused, field: Field, value: object) -> None:
        if value is None and field.rule.get("nullable"):
            return

        expected = problems(**{field.name: "must be a string"})
        assert refused(field.path, json=field.body(value)) == expected

    @each_free_string
    def test_a_field_is_too_long(
        self, user: FlaskClient, upstream: Upstream, refused: Refused, field: Field
    ) -> None:
        limit = field.rule["maxLength"]

        longest = user.post(field.path, json=field.body(field.text(limit)))
        assert longest.status_code == 200
        assert upstream.violations == [], "Cognito takes no more than its model says"
        expected = problems(**{field.name: f"must have at most {limit} characters"})
        assert refused(field.path, json=field.body(field.text(limit + 1))) == expected

    @each_free_string
    def test_a_field_is_too_short(
        self, user: FlaskClient, upstream: Upstream, refused: Refused, field: Field
    ) -> None:
        limit = field.rule.get("minLength", 0)

        shortest = user.post(field.path, json=field.body(field.text(limit)))
        assert shortest.status_code == 200
        assert upstream.violations == [], "Cognito takes no less than its model says"
        if limit > 0:
            expected = problems(**{field.name: "is empty"})
            assert refused(field.path, json=field.body("")) == expected
        if limit > 1:
            text = field.text(limit - 1)
            fits = re.fullmatch(field.rule.get("pattern", ".*"), text)
            short = f"must have at least {limit} characters"
            expected = problems(**{field.name: short if fits else field.rule["x-problem"]})
            assert refused(field.path, json=field.body(text)) == expected

    @pytest.mark.parametrize(
        "email", ["a.b", "@ab", "ab@", "a@@b", "a@b@c", " a@b", "a@b\n", "a\0@b"]
    )
    def test_an_email_has_the_wrong_form(self, refused: Refused, email: str) -> None:
        expected = problems(email="must be an email address such as name@example.com")
        assert refused("/auth/forgot-password", json={"email": email}) == expected

    @pytest.mark.parametrize(
        "code", ["123 456", " 123456", "123456\n", "1\u00a0", "1\x85", "\ufeff1"]
    )
    def test_a_code_has_the_wrong_form(self, refused: Refused, code: str) -> None:
        expected = problems(code="must not contain spaces")
        assert refused("/auth/confirm", json={"email": EMAIL, "code": code}) == expected

    @pytest.mark.parametrize("token", ["a b", "a.b.c\n", "ä", "a+b", "a/b", "a%2eb", "a,b", '"a"'])
    def test_a_refresh_token_has_the_wrong_form(self, refused: Refused, token: str) -> None:
        expected = problems(refresh_token="must be a token as Cognito issued it")
        assert refused("/auth/refresh", json={"email": EMAIL, "refresh_token": token}) == expected

    def test_all_problems_are_listed_at_once(self, refused: Refused) -> None:
        body = {"email": "jane", "new_password": 1}

        assert refused("/auth/reset-password", json=body) == problems(
            email="must be an email address such as name@example.com",
            code="is required",
            new_password="must be a string",
        )

    @each_path
    def test_unknown_members_are_ignored(
        self, user: FlaskClient, upstream: Upstream, path: str
    ) -> None:
        unknown = {"ClientId": "x", "__proto__": {"a": 1}, "": None, "sub": True, "n": 1e99}

        user.post(path, json=EXAMPLES[path])
        user.post(path, json=unknown | EXAMPLES[path])

        plain, with_more = upstream.calls("token" if "hosted" in path else "cognito")
        assert (with_more.json, with_more.form) == (plain.json, plain.form)

    def test_members_in_the_query_are_ignored(self, refused: Refused) -> None:
        answer = refused("/auth/login", json={}, query_string=LOGIN)

        assert answer == problems(email="is required", password="is required")

    def test_a_bad_value_is_not_quoted(self, user: FlaskClient) -> None:
        """It may be a password in the wrong place."""
        for field in FIELDS:
            for value in ("CANARY " * 400, {"CANARY": "CANARY"}, ["CANARY"], "CANARY\n@"):
                response = user.post(field.path, json=field.body(value))
                if response.status_code == 200:  # good after all: an authenticator's label
                    continue
                assert "CANARY" not in f"{response.headers}{response.text}"


DOCUMENTS = {
    "nothing": b"",
    "half": b'{"email": "jane@example.com", "password": "Str0ng',
    "garbage after": b"{} x",
    "a form": b"email=jane%40example.com&password=Str0ng",
    "null": b"null",
    "true": b"true",
    "a number": b"1",
    "a string": b'"email"',
    "an array": b'[{"email": "jane@example.com"}]',
    "pairs": b'[["email", "jane@example.com"]]',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": [Infinity]}',
    "-Infinity": b'{"a": {"b": -Infinity}}',
    "1e999": b'{"a": 1e999}',
    "-1e999": b'{"a": -1e999}',
    "400 digits": b'{"a": 1%b}' % (b"0" * 400),
    "60,000 digits": b'{"a": -%b}' % (b"9" * 60_000),
    "a member twice": b'{"email": "a@example.com", "email": "a@example.com"}',
    "a member twice, once escaped": rb'{"email": "a@example.com", "\u0065mail": "b@example.com"}',
    "a member twice, deeper": b'{"a": [{"b": 1, "b": 2}]}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": json.dumps(LOGIN).encode("utf-16"),
    "UTF-16LE": json.dumps(LOGIN).encode("utf-16-le"),
    "UTF-32": json.dumps(LOGIN).encode("utf-32"),
    "Latin-1": '{"email": "jane@example.com", "password": "ä"}'.encode("latin-1"),
    "an overlong encoding": b'{"a": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"a": "\xed\xa0\x80"}',
    "a lone high surrogate": rb'{"email": "\ud800@example.com"}',
    "a lone low surrogate": rb'{"password": "\udfff"}',
    "surrogates the wrong way round": rb'{"a": ["\udc00\ud83d"]}',
    "a lone surrogate in a name": rb'{"\ud800": 1}',
    "a raw newline": b'{"password": "a\nb"}',
    "a raw NUL": b'{"password": "a\x00b"}',
    "33 levels": b'{"a": %b%b}' % (b"[" * 32, b"]" * 32),
    "33 levels of objects": b'{"a": ' * 33 + b"1" + b"}" * 33,
    "20,000 levels": b'{"a": %b' % (b"[" * 20_000),
    "60,000 brackets": b"[" * 60_000,
}


class TestDocuments:
    @pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
    @each_path
    def test_that_are_not_one_json_object(
        self, refused: Refused, path: str, document: bytes
    ) -> None:
        if not document and path not in NEEDY:  # nothing is needed, so nothing is wrong
            return
        answer = refused(path, data=document, content_type=JSON)

        assert answer == {
            "error": "InvalidRequest",
            "message": "The body must be one JSON object in UTF-8, each member named once.",
        }

    @pytest.mark.parametrize(
        "more",
        [
            b'"a": %b%b' % (b"[" * 31, b"]" * 31),
            b'"a": "%b"' % (b"[" * 5000),
            b'"a": [%b]' % b",".join([b"{}"] * 1000),
            b'"a": 1' + b"0" * 300,
            b'"a": 1e308',
            rb'"a": "\ud83d\ude00"',
        ],
        ids=lambda more: more[:20],
    )
    def test_at_the_limit_are_accepted(
        self, user: FlaskClient, upstream: Upstream, more: bytes
    ) -> None:
        body = json.dumps(LOGIN).encode().removesuffix(b"}") + b", " + more + b"}\n "

        response = user.post("/auth/login", data=body, content_type=JSON)

        assert response.status_code == 200

    @pytest.mark.parametrize(
        "content_type", [None, "json", "text/plain", "text/json", FORM, "a, b"]
    )
    @each_path
    def test_that_are_not_said_to_be_json(
        self, refused: Refused, path: str, content_type: str | None
    ) -> None:
        """A page of another origin can send these without asking first (no CORS preflight)."""
        answer = refused(path, data=json.dumps(EXAMPLES[path]), content_type=content_type)

        assert answer == {
            "error": "InvalidRequest",
            "message": "Send the body as JSON, with Content-Type: application/json.",
        }

    @pytest.mark.parametrize(
        "content_type", [f"{JSON}; charset=UTF-8", JSON.upper(), "application/x+json"]
    )
    def test_that_are_said_to_be_json_in_other_words(
        self, user: FlaskClient, upstream: Upstream, content_type: str
    ) -> None:
        response = user.post("/auth/login", data=json.dumps(LOGIN), content_type=content_type)

        assert response.status_code == 200

    @each_path
    def test_that_are_bad_are_not_quoted(self, user: FlaskClient, path: str) -> None:
        for body in (
            b'{"CANARY": CANARY}',
            b'{"CANARY": "CANARY", "CANARY": "CANARY"}',
            b'"CANARY"',
            b'{"a": "CANARY\xff"}',
            b'{"CANARY": "CANARY"}',
            b'["CANARY"' + b" " * 70_000,
        ):
            response = user.post(path, data=body, content_type=JSON)
            assert response.status_code in (400, 413) or path not in NEEDY
            assert "CANARY" not in f"{response.headers}{response.text}"


@pytest.fixture(scope="module")
def port(app: Flask) -> Iterator[int]:
    """Serve the API over real HTTP, where a body can come without a length."""
    with make_server("127.0.0.1", 0, app) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server.port
        server.shutdown()
        thread.join()


class TestSize:
    """64 kB, with a length and in chunks."""

    def post(self, port: int, body: bytes | Iterator[bytes], **headers: str) -> tuple[int, Any]:
        headers |= {"Content-Type": JSON}
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request("POST", "/auth/login", body, headers)
            response = connection.getresponse()
            return response.status, json.load(response)

    def login(self, size: int, chunked: bool) -> bytes | Iterator[bytes]:
        body = json.dumps(LOGIN).encode().ljust(size)
        return (body[at : at + 5000] for at in range(0, size, 5000)) if chunked else body

    @pytest.mark.parametrize("size", [1000, LIMIT - 1])
    @pytest.mark.parametrize("chunked", [False, True])
    def test_a_body_that_fits(
        self, port: int, upstream: Upstream, size: int, chunked: bool
    ) -> None:
        assert self.post(port, self.login(size, chunked))[0] == 200

    @pytest.mark.parametrize("size", [LIMIT + 1, 1_000_000])
    @pytest.mark.parametrize("chunked", [False, True])
    def test_a_body_that_does_not(
        self, port: int, upstream: Upstream, size: int, chunked: bool
    ) -> None:
        assert self.post(port, self.login(size, chunked)) == (
            413,
            {"error": "PayloadTooLarge", "message": "The body is larger than 64 kB."},
        )
        assert upstream.count("cognito") == 0

    @pytest.mark.parametrize("body", [b"zz\r\n{}\r\n0\r\n\r\n", b"-5\r\n{}\r\n0\r\n\r\n"])
    def test_a_broken_chunk(self, port: int, upstream: Upstream, body: bytes) -> None:
        status, answer = self.post(port, body, **{"Transfer-Encoding": "chunked"})

        assert (status, answer["error"]) == (400, "InvalidRequest")
