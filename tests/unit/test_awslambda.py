"""The Lambda adapter, event by event: what the app sees of a request, and what AWS gets back."""

import copy
import json
import logging
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode
from wsgiref.types import StartResponse, WSGIEnvironment

import flask
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.awslambda import make_handler
from tests.support.lambda_events import (
    ALB_HOST,
    REST_HOST,
    URL_HOST,
    Event,
    MakeEvent,
    grouped,
    make_alb_event,
    make_function_url_event,
    make_v1_event,
    make_v2_event,
)

PNG = b"\x89PNG\r\n\x1a\n\0"


class App:
    """A WSGI app that records its requests and gives the answer that a test sets."""

    def __init__(self) -> None:
        self.status = "200 OK"
        self.headers: list[tuple[str, str]] = [("Content-Type", "text/plain")]
        self.body = b"Hi\n"
        self.handler = make_handler(self)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.environ = environ
        self.received = environ["wsgi.input"].read()
        start_response(self.status, self.headers)
        return BytesIO(self.body)

    def sees(self, event: Event, *keys: str) -> Any:
        """Handle the event; return the environ's values of these keys."""
        response = self.handler(event, None)
        assert response["statusCode"] == 200, response
        seen = [self.environ.get(key) for key in keys]
        return seen[0] if len(seen) == 1 else tuple(seen)


@pytest.fixture
def app() -> App:
    return App()


KINDS: list[MakeEvent] = [make_v1_event, make_v2_event, make_function_url_event, make_alb_event]
every_kind = pytest.mark.parametrize("make_event", KINDS)


