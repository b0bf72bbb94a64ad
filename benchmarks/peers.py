"""The same work by other libraries: verifying a token for a route, adapting a Lambda event."""

import json
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from http.client import HTTPConnection
from statistics import median
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import serverless_wsgi
from apig_wsgi import make_lambda_handler
from mangum import Mangum

from app import awslambda
from benchmarks.cold_start import event
from benchmarks.measuring import ROOT, Row, cpu_seconds_of, settings, stub, take_turns
from local.servers.child import Child, on_free_port
from tests.support import keys

ROUNDS = 12
REQUESTS = 400
DOES_LESS = {"apig-wsgi"}  # README.md says what it leaves out
GUNICORN = ("gunicorn", "--log-level=error", "--worker-class=gthread", "--keep-alive=60", "--bind")
UVICORN = ("uvicorn", "--log-level=error", "--no-access-log", "--factory", "--port")


def measure() -> list[Row]:
    """Compare the routes, minus the cost of an empty app on the same server, and the adapters."""
    routes = route_costs()
    adapters = adapter_costs()
    return [
        *rows("`GET /me`, minus an empty app on the same server", routes),
        *rows("the Lambda adapter around an app that does nothing", adapters),
    ]


def rows(what: str, costs: dict[str, float]) -> list[Row]:
    """Return a line for each peer; the first cost is ours."""
    (_, ours), *peers = costs.items()
    return [
        Row(
            f"{what}, over {name}'s",
            f"**{ours / cost:.2f}** ({ours * 1e6:.0f} µs over {cost * 1e6:.0f} µs)",
            *(("< 1", ours < cost) if name not in DOES_LESS else ()),
        )
        for name, cost in peers
    ]


def route_costs() -> dict[str, float]:
    """Return each server's CPU seconds per request with a token, minus an empty app's."""
    apps = {
        "ours": (GUNICORN, "main:app"),
        "flask-cognito-lib": (GUNICORN, "benchmarks.apps:flask_cognito_lib()"),
        "an empty Flask app": (GUNICORN, "benchmarks.apps:empty_flask()"),
        "fastapi-cognito": (UVICORN, "benchmarks.apps:fastapi_cognito"),
        "an empty FastAPI app": (UVICORN, "benchmarks.apps:empty_fastapi"),
    }
    token = keys.make_token()
    headers = {"Authorization": f"Bearer {token}", "Cookie": f"cognito_access_token={token}"}
    with ExitStack() as running:
        env = settings(running.enter_context(stub())) | {"LOG_LEVEL": "ERROR"}
        started = {
            name: running.enter_context(on_free_port(partial(start, *app, env), "/health"))
            for name, app in apps.items()
        }
        clients = {name: HTTPConnection("127.0.0.1", port) for name, (_, port) in started.items()}
        seconds: dict[str, list[float]] = {name: [] for name in apps}
        for _ in range(ROUNDS + 1):
            for name, (server, _) in started.items():
                before = cpu_seconds_of(server.pid)
                for _ in range(REQUESTS):
                    ask(clients[name], headers)
                seconds[name].append((cpu_seconds_of(server.pid) - before) / REQUESTS)
        for client in clients.values():
            client.close()
    typical = {
        name: median(values[1:]) for name, values in seconds.items()
    }  # the first only warms up
    flask, fastapi = typical["an empty Flask app"], typical["an empty FastAPI app"]
    return {
        "ours": typical["ours"] - flask,
        "flask-cognito-lib": typical["flask-cognito-lib"] - flask,
        "fastapi-cognito": typical["fastapi-cognito"] - fastapi,
    }


def start(server: tuple[str, ...], app: str, env: dict[str, str], port: int) -> Child:
    """Start an app on its server."""
    module, *options = server
    address = f"127.0.0.1:{port}" if module == "gunicorn" else str(port)
    return Child(app, [sys.executable, "-m", module, *options, address, app], env, ROOT)


def ask(client: HTTPConnection, headers: dict[str, str]) -> None:
    """Get /me over a connection that stays open."""
    client.request("GET", "/me", headers=headers)
    answer = client.getresponse()
    if answer.status != 200 or not json.loads(answer.read()):
        raise RuntimeError(f"{answer.status} from port {client.port}")


BODY = json.dumps({"sub": keys.SUB}).encode()


def wsgi_app(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """Answer in WSGI."""
    start_response("200 OK", [("Content-Type", "application/json")])
    return [BODY]


async def asgi_app(scope: Any, receive: Any, send: Any) -> None:
    """Answer in ASGI."""
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


def adapter_costs() -> dict[str, float]:
    """Return the CPU seconds of each adapter for one HTTP API event."""
    handlers: dict[str, Callable[[Any, Any], Any]] = {
        "ours": awslambda.make_handler(wsgi_app),
        "apig-wsgi": make_lambda_handler(wsgi_app),
        "mangum": Mangum(asgi_app, lifespan="off"),
        "serverless-wsgi": partial(serverless_wsgi.handle_request, wsgi_app),
    }
    lambda_event = event()
    os.environ.setdefault("AWS_LAMBDA_FUNCTION_NAME", "benchmark")
    calls = [partial(handle, handler, lambda_event) for handler in handlers.values()]
    return dict(zip(handlers, map(median, take_turns(*calls)), strict=True))


def handle(handler: Callable[[Any, Any], Any], lambda_event: dict[str, object]) -> None:
    """Call an adapter with an event, as Lambda does; raise unless it answers 200."""
    if handler({**lambda_event}, None)["statusCode"] != 200:
        raise RuntimeError(f"{handler} failed")
