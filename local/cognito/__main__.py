"""`python -m local.cognito`: run a local Cognito until it is told to end.

It listens on 127.0.0.1 and prints one line of JSON when it is ready: `url`, `region`, and the key
pair of the control operations, which AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY may set.
"""

import argparse
import json
import os
import secrets
import signal
import sys
from pathlib import Path
from typing import NoReturn

from werkzeug.serving import WSGIRequestHandler, make_server

from local.cognito import triggers
from local.cognito.app import create_app
from local.cognito.server import Server
from local.cognito.store import Store

EXAMPLE_TRIGGERS = Path(__file__).parents[1] / "triggers.py"


class RequestHandler(WSGIRequestHandler):
    """HTTP/1.1 with connections that stay open, no access log, and no wait for a silent client."""

    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing: the program that starts this one shows what matters."""


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m local.cognito", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--state", type=Path, help="a file to keep everything in")
    parser.add_argument(
        "--triggers",
        type=Path,
        default=EXAMPLE_TRIGGERS,
        help="a Python file with trigger functions (default: %(default)s)",
    )
    parser.add_argument("--fixed-codes", action="store_true", help="123456 and 12345678")
    options = parser.parse_args()
    try:
        functions = triggers.load(options.triggers)
    except (OSError, ValueError) as error:
        parser.error(f"--triggers: {error}")

    key_id = os.environ.get("AWS_ACCESS_KEY_ID") or f"AKIA{secrets.token_hex(8).upper()}"
    secret = os.environ.get("AWS_SECRET_ACCESS_KEY") or secrets.token_urlsafe(30)
    server = Server(
        store=Store(options.state),
        region=options.region,
        url="",
        access_key_id=key_id,
        secret_access_key=secret,
        triggers=functions,
        random_codes=not options.fixed_codes,
    )
    http = make_server(
        "127.0.0.1",
        options.port,
        create_app(server),
        threaded=True,
        request_handler=RequestHandler,
    )
    server.url = f"http://127.0.0.1:{http.server_port}"
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    ready = {
        "url": server.url,
        "region": server.region,
        "access_key_id": key_id,
        "secret_access_key": secret,
    }
    print(json.dumps(ready), flush=True)
    try:
        http.serve_forever()
    finally:
        server.store.close()


def _end(number: int, frame: object) -> NoReturn:
    sys.exit(0)


if __name__ == "__main__":
    main()