class TestRestApi:
    def test_get(self, app: App) -> None:
        response = app.handler(make_v1_event(path="/auth/me"), "the context")

        assert response == {
            "statusCode": 200,
            "headers": {"Content-Type": "text/plain"},
            "multiValueHeaders": {},
            "body": "Hi\n",
            "isBase64Encoded": False,
        }
        assert app.environ["awsgi.context"] == "the context"

    def test_is_asked_for_nothing_compressed(self, app: App) -> None:
        """It would hand bytes on as base64 text; an HTTP API and the others do not."""
        headers = [("Accept-Encoding", "gzip")]

        assert app.sees(make_v1_event(headers=headers), "HTTP_ACCEPT_ENCODING") is None
        for event in (
            make_v1_event(headers=headers, version="1.0"),
            make_v2_event(headers=headers),
            make_alb_event(headers=headers),
        ):
            assert app.sees(event, "HTTP_ACCEPT_ENCODING") == "gzip"

    def test_environ(self, app: App) -> None:
        event = make_v1_event(
            method="POST",
            path="/caf%C3%A9/a%2Fb",
            headers=[("Content-Type", "application/json"), ("Host", "attacker.example")],
            query=[("a", "1 + 1"), ("b", "x"), ("a", "&/ü")],
            body='{"ü": 1}',
        )

        app.handler(event, None)

        assert app.received == '{"ü": 1}'.encode()
        app.environ.pop("wsgi.input")
        app.environ.pop("wsgi.errors")
        assert app.environ == {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "/Prod",
            "PATH_INFO": "/caf\xc3\xa9/a/b",
            "QUERY_STRING": "a=1+%2B+1&a=%26%2F%C3%BC&b=x",
            "REMOTE_ADDR": "192.0.2.1",
            "SERVER_NAME": REST_HOST,
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": "9",
            "HTTP": "on",
            "HTTP_HOST": REST_HOST,
            "HTTP_CONTENT_TYPE": "application/json",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https",
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "awsgi.event": event,
            "awsgi.context": None,
        }

    def test_set_cookies(self, app: App) -> None:
        app.headers = [("Set-Cookie", "a=1"), ("set-cookie", "b=2"), ("Content-Type", "text/html")]

        assert app.handler(make_v1_event(), None) == {
            "statusCode": 200,
            "headers": {"Content-Type": "text/html"},
            "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
            "body": "Hi\n",
            "isBase64Encoded": False,
        }

    @pytest.mark.parametrize(
        ("deviations", "expected"),
        [
            pytest.param({"path": "/a/b"}, ("/Prod", "/a/b"), id="stage"),
            pytest.param({"path": "/"}, ("/Prod", "/"), id="stage, root"),
            pytest.param(
                {"path": "/", "whole_path": "/Prod"}, ("/Prod", "/"), id="stage, no final slash"
            ),
            pytest.param({"path": "", "whole_path": "/Prod"}, ("/Prod", "/"), id="stage, no path"),
            pytest.param({"path": "/Prod/a"}, ("/Prod", "/Prod/a"), id="path begins like stage"),
            pytest.param(
                {"path": "/a", "whole_path": ""}, ("/Prod", "/a"), id="nothing but the stage's name"
            ),
            pytest.param(
                {"path": "/Prod/a", "whole_path": ""},
                ("/Prod", "/Prod/a"),
                id="path begins like stage, nothing but the stage's name",
            ),
            pytest.param({"path": "/a", "host": "localhost:4566"}, ("/Prod", "/a"), id="emulator"),
            pytest.param(
                {"path": "/a", "host": "api.example.com", "whole_path": "/a"},
                ("", "/a"),
                id="custom domain",
            ),
            pytest.param(
                {
                    "path": "/v1/auth/a/b/",
                    "proxy": "a/b",
                    "host": "api.example.com",
                    "whole_path": "/v1/auth/a/b/",
                },
                ("/v1/auth", "/a/b/"),
                id="base path before a proxy resource",
            ),
            pytest.param(
                {
                    "path": "/v1/apidocs",
                    "resource": "/apidocs",
                    "host": "api.example.com",
                    "whole_path": "/v1/apidocs",
                },
                ("/v1", "/apidocs"),
                id="base path before a fixed resource",
            ),
            pytest.param(
                {
                    "path": "/v1",
                    "resource": "/",
                    "host": "api.example.com",
                    "whole_path": "/v1",
                },
                ("/v1", "/"),
                id="base path, root",
            ),
            pytest.param(
                {
                    "path": "/v1/caf%C3%A9",
                    "proxy": "café",
                    "host": "api.example.com",
                    "whole_path": "/v1/caf%C3%A9",
                },
                ("/v1", "/caf\xc3\xa9"),
                id="base path, the rest encoded",
            ),
            pytest.param(
                {
                    "path": "/Prod/a",
                    "proxy": "a",
                    "host": "api.example.com",
                    "whole_path": "/Prod/a",
                },
                ("/Prod", "/a"),
                id="base path like the stage",
            ),
            pytest.param(
                {
                    "path": "/v1/a",
                    "host": "api.example.com",
                    "whole_path": "/v1/a",
                    "pathParameters": None,
                },
                ("", "/v1/a"),
                id="custom domain, unknown parameter",
            ),
            pytest.param(
                {
                    "path": "/v%201/a",
                    "proxy": "a",
                    "host": "api.example.com",
                    "whole_path": "/v%201/a",
                },
                ("", "/v 1/a"),
                id="nothing encoded is a base path",
            ),
            pytest.param(
                {
                    "path": "//evil.example/a",
                    "proxy": "a",
                    "host": "api.example.com",
                    "whole_path": "//evil.example/a",
                },
                ("", "//evil.example/a"),
                id="no other host is a base path",
            ),
            pytest.param(
                {"path": "/a", "whole_path": "/a", "host": "testPrefix.testDomainName"},
                ("", "/a"),
                id="API Gateway's test console",
            ),
        ],
    )
    def test_mount(self, app: App, deviations: Event, expected: Any) -> None:
        event = make_v1_event(**deviations)

        assert app.sees(event, "SCRIPT_NAME", "PATH_INFO") == expected

    def test_header_in_one_form_only(self, app: App) -> None:
        event = make_v1_event(headers=[("X-Both", "1"), ("X-Both", "2")])
        event["headers"]["Host"] = "api.example.com"
        del event["requestContext"]["domainName"]

        assert app.sees(event, "HTTP_X_BOTH", "HTTP_HOST") == ("1,2", "api.example.com")

    def test_repeated_cookie_header(self, app: App) -> None:
        event = make_v1_event(headers=[("Cookie", "a=1"), ("Cookie", "b=2")])

        assert app.sees(event, "HTTP_COOKIE") == "a=1; b=2"

    def test_nulls(self, app: App) -> None:
        """The test console and hand-made events leave most of an event out or null."""
        nulls = dict.fromkeys(make_v1_event(), None) | {"httpMethod": "GET", "path": "/"}

        assert app.sees(nulls, "PATH_INFO", "SERVER_NAME", "HTTP_HOST") == ("/", "localhost", None)


class TestHttpApiPayload1:
    """An HTTP API's payload 1.0 is a REST API's event, except for what is tested here."""

    @pytest.mark.parametrize(
        ("stage", "path", "expected"),
        [
            pytest.param("$default", "/a", ("", "/a"), id="default stage"),
            pytest.param("Prod", "/Prod/a", ("/Prod", "/a"), id="stage in the path"),
            pytest.param("Prod", "/Production", ("/Prod", "/Production"), id="no whole segment"),
        ],
    )
    def test_mount(self, app: App, stage: str, path: str, expected: Any) -> None:
        event = make_v1_event(
            version="1.0", resource="$default", stage=stage, path=path, whole_path=path
        )

        assert app.sees(event, "SCRIPT_NAME", "PATH_INFO") == expected

    def test_source_ip_as_in_payload_2(self, app: App) -> None:
        event = make_v1_event(version="1.0")
        event["requestContext"]["http"] = {"sourceIp": "192.0.2.7"}
        del event["requestContext"]["identity"]

        assert app.sees(event, "REMOTE_ADDR") == "192.0.2.7"


