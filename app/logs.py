"""The log of this process: each record is one line of JSON."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

# The id of the current request; its answer carries the same id as X-Request-Id.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


class JsonFormatter(logging.Formatter):
    """Write each record as one line of JSON; line breaks in values are escaped."""

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
    """Log in JSON to standard error; this replaces all handlers of the root logger."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Werkzeug's access log contains queries, and the query of a Google callback contains its code.
    for library in ("botocore", "urllib3", "werkzeug"):
        logging.getLogger(library).setLevel(logging.WARNING)


def silence_debug(name: str) -> None:
    """Drop a library's debug records at their source: botocore's hold passwords and tokens."""
    for logger in list(logging.root.manager.loggerDict):
        if logger.partition(".")[0] == name:
            logging.getLogger(logger).addFilter(lambda record: record.levelno > logging.DEBUG)
