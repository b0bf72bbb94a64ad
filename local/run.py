"""`make run`: run the API and everything that it needs until Ctrl-C."""

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local.console import (
    Console,
    StopSwitch,
    address,
    run_until_stopped,
    walk_command,
    watch,
)
from local.servers.child import Child, LocalError
from local.servers.pool import check_words

if TYPE_CHECKING:
    from local.servers.stack import Stack

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".local"

# The variables that the API gets from the user's environment. AWS_* and proxies are not among them:
# they must not decide where the API looks for its pool.
PASSED_ON = ("PATH", "HOME", "LANG", "LOG_LEVEL", "CORS_ORIGINS", "RETURN_URLS", "REFRESH_COOKIE")
# For front ends on development servers at any port.
FRONT_ENDS = "http://localhost:*,http://127.0.0.1:*"
NO_AWS_SETTINGS = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "PYTHON_DOTENV_DISABLED": "true",  # a .env file has the settings of another pool
}

WELCOME = """
Every flow, to click on  {page}
The API is at            {url}
Its docs                 {url}/apidocs
Mails, texts, users and settings of the pool: {cognito}
To start with:

  curl -X POST {url}/auth/signup -H 'Content-Type: application/json' \\
    -d '{{"email": "you@example.com", "password": "Str0ngP@ssw0rd!"}}'

Every flow, in another terminal: {walk}
The settings, for make doctor and the AWS CLI in another terminal:

  {settings}

Requests, mails and texts appear below. Ctrl-C stops everything.
"""


def main() -> int:
    """Run everything until a stop signal comes; return the exit code."""
    words = os.environ.get("POOL", "")
    return run_until_stopped(lambda switch: serve(*address(), check_words(words), switch))


def serve(host: str, port: int, words: list[str], switch: StopSwitch) -> None:
    """Start everything, then show requests and messages until a stop signal comes."""
    # Imported here because boto3 takes a while, and Ctrl-C has to work before.
    from local.servers.kept import KEPT
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

    keep = None
    if _is_on("KEEP"):
        keep = STATE
        keep.mkdir(mode=0o700, exist_ok=True)
        if words and (keep / KEPT).exists():
            raise LocalError("POOL is for a new pool, and KEEP=1 has one: `make clean` removes it.")
    with ExitStack() as running:
        stack = running.enter_context(
            Stack.run(port, words, step, keep=keep, random_codes=_is_on("RANDOM_CODES"))
        )
        url = f"http://{_reachable(host)}:{port}"
        env = {"CORS_ORIGINS": FRONT_ENDS, "RETURN_URLS": FRONT_ENDS}
        env |= {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        env |= {"HOST": host, "PORT": str(port), **NO_AWS_SETTINGS, **stack.environment()}
        api = running.enter_context(Api(env))
        doctor = running.enter_context(check_up(env))
        running.callback(doctor.kill)
        with step("the API"):
            api.wait_until_ready(f"{url}/apispec_1.json", switch.check)
        print(
            WELCOME.format(
                url=url,
                # Passkeys need a domain; an IP address is not one.
                page=url.replace("//127.0.0.1:", "//localhost:"),
                cognito=stack.aws.endpoint,
                walk=walk_command(url),
                settings=export(stack, port),
            )
        )
        print(doctor.communicate()[0], flush=True)
        watch(stack, switch, api.look_after)


class Api:
    """The API as a child process; with RELOAD=1 it is restarted when its code changes."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._console = Console()
        self._reload = _is_on("RELOAD")
        self._changed = newest_change()
        self._ended = ""  # the error about its end that was printed last
        self._child = self._start()

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, *_: object) -> None:
        self._child.stop()

    def _start(self) -> Child:
        return Child("The API", [sys.executable, "-B", "main.py"], self._env, cwd=ROOT)

    def wait_until_ready(self, url: str, meanwhile: Callable[[], object]) -> None:
        """Return when the API answers; show what it logged if it never does."""
        try:
            self._child.wait_until_ready(url, meanwhile)
        except LocalError as error:
            self._console.show(self._child.new_lines(), but_not=str(error))
            raise

    def look_after(self) -> None:
        """Show what the API logged; restart it if its code changed.

        Raises LocalError if it has ended, unless RELOAD=1 lets it wait for a change.
        """
        self._console.show(self._child.new_lines())
        if self._reload and (changed := newest_change()) != self._changed:
            self._changed, self._ended = changed, ""
            print("The code has changed: starting the API again.", flush=True)
            self._child.stop()
            self._child = self._start()
            return
        try:
            self._child.check()
        except LocalError as error:
            self._console.show(self._child.new_lines(), but_not=str(error))
            if not self._reload:
                raise
            if self._ended != str(error):
                self._ended = str(error)
                print(f"{error} It is started again when its code changes.", flush=True)


def newest_change() -> float:
    """Return the time of the newest change to a file of the API, in seconds since 1970."""
    files = [ROOT / "main.py", *(ROOT / "app").rglob("*.*")]
    return max(file.stat().st_mtime for file in files if "__pycache__" not in file.parts)


def check_up(env: Mapping[str, str]) -> "subprocess.Popen[str]":
    """Start the doctor, which needs the pool but not the API and ends within 5 s."""
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
    """Return the shell command that sets the API's settings in another terminal."""
    settings = {**stack.environment(), **stack.control_environment(), "PORT": str(port)}
    return shlex.join(["export", *(f"{name}={value}" for name, value in settings.items())])


def _is_on(name: str) -> bool:
    return os.environ.get(name, "").strip() not in ("", "0")


def _reachable(host: str) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"[{host}]" if ":" in host else host
