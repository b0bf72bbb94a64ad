"""The Lambda adapter: turns an API Gateway, Function URL or ALB event into a WSGI request.

aws-wsgi turns a payload 1.0 event into a WSGI environ, and a WSGI response into a dict. It is
archived and knows that one kind of event. This module adds the rest: it normalises the event before
`awsgi.environ`, and writes what `awsgi.StartResponse` collected as the event's kind of answer.
"""

import enum
import json
import logging
import re
import string
from base64 import b64decode
from collections.abc import Callable
from itertools import product
from typing import Any
from urllib.parse import quote, unquote, urlencode
from wsgiref.types import WSGIApplication, WSGIEnvironment

import awsgi

log = logging.getLogger(__name__)

Event = dict[str, Any]
LambdaResponse = dict[str, Any]


def make_handler(app: WSGIApplication) -> Callable[[Any, Any], LambdaResponse]:
    """Make the Lambda handler that serves `app`.

    It never raises: API Gateway would answer a bare 502, and an asynchronous caller would retry.
    """

    def handler(event: Any, context: Any) -> LambdaResponse:
        kind = _kind_of(event)
        if kind is None:
            keys = sorted(map(str, event))[:20] if isinstance(event, dict) else type(event).__name__
            log.warning("Not an HTTP request, answered 400; the event's top-level keys: %s", keys)
            # VPC Lattice reads V1's form too, and an authorizer's caller finds no permission in it.
            return _lay_out(V1, {}, *_error(400, "The event is not an HTTP request."))
        try:
            return _lay_out(kind, event, *_run(app, _make_environ(kind, event, context)))
        except _UnreadableBody:
            return _lay_out(kind, event, *_error(400, "The body is not what the event says it is."))
        except Exception:  # nothing of ours is left to catch what this handler would raise
            log.exception("The request failed outside the app's own error handlers")
            return _lay_out(kind, event, *_error(500, "Something went wrong on our side."))

    return handler


class Kind(enum.Enum):
    """The forms of event in which AWS passes an HTTP request to a function."""

    V1 = "REST API, or HTTP API with payload 1.0"
    V2 = "HTTP API with payload 2.0, or Function URL"
    ALB = "Application Load Balancer"


V1, V2, ALB = Kind


def _kind_of(event: Any) -> Kind | None:
    # A Lambda authorizer's event looks like a request; only its `type` differs.
    if not isinstance(event, dict) or event.get("type") == "REQUEST":
        return None
    context = _mapping(event, "requestContext")
    if event.get("version") == "2.0":
        return V2 if _text(_mapping(context, "http"), "method") else None
    if event.get("version") in (None, "1.0") and _text(event, "httpMethod"):
        return ALB if "elb" in context else V1
    return None


# The request: event → environ


def _make_environ(kind: Kind, event: Event, lambda_context: Any) -> WSGIEnvironment:
    context = _mapping(event, "requestContext")
    http = _mapping(context, "http")
    headers = _headers(kind, event)
    if kind is V1 and "version" not in event:
        # This is a REST API: it decodes base64 only for its `binaryMediaTypes`, so that a browser
        # would get the text in place of a compressed body.
        headers.pop("accept-encoding", None)
    method = http["method"] if kind is V2 else event["httpMethod"]
    scheme = "https"
    host = _text(context, "domainName") or headers.get("host", "")
    client = _text(_mapping(context, "identity"), "sourceIp") or _text(http, "sourceIp")
    if kind is ALB:
        # ALB sets X-Forwarded-Proto and appends the client to X-Forwarded-For. Behind API Gateway
        # clients can write both, so requestContext is used.
        scheme = "http" if headers.get("x-forwarded-proto") == "http" else "https"
        client = headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    script_name, path = _mount(kind, event, context, host)
    request = {
        "httpMethod": _wsgi_str(method),
        "path": unquote(_wsgi_str(path), "latin-1"),
        "queryStringParameters": None,
        "headers": headers,
        "body": _body(event, method),
    }
    environ: WSGIEnvironment = awsgi.environ(request, lambda_context)
    server_name, _, port = host.rpartition(":")
    if not port.isdecimal():
        server_name, port = host, "80" if scheme == "http" else "443"
    environ |= {
        "SCRIPT_NAME": _wsgi_str(script_name),
        "QUERY_STRING": _query_string(kind, event),
        "REMOTE_ADDR": client,
        "SERVER_NAME": server_name or "localhost",
        "SERVER_PORT": port,
        "wsgi.url_scheme": scheme,
        "awsgi.event": event,
    }
    if host:
        environ["HTTP_HOST"] = host
    return environ


