"""The events with which AWS invokes a function for HTTP. Headers and queries are pairs, as sent."""

REST_HOST = "abc123.execute-api.eu-central-1.amazonaws.com"
URL_HOST = "abc123.lambda-url.eu-central-1.on.aws"
ALB_HOST = "lb-1.eu-central-1.elb.amazonaws.com"


def grouped(pairs):
    names = {name: [] for name, _ in pairs}
    for name, value in pairs:
        names[name].append(value)
    return names


def make_v1_event(
    *,
    method="GET",
    path="/",
    resource="/{proxy+}",
    proxy=None,
    whole_path=None,
    stage="Prod",
    host=REST_HOST,
    query=(),
    headers=(("Accept", "*/*"),),
    body=None,
    binary=False,
    **more,
):
    """Build what a REST API sends: names and values of the query decoded, the path not."""
    headers, query = grouped(headers), grouped(query)
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {n: vs[-1] for n, vs in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
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
    method="GET",
    path="/",
    stage="$default",
    route="$default",
    host=REST_HOST,
    query="",
    cookies=None,
    headers=(("accept", "*/*"),),
    body=None,
    binary=False,
    **more,
):
    """Build what an HTTP API sends: the query as it came, the path decoded but for its `%25`."""
    event = {
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


def make_function_url_event(**deviations):
    """Build what a Function URL sends: the same, with the path as it came."""
    return make_v2_event(**{"host": URL_HOST, **deviations})


def make_alb_event(
    *,
    method="GET",
    path="/",
    multi=False,
    query=(),
    headers=(
        ("host", ALB_HOST),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-port", "443"),
    ),
    body="",
    binary=False,
    **more,
):
    """Build what a load balancer sends: nothing decoded, and one value a name unless `multi`."""
    headers, query = grouped(headers), grouped(query)
    event = {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:::x"}},
        "httpMethod": method,
        "path": path,
        "body": body,
        "isBase64Encoded": binary,
    }
    if multi:
        event |= {"multiValueHeaders": headers, "multiValueQueryStringParameters": query}
    else:
        event["headers"] = {name: values[-1] for name, values in headers.items()}
        event["queryStringParameters"] = {name: values[-1] for name, values in query.items()}
    return event | more