class TestHttpApi:
    def test_get(self, app: App) -> None:
        assert app.handler(make_v2_event(), None) == {
            "statusCode": 200,
            "headers": {"content-type": "text/plain"},
            "cookies": [],
            "body": "Hi\n",
            "isBase64Encoded": False,
        }

    def test_environ(self, app: App) -> None:
        event = make_v2_event(
            method="PUT",
            path="/café/%252F",
            query="a=1+%2B&b=%2f&a=&c",
            cookies=["a=1", "b=ü"],
            headers=[("content-type", "text/plain"), ("x-a", "1"), ("x-a", "2")],
            body=b64encode(PNG).decode(),
            binary=True,
        )

        app.handler(event, None)

        assert app.received == PNG
        app.environ.pop("wsgi.input")
        app.environ.pop("wsgi.errors")
        assert app.environ == {
            "REQUEST_METHOD": "PUT",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/caf\xc3\xa9/%2F",
            "QUERY_STRING": "a=1+%2B&b=%2f&a=&c",
            "REMOTE_ADDR": "192.0.2.1",
            "SERVER_NAME": REST_HOST,
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_TYPE": "text/plain",
            "CONTENT_LENGTH": "9",
            "HTTP": "on",
            "HTTP_HOST": REST_HOST,
            "HTTP_CONTENT_TYPE": "text/plain",
            "HTTP_COOKIE": "a=1; b=\xc3\xbc",
            "HTTP_X_A": "1,2",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https",
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "awsgi.event": event,
            "awsgi.context": None,
        }

    def test_repeated_response_headers(self, app: App) -> None:
        app.headers = [
            ("set-cookie", "a=1"),
            ("Vary", "Origin"),
            ("Set-Cookie", "b=2"),
            ("vary", "Cookie"),
            ("Content-Type", "application/json"),
        ]

        assert app.handler(make_v2_event(), None) == {
            "statusCode": 200,
            "headers": {"vary": "Origin,Cookie", "content-type": "application/json"},
            "cookies": ["a=1", "b=2"],
            "body": "Hi\n",
            "isBase64Encoded": False,
        }

    @pytest.mark.parametrize(
        ("deviations", "expected"),
        [
            pytest.param({"path": "/a/b"}, ("", "/a/b"), id="default stage"),
            pytest.param({"path": "/prod/a/", "stage": "prod"}, ("/prod", "/a/"), id="stage"),
            pytest.param({"path": "/prod", "stage": "prod"}, ("/prod", "/"), id="stage, root"),
            pytest.param(
                {"path": "/production", "stage": "prod"}, ("/prod", "/production"), id="similar"
            ),
            pytest.param({"path": "/a", "stage": "prod"}, ("/prod", "/a"), id="emulators omit it"),
            pytest.param(
                {"path": "/prod/a", "stage": "prod", "host": "abc123.execute-api.localhost:4566"},
                ("/prod", "/a"),
                id="emulator's host",
            ),
            pytest.param({"path": "/a", "host": "api.example.com"}, ("", "/a"), id="custom domain"),
            pytest.param(
                {"path": "/prod/a", "stage": "prod", "host": "api.example.com"},
                ("", "/a"),
                id="custom domain, stage in the path only",
            ),
            pytest.param(
                {
                    "path": "/v1/a",
                    "host": "api.example.com",
                    "route": "ANY /{proxy+}",
                    "pathParameters": {"proxy": "a"},
                },
                ("/v1", "/a"),
                id="custom domain, route that tells",
            ),
            pytest.param({"rawPath": None}, ("", "/"), id="no path"),
        ],
    )
    def test_mount(self, app: App, deviations: Event, expected: Any) -> None:
        assert app.sees(make_v2_event(**deviations), "SCRIPT_NAME", "PATH_INFO") == expected

    @pytest.mark.parametrize("name", ["Cookie", "cookie"])
    def test_cookie_header_beside_cookies(self, app: App, name: str) -> None:
        event = make_v2_event(cookies=["a=1"], headers=[(name, "b=2")])

        assert app.sees(event, "HTTP_COOKIE") == "a=1; b=2"

    def test_query_that_is_no_url(self, app: App) -> None:
        event = make_v2_event(query="name=ü x&b=%C3%BC")

        assert app.sees(event, "QUERY_STRING") == "name=%C3%BC%20x&b=%C3%BC"

    def test_nulls(self, app: App) -> None:
        nulls = dict.fromkeys(make_v2_event(), None)
        nulls |= {"version": "2.0", "requestContext": {"http": {"method": "GET"}}}

        assert app.sees(nulls, "PATH_INFO", "QUERY_STRING", "REMOTE_ADDR") == ("/", "", "")


