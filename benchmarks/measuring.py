"""How the benchmarks measure: in turns, by CPU time, as medians.

Other work on the machine makes the clock unreliable, and two runs are not comparable. So the things
to compare take turns within one run, and a budget is a limit on their ratio.
"""

import gc
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from local.servers.child import Child, on_free_port
from tests.support import keys

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 150
CALLS = 20  # in a row, before it is another function's turn


class Row(NamedTuple):
    """One line of the report; without a budget it is for information.

    `met` is None where this machine cannot tell, as it measures too unsteadily.
    """

    what: str
    measured: str
    budget: str = ""
    met: bool | None = None


def ratio_row(what: str, ratio: float, budget: float, detail: str) -> Row:
    """Return the line for a ratio and its upper limit."""
    return Row(what, f"**{ratio:.2f}** ({detail})", f"≤ {budget:.2f}", ratio <= budget)


def take_turns(
    *work: Callable[[], object], rounds: int = ROUNDS, calls: int = CALLS
) -> list[list[float]]:
    """Return each function's CPU seconds per call, round by round."""
    seconds: list[list[float]] = [[] for _ in work]
    for call in work:  # the first calls fill caches
        cpu_seconds(call, calls)
    gc.collect()
    for _ in range(rounds):
        for call, results in zip(work, seconds, strict=True):
            results.append(cpu_seconds(call, calls))
    return seconds


def cpu_seconds(call: Callable[[], object], calls: int) -> float:
    """Return this process's CPU seconds per call, over some calls in a row."""
    start = time.process_time()
    for _ in range(calls):
        call()
    return (time.process_time() - start) / calls


def cpu_seconds_of(pid: int) -> float:
    """Return the CPU seconds that a process and its children have used so far."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    nanoseconds = 0
    for process in (pid, *map(int, children)):
        for thread in Path(f"/proc/{process}/task").iterdir():
            nanoseconds += int((thread / "schedstat").read_text(encoding="ascii").split()[0])
    return nanoseconds / 1e9


def ratio(ours: list[float], theirs: list[float]) -> float:
    """Return the median of the ratios, round by round."""
    return median(our / their for our, their in zip(ours, theirs, strict=True))


def milli(seconds: list[float]) -> str:
    """Return the median in milliseconds."""
    typical = median(seconds) * 1e3
    return f"{typical:.0f} ms" if typical >= 10 else f"{typical:.1f} ms"


def micro(seconds: list[float]) -> str:
    """Return the median in microseconds, as text."""
    return f"{median(seconds) * 1e6:.0f} µs"


def wsgi_call(
    app: Any, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> Callable[[], bytes]:
    """Return a function that sends a WSGI app one request and raises unless the answer is 200."""
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "5000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/json" if body else "",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "HTTP_HOST": "127.0.0.1:5000",
        "HTTP_ACCEPT": "*/*",
        "HTTP_USER_AGENT": "curl/8.5.0",
        **{f"HTTP_{name.upper()}": value for name, value in (headers or {}).items()},
    }

    def call() -> bytes:
        lines: list[str] = []
        answer = app({**environ, "wsgi.input": BytesIO(body)}, lambda line, *_: lines.append(line))
        content = b"".join(answer)
        answer.close()
        if lines != ["200 OK"]:
            raise RuntimeError(f"{method} {path} of {app}: {lines}")
        return content

    return call


@contextmanager
def stub(latency: float = 0.0) -> Iterator[str]:
    """Run the stub of Cognito in a separate process; yield its URL.

    `latency` is the time that it takes for a login, in seconds.
    """

    def start(port: int) -> Child:
        command = [sys.executable, "-m", "benchmarks.stub", str(port), str(latency)]
        return Child(
            "The stub", command, {**os.environ, "JWK": json.dumps(keys.pool_key().jwk)}, ROOT
        )

    with on_free_port(start, "/connections") as (_, port):
        yield f"http://127.0.0.1:{port}"


def settings(cognito: str) -> dict[str, str]:
    """Return an environment in which `main` serves the stub's pool."""
    return {
        "PATH": os.environ["PATH"],
        "FLASK_SECRET_KEY": "a secret for benchmarks, and no less",
        "COGNITO_REGION": keys.REGION,
        "USER_POOL_ID": keys.POOL,
        "CLIENT_ID": keys.CLIENT_ID,
        "CLIENT_SECRET": keys.CLIENT_SECRET,
        "COGNITO_DOMAIN": cognito,
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": cognito,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
