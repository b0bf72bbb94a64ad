"""`make run`: the API and all that it needs, until Ctrl-C."""

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local.console import StopSwitch, address, run_until_stopped, walk_command, watch
from local.servers.child import Child, LocalError

if TYPE_CHECKING:
    from local.servers.stack import Stack

ROOT = Path(__file__).resolve().parent.parent

# What the API gets of the user's environment. Nothing of AWS_*: a profile, endpoint or proxy of
# theirs must not decide where the API looks for its pool.
PASSED_ON = ("PATH", "HOME", "LANG", "LOG_LEVEL", "CORS_ORIGINS")
NO_AWS_SETTINGS = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "PYTHON_DOTENV_DISABLED": "true",  # a .env here has the settings of another pool
}

WELCOME = """
The API is at  {url}
Its docs       {url}/apidocs
Google login   {url}/auth/google/start
To start with:

  curl -X POST {url}/auth/signup -H 'Content-Type: application/json' \\
    -d '{{"email": "you@example.com", "password": "Str0ngP@ssw0rd!"}}'

Every flow, in another terminal: {walk}
The pool's settings, for make doctor in another terminal:

  {settings}

The mails that the pool sends appear below. Ctrl-C stops everything.
"""


def main() -> int:
    """Run everything until it is stopped; return the exit code."""
    return run_until_stopped(lambda switch: serve(*address(), switch))


def serve(host: str, port: int, switch: StopSwitch) -> None:
    """Start everything, then show the API's output and the pool's mails until there is an end."""
    # Imported here as boto3 takes its time: Ctrl-C is minded from the very beginning.
    from local.servers.pool import prepare_walks
    from local.servers.stack import Stack

    @contextmanager
    def step(what: str) -> Iterator[None]:
        switch.check()
        print(f"Starting {what} ...", end="", flush=True)
        start = time.monotonic()
        try:
            yield
            print(f" {time.monotonic() - start:.1f} s", end="")
        finally:
            print(flush=True)

    with ExitStack() as running:
        stack = running.enter_context(Stack.run(port, step=step))
        prepare_walks(stack.admin, stack.pool)
        url = f"http://{_reachable(host)}:{port}"
        env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        env |= {"HOST": host, "PORT": str(port), **NO_AWS_SETTINGS, **stack.environment()}
        api = Child("The API", [sys.executable, "-B", "main.py"], env, cwd=ROOT)
        running.callback(api.stop)
        doctor = running.enter_context(check_up(env))
        running.callback(doctor.kill)
        try:
            with step("the API"):
                api.wait_until_ready(f"{url}/apispec_1.json", meanwhile=switch.check)
            relay(api)
            print(WELCOME.format(url=url, walk=walk_command(url), settings=export(stack, port)))
            print(doctor.communicate()[0], flush=True)

            def look_after_the_api() -> None:
                relay(api)
                api.check()

            watch(stack, switch, look_after_the_api)
        except LocalError as error:
            relay(api, but_not=str(error))
            raise


def check_up(env: Mapping[str, str]) -> "subprocess.Popen[str]":
    """Start the doctor, which needs the pool but not the API, and ends by itself within 5 s."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-B", "-m", "doctor", "--summary"],
        env=env,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def export(stack: "Stack", port: int) -> str:
    """Return the shell command that gives another terminal the settings of the API."""
    settings = {**stack.environment(), "PORT": str(port)}
    return shlex.join(["export", *(f"{name}={value}" for name, value in settings.items())])


def relay(api: Child, but_not: str = "") -> None:
    """Print what the API has logged since the last time, except a line that is in `but_not`."""
    for line in api.new_lines():
        if not line or line not in but_not:
            print(line, flush=True)


def _reachable(host: str) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"[{host}]" if ":" in host else host
