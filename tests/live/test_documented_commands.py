"""The documentation's commands, run as they stand against a live API."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import blocks, documents, run, sections
from tests.support.live import Live, run_beside
from tests.support.local_cognito import run_cognito
from tests.support.project import ROOT

WORD = re.compile(r"make run POOL=([\w-]+)")
LOCAL = sections("local/README.md")
WALKS = sections("docs/walks.md")
START = WALKS.pop("Before you start")
# The walks of which there is something to run, and the word of POOL that one may need.
RUNNABLE = {title: WORD.search(text) for title, text in WALKS.items() if "```bash" in text}


def walk(live: Live, folder: Path, *commands: str) -> list[list[Any]]:
    """Run blocks in the place of a clone, in front of this API; return what each showed."""
    (folder / "walk").symlink_to(ROOT / "walk")
    environment = {
        **live.stack.environment(),
        **live.stack.control_environment(),
        "PYTHONPATH": str(folder),
    }
    at_home = "http://127.0.0.1:5000"
    return run(folder, environment, *(text.replace(at_home, live.url) for text in commands))


def like(shown: Any, answer: Any) -> Any:
    """Return the answer with "..." for what the documentation shows so."""
    if shown == "...":
        return shown if isinstance(answer, str) and answer else answer
    if shown == {"...": "..."}:
        return shown if isinstance(answer, dict) and answer else answer
    if isinstance(shown, dict) and isinstance(answer, dict):
        return {name: like(shown.get(name), value) for name, value in answer.items()}
    if isinstance(shown, list) and isinstance(answer, list) and len(shown) == len(answer):
        return [like(*pair) for pair in zip(shown, answer, strict=True)]
    return answer


@pytest.fixture
def walked(live: Live, request: pytest.FixtureRequest) -> Iterator[Live]:
    """Give the API in front of the pool that a walk asks for."""
    word: re.Match[str] | None = RUNNABLE[request.getfixturevalue("title")]
    if word is None:
        yield live
        return
    with run_beside(live, word[1]) as other:
        yield other


@pytest.mark.parametrize("title", RUNNABLE)
def test_a_walk_shows_what_it_says(walked: Live, tmp_path: Path, title: str) -> None:
    shown = [list(documents(block)) for block in blocks(WALKS[title], "json")]
    commands = blocks(WALKS[title], "bash")

    answers = walk(walked, tmp_path, *blocks(START, "bash"), *commands)[2:]

    assert shown == like(shown, answers)


def test_each_walk_starts_with_a_new_user(live: Live, tmp_path: Path) -> None:
    [shown] = [list(documents(block)) for block in blocks(START, "json")]

    set_up, answers = walk(live, tmp_path, *blocks(START, "bash"))

    assert set_up == []
    assert shown == like(shown, answers)


def test_the_first_minute_shows_what_it_says(live: Live, tmp_path: Path) -> None:
    text = sections("README.md")["Try it in a minute"]
    start, *commands = blocks(text, "bash")

    answers = walk(live, tmp_path, *commands)

    assert start == "make run\n"
    assert [
        [shape(document) for document in documents(block)] for block in blocks(text, "json")
    ] == [[shape(answer) for answer in block] for block in answers]


def test_the_pool_of_make_run_takes_the_aws_cli(live: Live, tmp_path: Path) -> None:
    [lines] = [block for block in blocks(LOCAL["Using it"], "bash") if "aws " in block]

    [[users, invited]] = walk(live, tmp_path, lines)

    assert invited["Username"] in [user["Username"] for user in users["Users"]]


def test_the_clock_can_be_moved(tmp_path: Path) -> None:
    [line] = [block for block in blocks(LOCAL["Using it"], "bash") if "/local/clock" in block]
    with run_cognito() as cognito:
        environment = {
            "AWS_ACCESS_KEY_ID": cognito.access_key_id,
            "AWS_SECRET_ACCESS_KEY": cognito.secret_access_key,
            "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": cognito.url,
        }
        before = cognito.now()

        [[after]] = run(tmp_path, environment, line)

    assert 3600 <= after - before < 3660


def shape(answer: Any) -> Any:
    """Return the names of an answer's members; ids, times and tokens differ each time."""
    return (
        {name: shape(value) for name, value in answer.items()} if isinstance(answer, dict) else ""
    )


def test_no_walk_shadows_a_command_or_hides_an_error() -> None:
    page = (ROOT / "docs/walks.md").read_text()
    functions = re.findall(r"^(\w+)\(\)", page, re.MULTILINE)

    assert len(functions) >= 2
    assert [name for name in functions if shutil.which(name) or name == "code"] == []
    assert re.findall(r"\bsed\b", page) == []
    assert '!"' not in page  # zsh would take it for a command about its history
