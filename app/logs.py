"""The log: one JSON line a record, one line per authentication attempt, never a secret."""

import hashlib
import hmac
import json
import logging
from datetime import UTC, datetime

from flask import Flask, Response, g, has_request_context, request

from app.config import Settings

log = logging.getLogger(__name__)

REQUEST_ID = "cognito_auth_api.request_id"  # its place in the WSGI environ
UNLOGGED = ("docs", "health")


class JsonFormatter(logging.Formatter):
    """One line of JSON a record: no value, whatever it holds, can start a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Write time (UTC), level, logger, message, request id, the attempt and the stack."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            line["request_id"] = request.environ.get(REQUEST_ID)
        line |= getattr(record, "attempt", {})
        if record.exc_info:
            line["stack"] = self.formatException(record.exc_info)
        return json.dumps(line)


def configure(level: str) -> None:
    """Make this process log in JSON, to standard error, in place of what is set up so far."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Werkzeug's access log shows queries, and the query of a Google callback holds the code.
    for library in ("botocore", "urllib3", "werkzeug"):
        logging.getLogger(library).setLevel(logging.WARNING)


def init_app(app: Flask, settings: Settings) -> None:
    """Log every attempt."""
    key = settings.secret_key.encode()

    @app.after_request
    def log_attempt(response: Response) -> Response:
        if request.method == "GET" and "claims" in g and response.status_code < 400:
            return response  # a good token was used to read, which attempts nothing
        blueprint, _, event = (request.endpoint or "").rpartition(".")
        if event and blueprint not in UNLOGGED:
            outcome = _outcome(response.status_code)
            attempt = {
                "event": event,
                "outcome": outcome,
                "status": response.status_code,
                "error": g.get("error"),
                "who": _keyed_hash(key, g.get("who") or g.get("claims", {}).get("sub")),
                "ip": request.remote_addr,
            }
            log.info("%s %s", event, outcome, extra={"attempt": attempt})
        return response


def silence_debug(name: str) -> None:
    """Drop a library's debug records at their source: botocore's hold passwords and tokens."""
    for logger in list(logging.root.manager.loggerDict):
        if logger.partition(".")[0] == name:
            logging.getLogger(logger).addFilter(lambda record: record.levelno > logging.DEBUG)


def _outcome(status: int) -> str:
    if status == 202:
        return "challenge"
    return "success" if status < 400 else "refusal" if status < 500 else "failure"


def _keyed_hash(key: bytes, who: str | None) -> str | None:
    """Tell one person's lines from another's without naming them."""
    return who and hmac.digest(key, who.casefold().encode(), hashlib.sha256).hex()[:16]
