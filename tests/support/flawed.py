"""The real API, some of whose answers are refused, lost, endless or made up."""

import json
import socket
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from flask import Flask
from werkzeug import Response

from tests.support.live import listen, serve

Flaw = Callable[[Callable[[], Response]], Response | None]


def answering(status: int, body: object, **headers: str) -> Flaw:
    """Answer this, and do nothing."""
    return lambda _: Response(
        json.dumps(body), status, {k.replace("_", "-"): v for k, v in headers.items()}
    )


def as_it_is(real: Callable[[], Response]) -> Response:
    """Do as asked, and say so."""
    return real()


def lost(real: Callable[[], Response]) -> None:
    """Do as asked, and say nothing."""
    real()


def dripping(real: Callable[[], Response]) -> Response:
    """Do as asked, and answer without end."""
    text = real().data

    def drip() -> Iterator[bytes]:
        for byte in text:
            yield bytes([byte])
            time.sleep(0.05)

    return Response(drip(), 200)


def broken(_: Callable[[], Response]) -> Response:
    """Do nothing, and say so."""
    return Response('{"error": "UpstreamError", "message": "Cognito failed."}', 502)


def dead(_: Callable[[], Response]) -> None:
    """Do nothing, and say nothing."""


class Flawed:
    """The real API, with other answers where a test wants them: one flaw a request."""

    def __init__(self, app: Flask) -> None:
        self.app, self.url = app, ""
        self.flaws: dict[str, list[Flaw]] = defaultdict(list)
        self.forever: Flaw | None = None
        self.bodies: list[dict[str, Any]] = []

    def __call__(self, environ: Any, start_response: Any) -> Any:
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(sent)
        script = self.flaws[f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"]
        flaw = script.pop(0) if script else self.forever

        def real() -> Response:
            return Response.from_app(self.app, environ, buffered=True)

        self.bodies += [json.loads(sent)] if sent else []
        response = flaw(real) if flaw else real()
        if response is None:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            start_response("200 OK", [])
            return []
        self.bodies += [response.json] if response.is_json else []
        return response(environ, start_response)


@contextmanager
def flawed(app: Flask) -> Iterator[Flawed]:
    """Serve the API, to be flawed."""
    api = Flawed(app)
    with listen() as listener, serve(api, listener) as api.url:
        yield api
