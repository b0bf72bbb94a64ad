"""The server of `python main.py`: Werkzeug's, which is meant for one's own machine.

It is not loaded on Lambda, nor by a server such as gunicorn that runs `main:app`.
"""

import json
import logging
import signal
import sys
import time
from typing import Any
from urllib.parse import urlsplit
from wsgiref.types import WSGIApplication

from werkzeug.serving import WSGIRequestHandler, make_server

from app import logs
from app.web.headers import ALWAYS, DEFAULTS

log = logging.getLogger(__name__)

# What is refused before the app sees it, by status.
REFUSALS = {
    400: "This is not a request in HTTP/1.1.",
    414: "The request line is too long.",
    431: "There are too many headers, or one is too long.",
    505: "This version of HTTP is not served; use HTTP/1.1.",
}


class Handler(WSGIRequestHandler):
    """Werkzeug's handler, less patient with silent clients and silent about itself."""

    timeout = 10  # seconds that a client may neither send nor read anything
    # What answers a request line that names no version; by default it gets neither status nor
    # headers, as in 1991.
    default_request_version = "HTTP/1.1"
    status = 0  # of the answer, for the log
    request_id: str | None = None

    def parse_request(self) -> bool:
        """Read the request line and the headers; refuse what later would fail without an answer."""
        if not super().parse_request():
            return False
        try:
            urlsplit(self.path)
        except ValueError:  # a broken [IPv6] address in an absolute URL
            self.send_error(400)
            return False
        return True

    def run_wsgi(self) -> None:
        """Serve one request and log it: method, path without query, status and duration."""
        start = time.monotonic()
        super().run_wsgi()
        path = self.path.partition("?")[0]  # the query can hold a code
        logs.request_id.set(self.request_id)  # this thread serves one connection, and ends with it
        log.info(
            "%s %s %s %.0f ms",
            self.command,
            path,
            self.status,
            (time.monotonic() - start) * 1000,
        )

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse in JSON what the app is not to see; log no part of it."""
        log.info("Refused with %s what came from %s.", code, self.address_string())
        text = REFUSALS.get(code, REFUSALS[400])
        body = json.dumps({"error": "InvalidRequest", "message": text}).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        for name, value in (*DEFAULTS, *ALWAYS):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def send_response(self, code: int, message: str | None = None) -> None:
        """Begin an answer without the header that names the server's and Python's versions."""
        self.status = code
        self.send_response_only(code, message)
        self.send_header("Date", self.date_time_string())

    def send_header(self, keyword: str, value: str) -> None:
        """Send a header; keep the id that the answer carries, for the log."""
        if keyword == "X-Request-Id":
            self.request_id = value
        super().send_header(keyword, value)

    def log(self, type: str, message: str, *args: Any) -> None:
        """Log nothing: a request line has the query, which can hold a code."""


def serve(app: WSGIApplication, host: str, port: int) -> None:
    """Serve the app until Ctrl-C or SIGTERM."""
    # The first process of a container ignores the signals that it has no handler for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Not app.run(): whatever FLASK_DEBUG says, its debugger would run code for anyone.
    server = make_server(host, port, app, threaded=True, request_handler=Handler)
    print(f"Serving http://{host}:{port} (Ctrl-C stops it)", flush=True)
    server.serve_forever()
