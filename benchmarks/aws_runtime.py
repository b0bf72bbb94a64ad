"""What a caller waits for on Lambda: the package in AWS's own runtime and emulator.

The emulator takes a millisecond or two of each request for itself; API Gateway and the network,
which are not here, take more.
"""

import json
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.cold_start import build, event
from benchmarks.measuring import Row, cpu_seconds_of, milli, settings, stub
from tests.support import keys, lambda_runtime
from tests.support.lambda_runtime import Function

STARTS = 7
REQUESTS = 200


class Times(NamedTuple):
    """Seconds, request by request: by the clock, and of the function's processor."""

    clock: list[float]
    cpu: list[float]


def measure() -> list[Row]:
    """Start the function several times, and ask the last one again and again."""
    if not lambda_runtime.EMULATOR.exists():
        return [Row("the package in AWS's runtime", "AWS's runtime is not installed here")]
    package = build().unpacked
    first, warm, login = Times([], []), Times([], []), Times([], [])
    with stub() as cognito:
        for start in range(STARTS):
            with lambda_runtime.run(package, **settings(cognito)) as function:
                ask(function, event(), first)
                if start == STARTS - 1:
                    for _ in range(REQUESTS):
                        ask(function, event(), warm)
                        ask(function, login_event(), login)
                    memory = peak_memory(function)
    return [
        row("AWS's runtime, from nothing to the answer to the first `GET /me`", first),
        row("AWS's runtime, `GET /me` from then on", warm),
        row("AWS's runtime, `POST /auth/login`, Cognito answering at once", login),
        Row("AWS's runtime, peak memory of the function", f"**{memory / 1024:.0f} MB**"),
    ]


def row(what: str, times: Times) -> Row:
    """Return the line for some requests, with their medians."""
    return Row(what, f"**{milli(times.clock)}** (CPU {milli(times.cpu)})")


def ask(function: Function, request: dict[str, object], times: Times) -> None:
    """Invoke the function, expect 200, and note how long that took."""
    # There is no process before the first invocation, as on Lambda.
    before = sum(map(cpu_seconds_of, processes(function)))
    start = time.perf_counter()
    answer = function.invoke(request)
    times.clock.append(time.perf_counter() - start)
    times.cpu.append(sum(map(cpu_seconds_of, processes(function))) - before)
    if answer["statusCode"] != 200:
        raise RuntimeError(f"{answer}\n{function.log()}")


def login_event() -> dict[str, object]:
    """Return the event of an HTTP API for POST /auth/login."""
    login = event()
    body = json.dumps({"email": keys.EMAIL, "password": "Str0ngP@ssw0rd!"})
    headers = {"content-type": "application/json", "content-length": str(len(body))}
    context = {"http": {"method": "POST", "path": "/auth/login", "sourceIp": "192.0.2.1"}}
    return login | {
        "rawPath": "/auth/login",
        "headers": headers,
        "requestContext": context,
        "body": body,
    }


def peak_memory(function: Function) -> int:
    """Return the most kB that the function's process has held at once."""
    (pid,) = processes(function)
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0])


def processes(function: Function) -> list[int]:
    """Return the process of the function, of which there is none before it is first invoked."""
    # Any of the emulator's threads may be the parent.
    threads = Path(f"/proc/{function.pid}/task").iterdir()
    children = [(thread / "children").read_text(encoding="ascii").split() for thread in threads]
    return [int(pid) for pids in children for pid in pids]