class TestFunctionUrl:
    def test_get(self, app: App) -> None:
        event = make_function_url_event(path="/a%20b")

        assert app.handler(event, None) == {
            "statusCode": 200,
            "headers": {"content-type": "text/plain"},
            "cookies": [],
            "body": "Hi\n",
            "isBase64Encoded": False,
        }
        assert app.sees(event, "SCRIPT_NAME", "PATH_INFO", "HTTP_HOST") == ("", "/a b", URL_HOST)


class TestAlb:
    def test_get(self, app: App) -> None:
        app.status = "404 NOT FOUND"

        assert app.handler(make_alb_event(), None) == {
            "statusCode": 404,
            "statusDescription": "404 NOT FOUND",
            "headers": {"content-type": "text/plain"},
            "body": "Hi\n",
            "isBase64Encoded": False,
        }

    def test_get_multi(self, app: App) -> None:
        assert app.handler(make_alb_event(multi=True), None) == {
            "statusCode": 200,
            "statusDescription": "200 OK",
            "multiValueHeaders": {"Content-Type": ["text/plain"]},
            "body": "Hi\n",
            "isBase64Encoded": False,
        }

    def test_environ(self, app: App) -> None:
        event = make_alb_event(path="/a%20b", headers=[("host", "example.com:8443")])

        seen = app.sees(
            event, "SCRIPT_NAME", "PATH_INFO", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT"
        )

        assert seen == ("", "/a b", "example.com:8443", "example.com", "8443")

    def test_set_cookies(self, app: App) -> None:
        """A name has one value, so the second cookie needs another mix of capitals."""
        app.headers = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Vary", "a"), ("Vary", "b")]
        app.body = b""

        assert app.handler(make_alb_event(), None) == {
            "statusCode": 200,
            "statusDescription": "200 OK",
            "headers": {"set-cookie": "a=1", "set-cookiE": "b=2", "vary": "a,b"},
            "body": "",
            "isBase64Encoded": False,
        }

    def test_set_cookies_multi(self, app: App) -> None:
        app.headers = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
        app.body = b""

        assert app.handler(make_alb_event(multi=True), None) == {
            "statusCode": 200,
            "statusDescription": "200 OK",
            "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
            "body": "",
            "isBase64Encoded": False,
        }

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            pytest.param([("a", "b%2Fc%3D%3D")], "a=b%2Fc%3D%3D", id="stays encoded"),
            pytest.param([("a", "b+c")], "a=b+c", id="plus"),
            pytest.param([("%C3%BC", "%2")], "%C3%BC=%2", id="broken escape"),
            pytest.param([("a", "x=y/z")], "a=x=y/z", id="what a URL may hold"),
            pytest.param([("a", "ü &#")], "a=%C3%BC%20%26%23", id="what no URL holds"),
            pytest.param([("a", "")], "a=", id="empty"),
            pytest.param([], "", id="none"),
        ],
    )
    @pytest.mark.parametrize("multi", [False, True])
    def test_query(self, app: App, query: Any, expected: Any, multi: bool) -> None:
        event = make_alb_event(query=query, multi=multi)

        assert app.sees(event, "QUERY_STRING") == expected

    def test_repeated_query(self, app: App) -> None:
        event = make_alb_event(query=[("a", "1"), ("b", "x"), ("a", "2")], multi=True)

        assert app.sees(event, "QUERY_STRING") == "a=1&a=2&b=x"

    @pytest.mark.parametrize("multi", [False, True])
    def test_client_is_whom_the_load_balancer_saw(self, app: App, multi: bool) -> None:
        event = make_alb_event(
            headers=[("x-forwarded-for", "6.6.6.6, 192.0.2.9"), ("x-real-ip", "6.6.6.6")],
            multi=multi,
        )

        assert app.sees(event, "REMOTE_ADDR") == "192.0.2.9"

    @pytest.mark.parametrize(
        ("proto", "expected"),
        [
            ("http", ("http", "80")),
            ("https", ("https", "443")),
            ("javascript", ("https", "443")),
        ],
    )
    def test_scheme(self, app: App, proto: str, expected: Any) -> None:
        event = make_alb_event(headers=[("x-forwarded-proto", proto), ("host", ALB_HOST)])

        assert app.sees(event, "wsgi.url_scheme", "SERVER_PORT") == expected

    def test_health_check(self, app: App) -> None:
        """It has no Host and no X-Forwarded-For."""
        event = make_alb_event(headers=[("user-agent", "ELB-HealthChecker/2.0")], multi=True)

        assert app.sees(event, "SERVER_NAME", "REMOTE_ADDR") == ("localhost", "")


