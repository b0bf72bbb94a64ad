"""Make a virtual environment and install requirement files into it, unless that is done already.

The Makefile runs `python3 tools/install.py VENV REQUIREMENTS_FILE...` before anything is
installed, so this uses the standard library only. It has to parse on an old Python 3 to be able
to ask for a newer one.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

if sys.version_info < (3, 11):  # noqa: UP036  # an old python3 is what this line is for
    sys.exit(
        "Python 3.11 or newer is needed, this is {}.{}: name another one, as in"
        " `make run PYTHON=python3.11`.".format(*sys.version_info)
    )

STAMP = "installed.json"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class InstallError(Exception):
    """The reason, in one sentence, why the environment is not ready."""


def main() -> None:
    """Bring the environment up to date, or end with one sentence and no half-made environment."""
    venv, files = Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]
    for number in SIGNALS:
        signal.signal(number, signal.default_int_handler)  # all of them clean up, like Ctrl-C
    try:
        with one_at_a_time(venv.absolute().parent):
            bring_up_to_date(venv, files)
    except InstallError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"Could not prepare {venv}: {error}.")
    except KeyboardInterrupt:
        print(f"\nInterrupted, {venv} is not ready.", file=sys.stderr)
        sys.exit(130)


def bring_up_to_date(venv: Path, files: list[Path]) -> None:
    """Create the environment and install the files, unless its stamp says that this is done."""
    # An environment serves neither another Python nor, its scripts having a path in their first
    # line, another place.
    made_by = f"{sys.version} in {sys.base_prefix} for {venv.absolute()}"
    stamp = read_stamp(venv)
    # One without a stamp was made by hand and is used as it is.
    new = not venv.exists() or stamp.get("made_by", made_by) != made_by
    installed = {} if new else stamp.get("files", {})
    wanted = digests(files)
    if wanted.items() <= installed.items():
        return
    names = " and ".join(map(str, files))
    print(f"Installing {names} into {venv} (once, up to a minute) ...", flush=True)
    try:
        if new:
            create(venv)
        write_stamp(venv, made_by, {})  # what a failed pip leaves behind is unknown
        pip_install(venv, files, names)
        write_stamp(venv, made_by, {**installed, **wanted})
    except BaseException:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not stop the clean-up
        if new:
            shutil.rmtree(venv, ignore_errors=True)
        raise


def create(venv: Path) -> None:
    """Make an empty virtual environment in place of whatever is there."""
    try:
        import ensurepip  # noqa: F401  # Debian and Ubuntu keep it in a package of its own
    except ImportError:
        raise InstallError(
            "This Python cannot make virtual environments: ensurepip is missing"
            " (on Debian and Ubuntu, `apt install python3-venv` brings it)."
        ) from None
    shutil.rmtree(venv, ignore_errors=True)
    venv.mkdir()
    write_stamp(venv, "", {})  # should this process be killed, the next one starts from scratch
    code, output = run([sys.executable, "-m", "venv", str(venv)])
    if code:
        raise InstallError(f"Could not make the virtual environment {venv}: {error_in(output)}")


def pip_install(venv: Path, files: list[Path], names: str) -> None:
    """Install the requirement files with the environment's own pip."""
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input"]
    code, output = run(
        [*pip, "--disable-pip-version-check", *(f"--requirement={file}" for file in files)]
    )
    if code:
        raise InstallError(f"Could not install {names} into {venv}: {error_in(output)}")


def run(command: list[str]) -> tuple[int, str]:
    """Run the command to its end; return its exit code and all its output."""
    # In a session of its own: Ctrl-C reaches only this process, which then interrupts the command
    # and waits, so that pip has removed its temporary files when the environment is removed.
    process = subprocess.Popen(  # noqa: S603  # pip and venv
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate()
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        raise
    return process.returncode, output


def error_in(output: str) -> str:
    """Return the last line in which pip speaks of an error, else the last line, as a sentence."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error:")]
    last = (errors or lines or ["it said nothing"])[-1]
    return last.removeprefix("ERROR: ").rstrip(".") + "."


def digests(files: list[Path]) -> dict[str, str]:
    """Return the digest of each requirement file and of those it names with `-r` or `-c`."""
    digest_by_file: dict[str, str] = {}
    waiting = [file.absolute() for file in files]
    while waiting:
        file = waiting.pop().resolve()
        if str(file) in digest_by_file:
            continue
        text = file.read_text(encoding="utf-8")
        digest_by_file[str(file)] = hashlib.sha256(text.encode()).hexdigest()
        for line in text.splitlines():
            option, _, name = line.partition(" ")
            if option in ("-r", "-c", "--requirement", "--constraint"):
                waiting.append(file.parent / name.split("#")[0].strip())
    return digest_by_file


def read_stamp(venv: Path) -> dict[str, Any]:
    """Return what the environment's stamp says, nothing if it has none."""
    try:
        stamp: dict[str, Any] = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        return {"made_by": ""}
    return stamp


def write_stamp(venv: Path, made_by: str, files: dict[str, str]) -> None:
    """Note in the environment which Python made it and which requirement files it holds."""
    stamp = json.dumps({"made_by": made_by, "files": files}, indent=2)
    (venv / STAMP).write_text(stamp, encoding="utf-8")


@contextlib.contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Let a second `make` wait until the first has installed, instead of both doing it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    main()
