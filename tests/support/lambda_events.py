"""The events with which AWS invokes a function for HTTP. Headers and queries are pairs, as sent."""

from base64 import b64decode
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from app.awslambda import make_handler

Event = dict[str, Any]
MakeEvent = Callable[..., Event]
Pairs = Iterable[tuple[str, str]]

REST_HOST = "abc123.execute-api.eu-central-1.amazonaws.com"
URL_HOST = "abc123.lambda-url.eu-central-1.on.aws"
ALB_HOST = "lb-1.eu-central-1.elb.amazonaws.com"


def grouped(pairs: Pairs) -> dict[str, list[str]]:
    """Collect the values of each name."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def make_v1_event(
    *,
    method: str = "GET",
    path: str = "/",
    resource: str = "/{proxy+}",
    proxy: str | None = None,
    whole_path: str | None = None,
    stage: str = "Prod",
    host: str = REST_HOST,
    query: Pairs = (),
    headers: Pairs = (("Accept", "*/*"),),
    body: str | None = None,
    binary: bool = False,
    **more: Any,
) -> Event:
    """Build what a REST API sends: names and values of the query decoded, the path not."""
    values_of, queries = grouped(headers), grouped(query)
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": {name: values[-1] for name, values in values_of.items()},
        "multiValueHeaders": values_of,
        "queryStringParameters": {name: values[-1] for name, values in queries.items()} or None,
        "multiValueQueryStringParameters": queries or None,
        "pathParameters": {"proxy": path.strip("/") if proxy is None else proxy},
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "path": f"/{stage}{path}" if whole_path is None else whole_path,
            "stage": stage,
            "domainName": host,
            "identity": {"sourceIp": "192.0.2.1"},
        },
        "body": body,
        "isBase64Encoded": binary,
    } | more


def make_v2_event(
    *,
    method: str = "GET",
    path: str = "/",
    stage: str = "$default",
    route: str = "$default",
    host: str = REST_HOST,
    query: str = "",
    cookies: list[str] | None = None,
    headers: Pairs = (("accept", "*/*"),),
    body: str | None = None,
    binary: bool = False,
    **more: Any,
) -> Event:
    """Build what an HTTP API sends: the query as it came, the path decoded except `%25`."""
    event: Event = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": query,
        "headers": {name: ",".join(values) for name, values in grouped(headers).items()},
        "requestContext": {
            "domainName": host,
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.1"},
            "routeKey": route,
            "stage": stage,
        },
        "isBase64Encoded": binary,
    }
    event |= {"cookies": cookies} if cookies else {}
    event |= {"body": body} if body is not None else {}
    return event | more


def make_function_url_event(**deviations: Any) -> Event:
    """Build what a Function URL sends: the same, with the path as it came."""
    return make_v2_event(**{"host": URL_HOST, **deviations})


def make_alb_event(
    *,
    method: str = "GET",
    path: str = "/",
    multi: bool = False,
    query: Pairs = (),
    headers: Pairs = (
        ("host", ALB_HOST),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-port", "443"),
    ),
    body: str | None = "",
    binary: bool = False,
    **more: Any,
) -> Event:
    """Build what a load balancer sends: nothing decoded, and one value a name unless `multi`."""
    values_of, queries = grouped(headers), grouped(query)
    event: Event = {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:::x"}},
        "httpMethod": method,
        "path": path,
        "body": body,
        "isBase64Encoded": binary,
    }
    if multi:
        event |= {"multiValueHeaders": values_of, "multiValueQueryStringParameters": queries}
    else:
        event["headers"] = {name: values[-1] for name, values in values_of.items()}
        event["queryStringParameters"] = {name: values[-1] for name, values in queries.items()}
    return event | more


def behind_a_stage(app: WSGIApplication, stage: str) -> WSGIApplication:
    """Serve the app as a REST API does that calls it as a Lambda function, below /{stage}."""
    handler = make_handler(app)

    def gateway(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        size = int(environ.get("CONTENT_LENGTH") or 0)
        headers = [
            (name.removeprefix("HTTP_").replace("_", "-"), value)
            for name, value in environ.items()
            if name.startswith("HTTP_") or name == "CONTENT_TYPE"
        ]
        event = make_v1_event(
            method=environ["REQUEST_METHOD"],
            path=environ["PATH_INFO"].removeprefix(f"/{stage}"),
            stage=stage,
            host=environ["HTTP_HOST"],
            query=parse_qsl(environ["QUERY_STRING"]),
            headers=headers,
            body=environ["wsgi.input"].read(size).decode(),
        )
        response = handler(event, None)
        body = response["body"]
        start_response(
            f"{response['statusCode']} as the function says",
            [
                *response["headers"].items(),
                *((name, v) for name, vs in response["multiValueHeaders"].items() for v in vs),
            ],
        )
        return [b64decode(body) if response["isBase64Encoded"] else body.encode()]

    return gateway
