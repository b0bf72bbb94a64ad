"""Make a virtual environment and install requirement files into it, unless that is done already.

The Makefile runs `python3 tools/install.py VENV REQUIREMENTS_FILE...` before anything is
installed, so it uses the standard library only. An old Python 3 must be able to parse it, so that
it can ask for a newer one.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036  # `make` may run this with an old python3
    sys.exit(
        "Python 3.11 or newer is needed, this is {}.{}: name another one, as in"
        " `make run PYTHON=python3.11`.".format(*sys.version_info)
    )

STAMP = "installed.json"


class InstallError(Exception):
    """The reason, in one sentence, why the environment is not ready."""


def main() -> None:
    """Bring the environment up to date, or end with one sentence."""
    venv, files = Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]
    try:
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
    # An environment works for one Python and, because its scripts contain its path, in one place.
    maker = f"{sys.version} in {sys.base_prefix} for {venv.absolute()}"
    stamp = read_stamp(venv)
    # An environment without a stamp was made by hand; it is kept.
    new = not venv.exists() or stamp.get("maker", maker) != maker
    installed = {name: value for name, value in stamp.items() if name != "maker" and not new}
    wanted = {str(file.absolute()): digest(file) for file in files}
    if wanted.items() <= installed.items():
        return
    names = " and ".join(map(str, files))
    print(f"Installing {names} into {venv} (once, up to a minute) ...", flush=True)
    if new:
        create(venv)
    write_stamp(venv, {"maker": maker})  # if pip fails, nothing counts as installed
    pip_install(venv, files, names)
    write_stamp(venv, {"maker": maker, **installed, **wanted})


def create(venv: Path) -> None:
    """Make an empty virtual environment; what was there before is removed."""
    try:
        import ensurepip  # noqa: F401  # Debian and Ubuntu have it in a separate package
    except ImportError:
        raise InstallError(
            "This Python cannot make virtual environments: ensurepip is missing"
            " (on Debian and Ubuntu, `apt install python3-venv` brings it)."
        ) from None
    shutil.rmtree(venv, ignore_errors=True)
    venv.mkdir()
    write_stamp(venv, {"maker": ""})  # if this is interrupted, the next run starts anew
    run([sys.executable, "-m", "venv", str(venv)], f"Could not make {venv}")


def pip_install(venv: Path, files: list[Path], names: str) -> None:
    """Install the requirement files with the environment's own pip."""
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input"]
    requirements = [f"--requirement={file}" for file in files]
    command = [*pip, "--disable-pip-version-check", *requirements]
    run(command, f"Could not install {names} into {venv}")


def run(command: list[str], failure: str) -> None:
    """Run the command to its end; raise InstallError with the error that it prints."""
    done = subprocess.run(  # noqa: S603  # pip and venv
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode:
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        errors = [line for line in lines if line.lower().startswith("error:")]
        last = (errors or lines or ["it printed nothing"])[-1]
        raise InstallError(f"{failure}: {last.removeprefix('ERROR: ').rstrip('.')}.")


def digest(file: Path) -> str:
    """Return a digest of a requirement file and of the files that it includes by `-r` or `-c`."""
    text = file.read_text(encoding="utf-8")
    included = re.findall(r"^-[rc] *(\S+)", text, re.MULTILINE)
    texts = [text, *(digest(file.parent / name) for name in included)]
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def read_stamp(venv: Path) -> dict[str, str]:
    """Return the environment's stamp, {} if it has none."""
    try:
        stamp: dict[str, str] = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        return {"maker": ""}
    return stamp


def write_stamp(venv: Path, stamp: dict[str, str]) -> None:
    """Record the environment's maker, and the digests of the requirement files installed in it."""
    (venv / STAMP).write_text(json.dumps(stamp, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