@every_kind
class TestRequestHeaders:
    def test_spoofing(self, app: App, make_event: MakeEvent) -> None:
        """Headers of API Gateway's clients decide neither address nor scheme nor host."""
        spoofs = [
            ("X-Forwarded-For", "6.6.6.6"),
            ("X-Forwarded-Proto", "javascript"),
            ("X-Forwarded-Host", "attacker.example"),
            ("X-Forwarded-Prefix", "/evil"),
            ("Forwarded", "for=6.6.6.6;host=attacker.example"),
        ]
        event = make_event(headers=[("Host", ALB_HOST), *spoofs])

        url = app.sees(event, "wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME", "SCRIPT_NAME")

        expected = {make_v1_event: (REST_HOST, "/Prod"), make_v2_event: (REST_HOST, "")}
        expected |= {make_function_url_event: (URL_HOST, ""), make_alb_event: (ALB_HOST, "")}
        host, script_name = expected[make_event]
        assert url == ("https", host, host, script_name)
        if make_event is not make_alb_event:
            assert app.environ["REMOTE_ADDR"] == "192.0.2.1"
        for name, value in spoofs:
            assert app.environ["HTTP_" + name.upper().replace("-", "_")] == value

    @pytest.mark.parametrize("name", ["x_user", "X_User", "x-us er", "x-user\n", "x-üser", ""])
    def test_names_that_could_be_taken_for_others(
        self, app: App, make_event: MakeEvent, name: str
    ) -> None:
        event = make_event(headers=[("x-user", "me"), (name, "other")])

        app.sees(event)

        seen = {key: v for key, v in app.environ.items() if key.startswith("HTTP_")}
        seen.pop("HTTP_HOST", None)
        assert seen == {"HTTP_X_USER": "me"}

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            pytest.param("a\r\nSet-Cookie: b", "a  Set-Cookie: b", id="another line"),
            pytest.param("a\rb", "a b", id="carriage return"),
            pytest.param("a\nb", "a b", id="line feed"),
            pytest.param("a\0b", "a b", id="null"),
            pytest.param("café", "caf\xc3\xa9", id="latin-1"),
            pytest.param("☃", "\xe2\x98\x83", id="beyond latin-1"),
            pytest.param("\ud800", "\xed\xa0\x80", id="lone surrogate"),
        ],
    )
    @pytest.mark.parametrize("name", ["X-A", "x-a"])
    def test_values_that_are_no_header(
        self, app: App, make_event: MakeEvent, name: str, value: Any, expected: Any
    ) -> None:
        assert app.sees(make_event(headers=[(name, value)]), "HTTP_X_A") == expected

    def test_values_that_are_no_text(self, app: App, make_event: MakeEvent) -> None:
        event = make_event()
        event["headers"] = {"X-A": None, "X-B": 1, "X-C": ["x", None], "X-D": {}, "X-E": []}
        event.pop("multiValueHeaders", None)

        app.sees(event)

        mine = {key: v for key, v in app.environ.items() if key.startswith("HTTP_X")}
        assert mine == {"HTTP_X_C": "x"}

    @pytest.mark.parametrize("spelling", [str.title, str.lower])
    def test_framing(self, app: App, make_event: MakeEvent, spelling: Callable[[str], str]) -> None:
        """The length is that of the body, and not what the client announced."""
        headers = [(spelling("Content-Length"), "9999"), (spelling("Transfer-Encoding"), "chunked")]
        event = make_event(method="POST", headers=headers, body="é")
        as_sent = copy.deepcopy(event)

        seen = app.sees(
            event,
            "CONTENT_LENGTH",
            "HTTP_CONTENT_LENGTH",
            "HTTP_TRANSFER_ENCODING",
            "CONTENT_TYPE",
        )

        assert seen == ("2", None, None, None)
        assert event == as_sent

    def test_repeated_authorization(self, app: App, make_event: MakeEvent) -> None:
        """Two credentials stay visible as two, however each name is written."""
        event = make_event(headers=[("Authorization", "Bearer a"), ("authorization", "Bearer b")])

        assert app.sees(event, "HTTP_AUTHORIZATION") == "Bearer a,Bearer b"


