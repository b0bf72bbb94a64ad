"""The installer of `make`: what it installs when, and what it leaves when it fails."""

import ast
import contextlib
import os
import signal
import subprocess
import sys
import venv
from pathlib import Path

import pip
import pytest

from tests.support.project import ROOT
from tests.support.waiting import wait_for

INSTALL = ROOT / "tools" / "install.py"


def install(env: Path, *wanted: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-B", INSTALL, env, *wanted],
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def wanted(tmp_path: Path) -> Path:
    """Give a requirement file that includes another one and asks for nothing."""
    (tmp_path / "base.txt").write_text("--no-index\n")
    file = tmp_path / "requirements.txt"
    file.write_text("-r base.txt  # and nothing else\n")
    return file


NOT_THERE = "--no-index\nno-such-package==1.0\n"


@pytest.fixture
def venv_made_by_hand(tmp_path: Path) -> Path:
    """Give an environment that borrows this one's pip: to install one takes seconds."""
    venv.create(tmp_path / "by-hand", symlinks=True)
    [packages] = tmp_path.glob("by-hand/lib/python*/site-packages")
    (packages / "borrowed.pth").write_text(str(Path(pip.__file__).parent.parent))
    return tmp_path / "by-hand"


def test_installs_only_what_has_changed(venv_made_by_hand: Path, wanted: Path) -> None:
    env, base = venv_made_by_hand, wanted.parent / "base.txt"
    first = install(env, wanted)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.startswith("Installing ")
    assert install(env, wanted).stdout == ""

    base.write_text(NOT_THERE)
    failed = install(env, wanted)
    assert failed.returncode == 1
    assert env.exists(), "an environment that did work is not thrown away"

    base.write_text("--no-index\n")
    assert install(env, wanted).stdout.startswith("Installing ")
    assert install(env, wanted).stdout == ""


def test_a_failed_install_is_one_sentence_and_is_tried_again(
    venv_made_by_hand: Path, wanted: Path
) -> None:
    wanted.write_text(NOT_THERE)
    failed = install(venv_made_by_hand, wanted)
    assert failed.returncode == 1
    assert failed.stderr == (
        f"Could not install {wanted} into {venv_made_by_hand}:"
        " No matching distribution found for no-such-package==1.0.\n"
    )
    assert install(venv_made_by_hand, wanted).returncode == 1

    wanted.write_text("--no-index\n")
    assert install(venv_made_by_hand, wanted).returncode == 0


def test_an_environment_that_was_interrupted_is_made_anew(tmp_path: Path, wanted: Path) -> None:
    env = tmp_path / "venv"
    with subprocess.Popen(
        [sys.executable, "-B", INSTALL, env, wanted],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell starts what it runs in the background with SIGINT ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert wait_for(lambda: (env / "bin").exists())
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C in a terminal does
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors == f"\nInterrupted, {env} is not ready.\n"

    assert install(env, wanted).returncode == 0
    assert subprocess.run([env / "bin" / "pip", "--version"], capture_output=True).returncode == 0


def test_an_old_python_can_read_the_installer() -> None:
    with contextlib.suppress(SyntaxError):
        ast.parse("match x:\n    case _: pass", feature_version=(3, 6))
        pytest.fail("this check does not notice new syntax")
    ast.parse(INSTALL.read_text(), feature_version=(3, 6))
