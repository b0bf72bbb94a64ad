"""Log one line for each authentication attempt, without secrets.

With METRICS_NAMESPACE the lines are in CloudWatch's embedded metric format, so that CloudWatch Logs
also counts them, by event, when a Lambda function writes them.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import hashlib
import hmac
import logging
import time
from typing import Any

from flask import Flask, Response, g, request

from app.cognito import transport
from app.settings import Settings
from app.web.proxies import client_address

log = logging.getLogger(__name__)

UNLOGGED = ("docs", "health", "page")  # blueprints
METRICS = {
    "Attempts": "Count",
    "Refusals": "Count",
    "Failures": "Count",
    "UpstreamTime": "Milliseconds",
}


def init_app(app: Flask, settings: Settings) -> None:
    """Log each attempt after its answer is made."""
    key = settings.secret_key.encode()
    namespace = settings.metrics_namespace

    @app.after_request
    def log_attempt(response: Response) -> Response:
        waited = transport.take_waited_seconds()
        if request.method == "OPTIONS":
            return response  # a preflight (CORS) only asks what may be attempted
        is_read = request.method in ("GET", "HEAD") and "claims" in g
        if is_read and response.status_code < 400:
            return response  # a successful read is not an authentication attempt
        blueprint, _, event = (request.endpoint or "").rpartition(".")
        if event and blueprint not in UNLOGGED:
            outcome = _outcome(response.status_code)
            if outcome == "success" and "error" in g:  # the error is in a redirect's query
                outcome = "refusal"
            attempt = {
                "event": event,
                "outcome": outcome,
                "status": response.status_code,
                "error": g.get("error"),
                "who": _keyed_hash(key, g.get("username") or g.get("claims", {}).get("sub")),
                "ip": client_address(),
            }
            if namespace:
                attempt |= _metrics(namespace, outcome, waited)
            log.info("%s %s", event, outcome, extra={"attempt": attempt})
        return response


def _outcome(status: int) -> str:
    if status == 202:
        return "challenge"
    return "success" if status < 400 else "refusal" if status < 500 else "failure"


def _metrics(namespace: str, outcome: str, waited: float) -> dict[str, Any]:
    """Return the members that make a log line metrics; their only dimension is `event`."""
    definition = {
        "Namespace": namespace,
        "Dimensions": [["event"]],
        "Metrics": [{"Name": name, "Unit": unit} for name, unit in METRICS.items()],
    }
    return {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [definition]},
        "Attempts": 1,
        "Refusals": int(outcome == "refusal"),
        "Failures": int(outcome == "failure"),
        "UpstreamTime": round(waited * 1000, 1),
    }


def _keyed_hash(key: bytes, username: str | None) -> str | None:
    """Return an id that is the same for all lines of one user and does not reveal the name."""
    if not username:
        return None
    # The prefix makes this differ from everything else that is derived from the same key.
    return hmac.digest(key, f"log {username.casefold()}".encode(), hashlib.sha256).hex()[:16]