@every_kind
class TestRequestBody:
    def test_form_that_came_as_base64(self, make_event: MakeEvent) -> None:
        """HTTP APIs and Function URLs send every form so."""
        app = flask.Flask(__name__)
        app.add_url_rule("/", view_func=lambda: flask.request.form["a"], methods=["POST"])
        event = make_event(
            method="POST",
            headers=[("Content-Type", "application/x-www-form-urlencoded")],
            body=b64encode(b"a=b+%C3%BC").decode(),
            binary=True,
        )

        assert make_handler(app)(event, None)["body"] == "b ü"

    @pytest.mark.parametrize(
        ("body", "binary"),
        [
            pytest.param("not base64!", True, id="not base64"),
            pytest.param("YW!Jj", True, id="base64 with a wrong character"),
            pytest.param("YQ", True, id="no padding"),
            pytest.param("YQ==\u00e9", True, id="not ASCII"),
            pytest.param({"email": "me@example.com"}, True, id="object for base64"),
            pytest.param({"email": "me@example.com"}, False, id="object for text"),
            pytest.param(["secret"], False, id="list"),
            pytest.param("\ud800", False, id="lone surrogate"),
        ],
    )
    def test_unreadable(self, app: App, make_event: MakeEvent, body: Any, binary: bool) -> None:
        response = app.handler(make_event(method="POST", body=body, binary=binary), None)

        assert response["statusCode"] == 400
        assert json.loads(response["body"]) == {
            "error": "InvalidRequest",
            "message": "The body is not what the event says it is.",
        }
        assert not hasattr(app, "environ")

    def test_unreadable_body_of_a_get(self, app: App, make_event: MakeEvent) -> None:
        app.sees(make_event(method="GET", body="not base64!", binary=True))

        assert app.received == b""


