"""Many clients at once on gunicorn, in front of a slow Cognito."""

import asyncio
import json
import sys
import time
from asyncio import StreamReader, StreamWriter
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

from benchmarks.measuring import ROOT, Row, settings, stub
from local.servers.child import Child, on_free_port
from tests.support import keys

OF_IDEAL = 0.9  # least share of the rate that the latency allows
GROWTH = 1.03  # most growth of the workers' memory after the first logins
CLIENTS = 64
WORKERS = 2
LATENCY = 0.2  # seconds
SETTLED = 2_000  # logins before the measurement begins
LOGINS = 20_000

Streams = tuple[StreamReader, StreamWriter]


def measure() -> list[Row]:
    """Measure rate, connections and memory while the clients log in."""
    with stub(LATENCY) as cognito:

        def start(port: int) -> Child:
            command = [sys.executable, "-m", "gunicorn", "--log-level=error"]
            command += [f"--workers={WORKERS}", "--worker-class=gthread", f"--threads={CLIENTS}"]
            command += [f"--bind=127.0.0.1:{port}", "main:app"]
            return Child("gunicorn", command, settings(cognito) | {"LOG_LEVEL": "ERROR"}, ROOT)

        with on_free_port(start, "/health") as (server, port):
            observed = asyncio.run(observe(port, server.pid, cognito))

    rate, ideal = (LOGINS - SETTLED) / observed.seconds, CLIENTS / LATENCY
    growth = observed.memory[1] / observed.memory[0]
    connections, later = observed.connections[0], observed.connections[1] - observed.connections[0]
    return [
        Row(
            f"logins a second of {CLIENTS} clients, Cognito taking {LATENCY * 1000:.0f} ms,"
            f" {WORKERS} gunicorn workers with threads, over the ideal",
            f"**{rate / ideal:.2f}** ({rate:.0f} over {ideal:.0f})",
            f"≥ {OF_IDEAL:.2f}",
            rate / ideal >= OF_IDEAL,
        ),
        Row(
            "connections to Cognito opened meanwhile",
            f"**{connections}** by the {SETTLED}th login, **{later}** later",
            f"≤ {WORKERS * CLIENTS}, 0 later",
            connections <= WORKERS * CLIENTS and later == 0,
        ),
        Row(
            f"the workers' memory after {LOGINS} logins, over that after {SETTLED}",
            f"**{growth:.3f}**",
            f"≤ {GROWTH}",
            growth <= GROWTH,
        ),
    ]


class Observed(NamedTuple):
    """The workers' memory in kB and connections to Cognito, after SETTLED logins and at the end."""

    seconds: float  # between the two
    memory: tuple[int, int]
    connections: tuple[int, int]


async def observe(port: int, server: int, cognito: str) -> Observed:
    """Log in CLIENTS clients with a connection each, and observe the server."""
    clients = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CLIENTS)]
    await log_in(clients, SETTLED)
    memory, connections, began = resident(server), opened(cognito), time.monotonic()
    await log_in(clients, LOGINS - SETTLED)
    seconds = time.monotonic() - began
    result = Observed(seconds, (memory, resident(server)), (connections, opened(cognito)))
    for _, writer in clients:
        writer.close()
    return result


async def log_in(clients: list[Streams], times: int) -> None:
    """Log in `times` times in all; each client logs in again as soon as it has an answer."""
    body = json.dumps({"email": keys.EMAIL, "password": "Str0ngP@ssw0rd!"}).encode()
    head = "POST /auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    left = iter(range(times))

    async def log_in_again_and_again(reader: StreamReader, writer: StreamWriter) -> None:
        for _ in left:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split()[0])
            await reader.readexactly(length)
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.decode())

    await asyncio.gather(*(log_in_again_and_again(*client) for client in clients))


def resident(server: int) -> int:
    """Return the resident memory of the server's workers in kB."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
    statuses = (Path(f"/proc/{pid}/status").read_text(encoding="utf-8") for pid in children)
    return sum(int(status.partition("VmRSS:")[2].split()[0]) for status in statuses)


def opened(cognito: str) -> int:
    """Return how many connections have ever brought logins to the stub."""
    with urlopen(f"{cognito}/connections", timeout=5) as answer:  # noqa: S310  # it is http
        return int(answer.read())
