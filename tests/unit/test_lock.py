"""requirements.lock: exactly what ships, for every Python and processor that a package is for."""

import re
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from deploy import package
from tests.support.live import skip_unless
from tests.support.project import ROOT

ENTRY = re.compile(r"^(\S+)==(\S+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE)


def locked(path: Path) -> dict[str, Version]:
    """Return the versions in a lock file; each of its lines belongs to a hashed requirement."""
    text = path.read_text()
    entries = list(ENTRY.finditer(text))
    rest = ENTRY.sub("", text)
    assert [line for line in rest.splitlines() if line and not line.lstrip().startswith("#")] == []
    return {canonicalize_name(entry[1]): Version(entry[2]) for entry in entries}


def required(path: Path) -> list[Requirement]:
    """Return the requirements in a file, without its comments."""
    lines = (line.partition("#")[0].strip() for line in path.read_text().splitlines())
    return [Requirement(line) for line in lines if line]


@pytest.mark.parametrize(
    ("requirements", "lock"),
    [(ROOT / "requirements.txt", package.LOCK), (ROOT / "deploy/build.txt", package.BUILD_LOCK)],
    ids=["what ships", "what builds it"],
)
def test_satisfies_the_requirements(requirements: Path, lock: Path) -> None:
    versions = locked(lock)
    for requirement in required(requirements):
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)])


def test_names_the_given_packages() -> None:
    given = {"flask", "flasgger", "boto3", "python-jose", "requests", "aws-wsgi"}
    requirements = {
        requirement.name: requirement for requirement in required(ROOT / "requirements.txt")
    }
    assert requirements.keys() >= given
    assert requirements["python-jose"].extras == {"cryptography"}


def test_admits_no_werkzeug_that_trims_the_names_of_cookies() -> None:
    """Up to 3.1.8 it takes `\\x85__Host-name` for `__Host-name`, which any subdomain may set."""
    (werkzeug,) = (r for r in required(ROOT / "requirements.txt") if r.name == "werkzeug")
    assert not werkzeug.specifier.contains("3.1.8")


@pytest.mark.parametrize(
    ("runtime", "machine"), [*product(package.RUNTIMES, package.MACHINES.values())], ids=str
)
def test_is_complete_and_has_wheels(tmp_path: Path, runtime: str, machine: str) -> None:
    """Nothing has to be built but what deploy/package.py builds, and nothing is unlisted."""
    command = [
        *(Path(sys.executable).with_name("uv"), "pip", "install", "--dry-run", "--require-hashes"),
        *(f"--target={tmp_path}", f"--requirement={package.LOCK}", "--only-binary=:all:"),
        *(f"--no-binary={name}" for name in package.SDISTS),
        f"--python-version={runtime.removeprefix('python')}",
        f"--python-platform={machine}-manylinux2014",  # glibc 2.17, which all of Lambda surpasses
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    skip_unless("error sending request" not in done.stderr.lower(), "PyPI cannot be reached")
    assert done.returncode == 0, done.stderr
    assert f"Would install {len(locked(package.LOCK))} packages" in done.stderr


@pytest.mark.parametrize(
    ("lock", "name"),
    [
        ("requirements.lock", "itsdangerous"),
        ("requirements.lock", "flasgger"),
        ("deploy/build.lock", "setuptools"),
    ],
)
def test_a_package_holds_nothing_else(tmp_path: Path, lock: str, name: str) -> None:
    """What the registry hands out under a listed name and version has to have the listed hash."""
    for folder in ("deploy", "app"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for file in ("requirements.lock", "main.py"):
        shutil.copy(ROOT / file, tmp_path / file)
    text = (tmp_path / lock).read_text()
    entry = next(entry[0] for entry in ENTRY.finditer(text) if entry[1] == name)
    (tmp_path / lock).write_text(
        text.replace(entry, re.sub("sha256:[0-9a-f]{8}", "sha256:00000000", entry))
    )

    command = [sys.executable, "-B", tmp_path / "deploy/package.py", "--into", tmp_path / "into"]
    done = subprocess.run(command, capture_output=True, text=True)

    assert done.returncode == 1
    assert re.search("pip (install|wheel) failed: .*(hash|HASH|Got)", done.stderr), done.stderr


def test_the_app_never_loads_ecdsa() -> None:
    """It comes with python-jose, CVE-2024-23342 has no fix, and cryptography takes its place."""
    code = "import app, jose.jws, sys; print('ecdsa' in sys.modules, 'rsa' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False False\n"