class TestResponseBody:
    @pytest.mark.parametrize(
        "content_type",
        [
            "text/plain",
            "Text/HTML; charset=utf-8",
            "application/json",
            "application/json ; charset=utf-8",
            "application/problem+json",
            "application/javascript",
            "application/xml",
            "image/svg+xml",
        ],
    )
    def test_text(self, app: App, content_type: str) -> None:
        app.headers = [("content-type", content_type)]
        app.body = "☃".encode()

        assert app.handler(make_v2_event(), None) == {
            "statusCode": 200,
            "headers": {"content-type": content_type},
            "cookies": [],
            "body": "☃",
            "isBase64Encoded": False,
        }

    @pytest.mark.parametrize(
        "headers",
        [
            pytest.param([("Content-Type", "image/png")], id="by type"),
            pytest.param([("Content-Type", "application/jsonish")], id="by whole type"),
            pytest.param([], id="no type"),
            pytest.param(
                [("Content-Type", "text/plain"), ("content-type", "image/png")], id="by last type"
            ),
            pytest.param(
                [("Content-Type", "text/plain"), ("Content-Encoding", "br")], id="compressed"
            ),
        ],
    )
    @pytest.mark.parametrize("body", [PNG, b"ascii"], ids=["binary", "ascii"])
    @every_kind
    def test_binary(self, app: App, headers: Any, body: Any, make_event: MakeEvent) -> None:
        app.headers = headers
        app.body = body

        response = app.handler(make_event(), None)

        assert response["isBase64Encoded"] is True
        assert response["body"] == b64encode(body).decode()

    def test_text_in_another_charset(self, app: App) -> None:
        app.headers = [("Content-Type", "text/plain; charset=latin-1")]
        app.body = b"\xe9"

        response = app.handler(make_v2_event(), None)

        assert (response["body"], response["isBase64Encoded"]) == ("6Q==", True)

    @pytest.mark.parametrize(
        ("method", "status"),
        [("HEAD", "200 OK"), ("GET", "204 No Content"), ("GET", "304 Not Modified")],
    )
    @every_kind
    def test_none(self, method: str, status: str, make_event: MakeEvent) -> None:
        def app(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
            start_response(status, [("Content-Type", "image/png"), ("ETag", '"1"')])(b"written")
            return [b"returned"]

        response = make_handler(app)(make_event(method=method), None)

        assert response["statusCode"] == int(status[:3])
        assert (response["body"], response["isBase64Encoded"]) == ("", False)

    def test_started_late_and_closed(self) -> None:
        """A generator calls start_response at its first chunk, and is closed after its last."""
        events: list[str] = []

        def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
            try:
                start_response("200 OK", [("Content-Type", "text/plain")])
                yield b"a"
                yield b""
                yield b"b"
            finally:
                events.append("closed")

        assert make_handler(app)(make_v2_event(), None) == {
            "statusCode": 200,
            "headers": {"content-type": "text/plain"},
            "cookies": [],
            "body": "ab",
            "isBase64Encoded": False,
        }
        assert events == ["closed"]

    def test_closed_although_it_broke(self, caplog: pytest.LogCaptureFixture) -> None:
        class Chunks:
            closed = False

            def __iter__(self) -> Iterator[bytes]:
                raise OSError("half way")

            def close(self) -> None:
                self.closed = True

        chunks = Chunks()

        make_handler(lambda environ, start_response: chunks)(make_v2_event(), None)

        assert chunks.closed


class TestFlask:
    """What the adapter is for: URLs that Flask builds are the ones the client can use."""

    @pytest.mark.parametrize(
        ("event", "expected"),
        [
            pytest.param(
                make_v1_event(path="/here"), f"https://{REST_HOST}/Prod/there", id="REST API"
            ),
            pytest.param(
                make_v1_event(
                    path="/v1/here", proxy="here", whole_path="/v1/here", host="api.example.com"
                ),
                "https://api.example.com/v1/there",
                id="REST API, base path",
            ),
            pytest.param(make_v2_event(path="/here"), f"https://{REST_HOST}/there", id="HTTP API"),
            pytest.param(
                make_v2_event(path="/prod/here", stage="prod"),
                f"https://{REST_HOST}/prod/there",
                id="HTTP API, stage",
            ),
            pytest.param(
                make_function_url_event(path="/here"),
                f"https://{URL_HOST}/there",
                id="Function URL",
            ),
            pytest.param(make_alb_event(path="/here"), f"https://{ALB_HOST}/there", id="ALB"),
        ],
    )
    def test_external_url(self, event: Any, expected: Any) -> None:
        app = flask.Flask(__name__)
        app.add_url_rule("/here", view_func=lambda: flask.url_for("there", _external=True))
        app.add_url_rule("/there", "there")

        assert make_handler(app)(event, None)["body"] == expected


class TestNotHttp:
    @pytest.mark.parametrize(
        ("event", "keys"),
        [
            pytest.param({}, "[]", id="empty"),
            pytest.param({"key1": "value1"}, "['key1']", id="Lambda's test event"),
            pytest.param({"source": "serverless-plugin-warmup"}, "['source']", id="warm-up"),
            pytest.param(
                {"source": "aws.events", "detail-type": "Scheduled Event", "version": "0"},
                "['detail-type', 'source', 'version']",
                id="schedule",
            ),
            pytest.param(make_v1_event(version="3.0"), "['body', 'headers'", id="unknown version"),
            pytest.param(make_v1_event(type="REQUEST"), "'type']", id="authorizer, 1.0"),
            pytest.param(make_v2_event(type="REQUEST"), "'type', 'version']", id="authorizer, 2.0"),
            pytest.param(
                {"version": "2.0", "method": "GET", "path": "/", "requestContext": {}},
                "['method', 'path', 'requestContext', 'version']",
                id="VPC Lattice",
            ),
            pytest.param({"requestContext": {"elb": {}}}, "['requestContext']", id="half an ALB's"),
            pytest.param({"httpMethod": 1, "path": "/"}, "['httpMethod', 'path']", id="no method"),
            pytest.param({"a\nERROR": 1}, r"['a\nERROR']", id="a key that would forge a log line"),
            pytest.param([1], "list", id="list"),
            pytest.param("ping", "str", id="string"),
            pytest.param(None, "NoneType", id="null"),
        ],
    )
    def test_answer_and_log(
        self, app: App, caplog: pytest.LogCaptureFixture, event: Any, keys: Any
    ) -> None:
        """Names are logged and values never are; the app is not called."""
        assert app.handler(event, None) == {
            "statusCode": 400,
            "headers": {"Content-Type": "application/json", "Cache-Control": "no-store"},
            "multiValueHeaders": {},
            "body": '{"error": "InvalidRequest", "message": "The event is not an HTTP request."}',
            "isBase64Encoded": False,
        }
        assert not hasattr(app, "environ")
        [record] = caplog.records
        assert (record.name, record.levelname) == ("app.awslambda", "WARNING")
        assert keys in record.getMessage()
        assert "\n" not in record.getMessage()
        assert "value1" not in record.getMessage()


FAILED = '{"error": "InternalError", "message": "Something went wrong on our side."}'


class TestFailure:
    @pytest.mark.parametrize(
        ("event", "expected"),
        [
            pytest.param(
                make_v1_event(),
                {
                    "headers": {"Content-Type": "application/json", "Cache-Control": "no-store"},
                    "multiValueHeaders": {},
                },
                id="REST API",
            ),
            pytest.param(
                make_v2_event(),
                {
                    "headers": {"content-type": "application/json", "cache-control": "no-store"},
                    "cookies": [],
                },
                id="HTTP API",
            ),
            pytest.param(
                make_alb_event(),
                {
                    "headers": {"content-type": "application/json", "cache-control": "no-store"},
                    "statusDescription": "500 Internal Server Error",
                },
                id="ALB",
            ),
            pytest.param(
                make_alb_event(multi=True),
                {
                    "multiValueHeaders": {
                        "Content-Type": ["application/json"],
                        "Cache-Control": ["no-store"],
                    },
                    "statusDescription": "500 Internal Server Error",
                },
                id="ALB, multi",
            ),
        ],
    )
    def test_app_that_raises_half_way(
        self, caplog: pytest.LogCaptureFixture, event: Any, expected: Any
    ) -> None:
        def app(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
            start_response("200 OK", [("Set-Cookie", "secret=1")])(b"half an answer")
            raise RuntimeError("arn:aws:secret")

        assert make_handler(app)(event, None) == {
            "statusCode": 500,
            "body": FAILED,
            "isBase64Encoded": False,
            **expected,
        }
        [record] = caplog.records
        assert (record.name, record.levelname) == ("app.awslambda", "ERROR")
        assert "RuntimeError: arn:aws:secret" in logging.Formatter().format(record)

    @pytest.mark.parametrize(
        ("status", "headers", "body"),
        [
            pytest.param("nonsense", [], b"", id="status"),
            pytest.param("200 OK", [(1, "x")], b"", id="header"),
            pytest.param("200 OK", [], None, id="body"),
        ],
    )
    def test_answer_that_cannot_be_laid_out(
        self, caplog: pytest.LogCaptureFixture, status: str, headers: Any, body: Any
    ) -> None:
        def app(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
            start_response(status, headers)
            return [body]

        response = make_handler(app)(make_v2_event(), None)

        assert (response["statusCode"], response["body"]) == (500, FAILED)
        assert len(caplog.records) == 1


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


class TestAnyEvent:
    """Every event gets an answer, whatever its members are, and none leaves a stack in the log."""

    @settings(deadline=None)
    @given(st.data())
    def test_one_place_changed(self, data: st.DataObject) -> None:
        app = App()
        make_event = data.draw(st.sampled_from(KINDS))
        event = make_event(method="POST")
        place = data.draw(st.sampled_from([event, event["requestContext"]]))
        place[data.draw(st.sampled_from(sorted(place)))] = data.draw(anything)

        response = app.handler(event, None)

        assert response["statusCode"] in (200, 400)
        json.dumps(response)

    @settings(deadline=None)
    @given(anything)
    def test_no_event(self, event: Any) -> None:
        assert App().handler(event, None)["statusCode"] == 400


text = st.text(st.characters(exclude_categories=["Cs"]))
pairs = st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), text))


