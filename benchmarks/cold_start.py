"""Cold start, memory and size: many fresh processes that have only the package."""

import json
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.measuring import ROOT, Row, ratio, ratio_row, settings, stub
from tests.support import keys

COLD_START = 1.0
MEMORY = 1.08
PACKAGE_MB = 12.0
ROUNDS = 25

BASE = """
import flask, boto3
from jose import jwt
from botocore import UNSIGNED
from botocore.config import Config
boto3.client("cognito-idp", region_name="us-east-1", config=Config(signature_version=UNSIGNED))
"""
OURS = """
import json, os
import main
answer = main.lambda_handler(json.loads(os.environ["EVENT"]), None)
assert answer["statusCode"] == 200, answer
"""
REPORT = """
import time
high_water = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(time.process_time(), high_water.split()[1])
"""


class Package(NamedTuple):
    """The Lambda package, in a folder that is removed when this process ends."""

    folder: TemporaryDirectory[str]
    zip: Path
    unpacked: Path


@cache
def build() -> Package:
    """Build the package for this machine, once."""
    folder = TemporaryDirectory()
    package = Package(folder, Path(folder.name, "package.zip"), Path(folder.name, "task"))
    command = [sys.executable, "-B", "deploy/package.py", "--architecture=this"]
    command.append(f"--zip={package.zip}")
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    with zipfile.ZipFile(package.zip) as archive:
        archive.extractall(package.unpacked)
    return package


def measure() -> list[Row]:
    """Start the package in turn with a process that imports its libraries only."""
    package = build()
    megabytes = package.zip.stat().st_size / 1e6
    with stub() as url:
        own = {"EVENT": json.dumps(event()), "PYTHONPATH": str(package.unpacked)}
        env = settings(url) | own
        base, ours = [], []
        for _ in range(ROUNDS):
            base.append(run(BASE, env))
            ours.append(run(OURS, env))

    cpu, memory = (([run[i] for run in ours], [run[i] for run in base]) for i in (0, 1))
    our_cpu, base_cpu = (f"{median(runs) * 1000:.0f} ms" for runs in cpu)
    our_memory, base_memory = (f"{median(runs) / 1024:.1f} MB" for runs in memory)
    return [
        ratio_row(
            "cold start: `import main` and the first `GET /me`, over importing Flask, boto3 and"
            " jose and making the client",
            ratio(*cpu),
            COLD_START,
            f"{our_cpu} over {base_cpu}",
        ),
        ratio_row(
            "peak memory of these", ratio(*memory), MEMORY, f"{our_memory} over {base_memory}"
        ),
        Row(
            "package, zipped",
            f"**{megabytes:.1f} MB**",
            f"≤ {PACKAGE_MB:.0f} MB",
            megabytes <= PACKAGE_MB,
        ),
    ]


def run(code: str, env: dict[str, str]) -> tuple[float, float]:
    """Run a fresh Python without site packages; return its CPU seconds and peak memory in kB."""
    command = [sys.executable, "-S", "-c", code + REPORT]
    done = subprocess.run(command, env=env, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise RuntimeError(done.stderr)
    seconds, kilobytes = done.stdout.split()
    return float(seconds), float(kilobytes)


def event() -> dict[str, object]:
    """Return the event of an HTTP API for GET /me."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/me",
        "rawQueryString": "",
        "headers": {
            "accept": "*/*",
            "authorization": f"Bearer {keys.make_token()}",
            "content-length": "0",
            "host": "abcdef1234.execute-api.us-east-1.amazonaws.com",
            "user-agent": "curl/8.5.0",
            "x-amzn-trace-id": "Root=1-5c6f3c1f-1e2d3c4b5a69788796a5b4c3",
            "x-forwarded-for": "192.0.2.1",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdef1234",
            "domainName": "abcdef1234.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "abcdef1234",
            "http": {
                "method": "GET",
                "path": "/me",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "curl/8.5.0",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "12/Mar/2026:19:03:58 +0000",
            "timeEpoch": 1773342238390,
        },
        "isBase64Encoded": False,
    }
