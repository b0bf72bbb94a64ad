"""`make run` as its user sees it: processes are started, signalled, killed, and looked for."""

import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from local.servers import loopback
from tests.support.project import ROOT
from tests.support.waiting import wait_for

READY = "Ctrl-C stops everything"

# What a developer's shell may hold and `make run` must not care about.
FOREIGN_SETTINGS = {
    "AWS_PROFILE": "not-there",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "HTTP_PROXY": "http://127.0.0.1:1",
    "http_proxy": "http://127.0.0.1:1",
}


def processes() -> dict[int, tuple[int, str]]:
    """Return the parent and command of each process that has not ended."""
    listing = subprocess.check_output(["ps", "-Aww", "-o", "pid=,ppid=,stat=,args="], text=True)
    rows = (line.split(None, 3) for line in listing.splitlines())
    return {
        int(pid): (int(parent), "".join(command))
        for pid, parent, state, *command in rows
        if not state.startswith("Z")
    }


class Run:
    """A `python -m local` with its own port and its own place for temporary files."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.temp = folder / "tmp"
        self.temp.mkdir()
        self.port = loopback.free_port()
        self._output = folder / "output"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-B", "-m", "local"],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={
                    **os.environ,
                    **FOREIGN_SETTINGS,
                    "TMPDIR": str(self.temp),
                    "PORT": str(self.port),
                    **env,
                },
            )

    def output(self) -> str:
        return self._output.read_text()

    def shows(self, text: str) -> None:
        wait_for(lambda: text in self.output() or self.process.poll() is not None)
        assert text in self.output()

    def children(self) -> dict[int, str]:
        return {
            pid: command
            for pid, (parent, command) in processes().items()
            if parent == self.process.pid
        }

    def child(self, command: str) -> int:
        return next(pid for pid, args in self.children().items() if command in args)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Give a function that starts `python -m local`; what it starts is ended by all means."""
    runs = []

    def start(**env: str) -> Run:
        runs.append(Run(tmp_path, **env))
        return runs[-1]

    yield start
    for run in runs:
        run.process.kill()
        run.process.wait()


def files() -> set[Path]:
    """Return the files of the project, without those of tools such as git."""
    visible = (path for path in ROOT.iterdir() if not path.name.startswith("."))
    return {path for top in visible for path in (top, *top.rglob("*"))}


def test_serves_shows_mails_and_leaves_nothing_after_ctrl_c(start: Callable[..., Run]) -> None:
    before = files()
    run = start()
    run.shows(READY)
    run.shows("19 of 20 checks passed, 1 could not tell (pool)\n")
    assert doctor_elsewhere(run) == "19 of 20 checks passed, 1 could not tell (pool)\n"
    answer = requests.post(
        f"http://127.0.0.1:{run.port}/auth/signup",
        json={"email": "ada@example.com", "password": "Str0ngP@ssw0rd!"},
        timeout=10,
    )
    assert answer.status_code == 200
    run.shows("123456")
    assert f": make walk BASE_URL=http://127.0.0.1:{run.port}\n" in run.output()
    children = run.children()
    assert len(children) >= 3
    run.process.send_signal(signal.SIGINT)
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(10) == 0
    assert "| To: ada@example.com\n" in run.output()
    assert run.output().endswith("\nStopped.\n")
    assert "Traceback" not in run.output()
    assert not children.keys() & processes().keys()
    assert list(run.temp.iterdir()) == []
    assert files() == before


def doctor_elsewhere(run: Run) -> str:
    """Run the doctor in another terminal, with the settings that are printed for that."""
    [line] = [line for line in run.output().splitlines() if line.startswith("  export ")]
    settings = dict(part.split("=", 1) for part in shlex.split(line)[1:])
    command = [sys.executable, "-B", "-m", "doctor", "--summary"]
    return subprocess.check_output(command, cwd=ROOT, env=settings, text=True, timeout=20)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_stops_while_it_is_still_starting(
    start: Callable[..., Run], number: signal.Signals
) -> None:
    run = start()
    run.shows("Starting a stand-in for Google")
    children = run.children()
    run.process.send_signal(number)
    assert run.process.wait(10) == 0
    assert READY not in run.output()
    assert run.output().endswith("\nStopped.\n")
    assert not children.keys() & processes().keys()
    assert list(run.temp.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("local.cognito", "The local Cognito"),
        ("main.py", "The API"),
    ],
)
def test_says_so_and_stops_when_a_part_dies(
    start: Callable[..., Run], command: str, name: str
) -> None:
    run = start()
    run.shows(READY)
    children = run.children()
    os.kill(run.child(command), signal.SIGKILL)
    assert run.process.wait(10) == 1
    assert run.output().endswith(f"\n{name} was ended by SIGKILL.\n")
    assert "Traceback" not in run.output()
    assert not children.keys() & processes().keys()
    assert list(run.temp.iterdir()) == []


def test_no_child_survives_a_hard_kill(start: Callable[..., Run]) -> None:
    run = start()
    run.shows("Starting a user pool")
    children = run.children()
    run.process.kill()
    run.process.wait()
    assert wait_for(lambda: not children.keys() & processes().keys(), seconds=5)


def test_an_api_that_does_not_start_is_quoted(start: Callable[..., Run]) -> None:
    run = start(LOG_LEVEL="loud")
    assert run.process.wait(20) == 1
    last = run.output().splitlines()[-1]
    assert last.startswith("The API ended with exit code 1: ")
    assert "LOG_LEVEL" in last
    assert "Traceback" not in run.output()
    assert list(run.temp.iterdir()) == []


def test_a_port_in_use_is_noticed_before_anything_starts(start: Callable[..., Run]) -> None:
    with socket.create_server((loopback.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        run = start(PORT=str(port))
        assert run.process.wait(10) == 1
    assert run.output() == f"Port {port} is in use; choose another one with PORT={port + 1}\n"


def test_settings_of_the_api_are_passed_on(start: Callable[..., Run]) -> None:
    run = start(REFRESH_COOKIE="true", CORS_ORIGINS="http://localhost:8000")
    run.shows(READY)
    url = f"http://localhost:{run.port}/auth/logout"
    for origin, status in (("http://localhost:8000", 200), ("http://localhost:8001", 403)):
        answer = requests.post(url, headers={"Origin": origin}, timeout=10)
        assert answer.status_code == status, answer.text