class TestRoundTrip:
    """Whatever a client sends arrives, encoded as each kind of event encodes it."""

    @settings(deadline=None)
    @given(text)
    def test_path(self, path: str) -> None:
        app, path = App(), f"/{path}"
        encoded = quote(path)

        for event in [
            make_v1_event(path=encoded),
            make_v2_event(path=path.replace("%", "%25")),
            make_function_url_event(path=encoded),
            make_alb_event(path=encoded),
        ]:
            assert app.sees(event, "PATH_INFO").encode("latin-1").decode() == path

    @settings(deadline=None)
    @given(pairs)
    def test_query(self, query: Any) -> None:
        app, raw = App(), urlencode(query)
        encoded = [(quote(name, safe=""), quote(value, safe="")) for name, value in query]

        for event in [
            make_v1_event(query=query),
            make_v2_event(query=raw),
            make_function_url_event(query=raw),
            make_alb_event(query=encoded, multi=True),
        ]:
            seen = parse_qsl(app.sees(event, "QUERY_STRING"), keep_blank_values=True)
            assert grouped(seen) == grouped(query)

    @settings(deadline=None)
    @given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0")))
    def test_header(self, value: Any) -> None:
        app = App()

        for make_event in (make_v1_event, make_v2_event, make_function_url_event, make_alb_event):
            seen = app.sees(make_event(headers=[("X-A", value)]), "HTTP_X_A")
            assert seen.encode("latin-1").decode() == value

    @settings(deadline=None)
    @given(st.binary())
    def test_body_both_ways(self, body: Any) -> None:
        app = App()
        app.headers, app.body = [("Content-Type", "image/png")], body

        for make_event in (make_v1_event, make_v2_event, make_function_url_event, make_alb_event):
            response = app.handler(
                make_event(method="POST", body=b64encode(body).decode(), binary=True), None
            )
            assert app.received == body
            assert response["body"] == b64encode(body).decode()

    @settings(deadline=None)
    @given(text)
    def test_text_both_ways(self, body: Any) -> None:
        app = App()
        app.body = body.encode()

        for make_event in (make_v1_event, make_v2_event, make_function_url_event, make_alb_event):
            response = app.handler(make_event(method="POST", body=body), None)
            assert app.received == body.encode()
            assert response["body"] == body
