"""The server of `python main.py`: Werkzeug's, made for development on one machine.

Neither Lambda nor a server such as gunicorn, which runs `main:app`, loads this module.
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

# Messages for requests that are refused before they reach the app, by status.
REFUSALS = {
    400: "This is not a request in HTTP/1.1.",
    414: "The request line is too long.",
    431: "There are too many headers, or one is too long.",
    505: "This version of HTTP is not served; use HTTP/1.1.",
}


class Handler(WSGIRequestHandler):
    """Werkzeug's handler with a timeout for silent clients and without a Server header."""

    timeout = 10  # seconds for which a client may neither send nor read anything
    # The version of a request line that names none. Werkzeug's default, HTTP/0.9, would answer
    # without status and headers.
    default_request_version = "HTTP/1.1"
    status = 0  # of the answer, for the log
    request_id: str | None = None

    def parse_request(self) -> bool:
        """Read the request line and headers; refuse a URL that would fail without an answer."""
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
        logs.request_id.set(self.request_id)  # the thread serves this connection only
        log.info(
            "%s %s %s %.0f ms",
            self.command,
            path,
            self.status,
            (time.monotonic() - start) * 1000,
        )

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse a request in JSON before it reaches the app; log no part of it."""
        log.info("Refused a request from %s with %s.", self.address_string(), code)
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
        """Begin an answer without the Server header, which names versions."""
        self.status = code
        self.send_response_only(code, message)
        self.send_header("Date", self.date_time_string())

    def send_header(self, keyword: str, value: str) -> None:
        """Send a header; remember the request's id for the log."""
        if keyword == "X-Request-Id":
            self.request_id = value
        super().send_header(keyword, value)

    def log(self, type: str, message: str, *args: Any) -> None:
        """Log nothing: a request line contains the query, which can hold a code."""


def serve(app: WSGIApplication, host: str, port: int) -> None:
    """Serve the app until Ctrl-C or SIGTERM."""
    # The first process of a container ignores signals for which it has no handler.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Not app.run(): with FLASK_DEBUG its debugger would run code for anyone who reaches it.
    server = make_server(host, port, app, threaded=True, request_handler=Handler)
    print(f"Serving http://{host}:{port} (Ctrl-C stops it)", flush=True)
    server.serve_forever()
