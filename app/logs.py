"""The process's log: one JSON line a record."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

# The id of the request that is being served, which its answer carries as X-Request-Id.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


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
        if current := request_id.get():
            line["request_id"] = current
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


def silence_debug(name: str) -> None:
    """Drop a library's debug records at their source: botocore's hold passwords and tokens."""
    for logger in list(logging.root.manager.loggerDict):
        if logger.partition(".")[0] == name:
            logging.getLogger(logger).addFilter(lambda record: record.levelno > logging.DEBUG)