# A header name (RFC 9110, section 5.6.2) in lower case, without "_": WSGI turns both "-" and "_"
# into "_".
_HEADER_NAME = re.compile(r"[!#$%&'*+.^`|~0-9a-z-]+")


def _headers(kind: Kind, event: Event) -> dict[str, str]:
    """Collect the headers under lower-case names, repeated ones joined."""
    # A REST API sends both, with names as the client wrote them; a test event may have only one.
    single, multi = _mapping(event, "headers"), _mapping(event, "multiValueHeaders")
    cookies = _pairs({"cookie": event["cookies"]}) if kind is V2 and "cookies" in event else []
    in_multi = {name.lower() for name in multi}
    rest = {name: value for name, value in single.items() if name.lower() not in in_multi}
    headers = _join(cookies + _pairs(multi) + _pairs(rest))
    # These describe how the client sent the body; the event has all of it already.
    headers.pop("content-length", None)
    headers.pop("transfer-encoding", None)
    return headers


def _join(pairs: list[tuple[str, str]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in pairs:
        name = name.lower()
        if _HEADER_NAME.fullmatch(name):  # on CR, LF and NUL in a value: section 5.5
            value = _wsgi_str(value).replace("\r", " ").replace("\n", " ").replace("\0", " ")
            separator = "; " if name == "cookie" else ","
            headers[name] = f"{headers[name]}{separator}{value}" if name in headers else value
    return headers


def _mount(kind: Kind, event: Event, context: dict[str, Any], host: str) -> tuple[str, str]:
    """Return the stage or base path of the client's URL, and the app's path, both percent-encoded.

    A REST API's `path` lacks the stage, `requestContext.path` has it; an HTTP API's path has it.
    On a custom domain there is a base path in place of the stage, and `path` has it
    (aws-powertools/powertools-lambda-python#579, localstack/localstack#12296), except in payload
    2.0, which hides the base path and has the stage in `rawPath` although the URL does not
    (CodeGenieApp/serverless-express#465, and "Payload format differences" in API Gateway's guide
    to Lambda integrations for HTTP APIs).
    """
    if kind is ALB:
        return "", _text(event, "path") or "/"
    path = _text(event, "rawPath" if kind is V2 else "path")
    path = path if path.startswith("/") else f"/{path}"
    whole = _text(context, "path")
    if whole != path and whole.endswith(path):
        return whole.removesuffix(path), path

    stage = _text(context, "stage").replace("$default", "")
    gateways_own_host = ".execute-api." in host or ".amazonaws." in host
    # A REST API's path never contains the stage, even if both start alike. Equal paths mean an
    # HTTP API with payload 1.0, whose paths contain it.
    if kind is V2 or (whole == path and gateways_own_host):
        path = _without(f"/{stage}" if stage else "", path)
    if gateways_own_host:
        return f"/{stage}" if stage else "", path
    base = _base_path(event, path)
    return base, _without(base, path)


def _without(prefix: str, path: str) -> str:
    return path[len(prefix) :] or "/" if prefix and f"{path}/".startswith(f"{prefix}/") else path


def _base_path(event: Event, path: str) -> str:
    """Return what `path` has before the route that API Gateway matched, "" if it is unknown."""
    route = _text(event, "resource") or _text(event, "routeKey").partition(" ")[2]
    if not route.startswith("/"):
        return ""
    parameters = _mapping(event, "pathParameters")
    route = re.sub(r"{([^{}+]+)\+?}", lambda name: str(parameters.get(name[1], name[0])), route)
    whole, route = unquote(path).rstrip("/"), unquote(route).rstrip("/")
    base = whole.removesuffix(route) if whole.endswith(route) else ""
    # Accept whole, unencoded segments only, and no empty one: //host would name another host.
    return base if path.startswith(base) and "//" not in f"{base}/" else ""


def _query_string(kind: Kind, event: Event) -> str:
    if kind is V2:
        raw = _text(event, "rawQueryString")
        return quote(raw, safe=string.punctuation, errors="surrogatepass") if raw else ""
    key = "queryStringParameters"
    pairs = _pairs(_mapping(event, "multiValueQueryStringParameters") or _mapping(event, key))
    if kind is V1:
        return urlencode(pairs, errors="surrogatepass") if pairs else ""
    # ALB passes names and values on still percent-encoded: quote only what no URL may contain.
    safe = string.punctuation.replace("&", "").replace("#", "")
    encoded = [[quote(part, safe=safe, errors="surrogatepass") for part in pair] for pair in pairs]
    return "&".join(map("=".join, encoded))


class _UnreadableBody(Exception):
    """The body is neither text nor, where the event says so, base64."""


def _body(event: Event, method: str) -> bytes:
    body = event.get("body") or ""
    try:
        if event.get("isBase64Encoded"):
            return b64decode(body, validate=True)
        return body if isinstance(body, bytes) else body.encode()
    except (AttributeError, TypeError, ValueError) as error:
        # A GET's body has no meaning (RFC 9110, section 9.3.1), and AWS's sample events have some.
        if method in ("GET", "HEAD"):
            return b""
        raise _UnreadableBody from error


def _mapping(event: Event, key: str) -> dict[str, Any]:
    value = event.get(key)
    return value if isinstance(value, dict) else {}


def _text(event: Event, key: str) -> str:
    value = event.get(key)
    return value if isinstance(value, str) else ""


def _pairs(mapping: dict[str, Any]) -> list[tuple[str, str]]:
    """List the pairs of a mapping whose values are one string or a list of strings."""
    return [
        (name, value)
        for name, values in mapping.items()
        for value in (values if isinstance(values, list) else [values])
        if isinstance(value, str)
    ]


def _wsgi_str(text: str) -> str:
    """Return text as WSGI's native string: its UTF-8 bytes, decoded as latin-1 (PEP 3333)."""
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")


# The answer: WSGI → what the kind of event asks for

_TEXT_TYPE = re.compile(r"text/.*|application/(json|javascript|xml)|.*\+(json|xml)")


class _StartResponse(awsgi.StartResponse):  # type: ignore[misc]  # aws-wsgi has no types
    """aws-wsgi's `start_response`, with its own rule for what is binary."""

    def use_binary_response(self, headers: dict[str, tuple[str, list[str]]], body: bytes) -> bool:
        """Tell aws-wsgi, which calls this, whether to send the body as base64."""
        _, content_types = headers.get("content-type", ("", [""]))
        media_type = content_types[-1].partition(";")[0].strip().lower()
        try:
            body.decode()  # bytes that are not UTF-8 cannot be sent as text
        except UnicodeDecodeError:
            return True
        is_text = _TEXT_TYPE.fullmatch(media_type) and "content-encoding" not in headers
        return bool(body) and not is_text


def _run(app: WSGIApplication, environ: WSGIEnvironment) -> tuple[_StartResponse, bytes]:
    start_response = _StartResponse()
    chunks = app(environ, start_response)
    try:
        # Read it all first: a generator calls start_response only when its first chunk is read.
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    if environ["REQUEST_METHOD"] == "HEAD" or start_response.status in (204, 304):
        start_response.chunks.clear()
        body = b""
    return start_response, body


def _error(status: int, message: str) -> tuple[_StartResponse, bytes]:
    line = "400 Bad Request" if status == 400 else "500 Internal Server Error"
    name = "InvalidRequest" if status == 400 else "InternalError"
    start_response = _StartResponse()
    start_response(line, [("Content-Type", "application/json"), ("Cache-Control", "no-store")])
    return start_response, json.dumps({"error": name, "message": message}).encode()


def _lay_out(
    kind: Kind, event: Event, start_response: _StartResponse, body: bytes
) -> LambdaResponse:
    headers: dict[str, tuple[str, list[str]]] = {}  # by lower-case name: first form, values
    for name, value in start_response.headers:
        headers.setdefault(name.lower(), (name, []))[1].append(value)
    answer = {"statusCode": start_response.status, **start_response.build_body(headers, [body])}

    if kind is V1:
        # API Gateway merges the two; only multiValueHeaders can hold several values of a name.
        answer["headers"] = {name: vs[0] for name, vs in headers.values() if len(vs) == 1}
        answer["multiValueHeaders"] = {name: vs for name, vs in headers.values() if len(vs) > 1}
        return answer
    if kind is ALB:
        answer["statusDescription"] = start_response.status_line
        if "multiValueHeaders" in event:  # ALB reads the member that it also sends
            return answer | {"multiValueHeaders": dict(headers.values())}
    _, cookies = headers.pop("set-cookie", ("", []))
    answer["headers"] = {name: ",".join(values) for name, (_, values) in headers.items()}
    if kind is V2:
        answer["cookies"] = cookies
    elif cookies:
        # A name has one value here, and cookies cannot be joined, so each cookie's name gets
        # another mix of capitals.
        names = map("".join, product(*(dict.fromkeys((c, c.upper())) for c in "set-cookie")))
        answer["headers"] |= dict(zip(names, cookies, strict=False))
    return answer
