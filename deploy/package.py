"""Build what Lambda runs: the app and its dependencies, without files that it never uses.

    python deploy/package.py                  writes lambda_package.zip, and prints its size
    python deploy/package.py --zip FILE       writes that file instead
    python deploy/package.py --into FOLDER    fills an empty folder instead, as for `sam build`

On every machine the package is made for Lambda's: from wheels for its Linux, and for Python 3.11 or
the runtime that --runtime names. requirements.lock lists their hashes.
"""

import argparse
import compileall
import contextlib
import io
import os
import py_compile
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
BUILD_LOCK = ROOT / "deploy" / "build.lock"
OURS = ("main.py", "app")
ZIP = ROOT / "lambda_package.zip"
RUNTIMES = (
    "python3.11",
    "python3.12",
    "python3.13",
)  # as in template.yaml, whose default is the first

# Lambda's name for a processor: Python's
MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
GLIBC = 26  # Amazon Linux 2 has 2.26, which runs wheels for this and for older versions

SDISTS = ("flasgger",)  # published without a wheel, so one is built here

# The files that the function never uses, by path in the package; a `*` also matches `/`.
DEAD_WEIGHT = (
    "*.map",  # source maps
    "flasgger/ui2/*",
    "flasgger/ui3/static/*",  # the docs show the Swagger UI of flask-swagger-ui
    "flask_swagger_ui/dist/swagger-ui.js",  # ... and only its bundle
    "flask_swagger_ui/dist/swagger-ui-standalone-preset.js",
    "botocore/data/*/*",  # every service of AWS, except NEEDED
    "botocore/cacert.pem",  # transport uses certifi's certificate authorities
    "boto3/data/*",
    "boto3/examples/*",
    "boto3/dynamodb/*",  # what boto3 adds to other services
    "boto3/ec2/*",
    "boto3/s3/*",
    "boto3/crt.py",
    "s3transfer/crt.py",
    "s3transfer/processpool.py",
    "ecdsa[/-]*",  # python-jose uses these only without cryptography
    "rsa[/-]*",
    "pyasn1[/-]*",
    "jose/backends/ecdsa_backend.py",
    "jose/backends/rsa_backend.py",
    "cffi[/-]*",  # cryptography needs only its _cffi_backend
    "pycparser[/-]*",
    "dotenv/*",  # for `python main.py`; Lambda has its settings in the environment
    "python_dotenv-*",
    "yaml/_yaml.*.so",  # PyYAML's fast reader; no YAML is read here
    "charset_normalizer/*.so",  # its fast half; no encodings are guessed here
    "charset_normalizer/cli/*",
    "packaging[/-]*",  # Flasgger requires it and never imports it
    "mistune/directives/*",
    "jsonschema/benchmarks/*",
    "dateutil/rrule.py",  # recurring dates and time zones; Cognito's dates are numbers
    "dateutil/zoneinfo/*",
    "urllib3/contrib/*",  # SOCKS, PyOpenSSL and Python in a browser
    "werkzeug/debug/*",  # the debugger of the development server
    "*/tests/*",
    "*/.*",  # .DS_Store and the like
    "*/__pycache__/*",
    "*.pyi",
    "bin/*",  # commands, and their manuals
    "share/*",
    "segno/cli.py",
    "segno/helpers.py",  # QR codes for addresses and wireless networks
    "click/shell_completion.py",
    "click/_termui_impl.py",
    "click/_winconsole.py",
    "*.dist-info/RECORD",  # pip's bookkeeping; METADATA has the version
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    "*.dist-info/WHEEL",
    "*.dist-info/direct_url.json",
    "*.dist-info/sboms/*",
)
NEEDED = ("botocore/data/cognito-idp/*",)


class PackageError(Exception):
    """An error whose message says in one sentence why there is no package."""


def main() -> None:
    """Build the package that the command line describes."""
    parser = argparse.ArgumentParser(description="Build the Lambda package.")
    parser.add_argument(
        "--architecture",
        choices=[*MACHINES, "this"],
        default="x86_64",
        help="Lambda's processor, or `this` machine for a local AWS (default: %(default)s)",
    )
    parser.add_argument(
        "--runtime",
        choices=RUNTIMES,
        default=RUNTIMES[0],
        help="the function's runtime (default: %(default)s); `this` machine runs its own Python",
    )
    result = parser.add_mutually_exclusive_group()
    result.add_argument("--zip", type=Path, default=ZIP, metavar="FILE", help="the zip to write")
    result.add_argument("--into", type=Path, metavar="FOLDER", help="write no zip, fill a folder")
    options = parser.parse_args()
    try:
        if options.into:
            build(options.into, options.architecture, options.runtime)
            return
        with tempfile.TemporaryDirectory() as folder:
            build(Path(folder), options.architecture, options.runtime)
            write_zip(Path(folder), options.zip)
    except PackageError as error:
        sys.exit(str(error))
    megabytes = options.zip.stat().st_size / 1e6
    print(f"{options.zip.name}: {megabytes:.1f} MB zipped, for {options.architecture}")


def build(folder: Path, architecture: str, runtime: str) -> None:
    """Fill the folder with the files that Lambda will have in /var/task."""
    install(folder, architecture, runtime)
    for name in OURS:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, folder / name)
    prune(folder)
    precompile(folder, runtime)


def install(folder: Path, architecture: str, runtime: str) -> None:
    """Install what the lock file lists into the folder, as wheels for the architecture."""
    target = []
    if architecture != "this":
        machine = MACHINES[architecture]
        tags = [f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC, 16, -1)]
        target = [f"--platform={tag}" for tag in (*tags, f"manylinux2014_{machine}")]
        target += [f"--python-version={runtime.removeprefix('python')}", "--implementation=cp"]
    with tempfile.TemporaryDirectory() as temporary:
        sources, wheels = Path(temporary, "sources.txt"), Path(temporary, "wheels.txt")
        split_lock(sources, wheels)
        built = build_wheels(sources, Path(temporary))
        into = (f"--target={folder}", "--no-compile", "--no-deps", "--only-binary=:all:", *target)
        pip("install", "--require-hashes", f"--requirement={wheels}", *into)
        pip("install", "--no-index", *map(str, built), *into)


def split_lock(sources: Path, wheels: Path) -> None:
    """Write the lock file's requirements into two files: SDISTS, and all others."""
    # A requirement starts at the margin; its hashes and comments are indented.
    parts: dict[Path, list[str]] = {sources: [], wheels: []}
    for entry in re.findall(r"^[^#\s].*\n(?:[ \t].*\n)*", LOCK.read_text(encoding="utf-8"), re.M):
        parts[sources if entry.partition("==")[0] in SDISTS else wheels].append(entry)
    for path, entries in parts.items():
        path.write_text("".join(entries), encoding="utf-8")


def build_wheels(sources: Path, folder: Path) -> list[Path]:
    """Build wheels from sources and with tools whose hashes are locked; return their paths."""
    # pip alone would fetch the newest setuptools for this, without a hash.
    tools = folder / "tools"
    pip("install", f"--target={tools}", "--require-hashes", f"--requirement={BUILD_LOCK}")
    pip(
        "wheel",
        "--require-hashes",
        f"--requirement={sources}",
        "--no-deps",
        f"--no-binary={','.join(SDISTS)}",
        "--use-pep517",
        "--no-build-isolation",
        f"--wheel-dir={folder / 'wheels'}",
        PYTHONPATH=str(tools),
    )
    return sorted((folder / "wheels").iterdir())


def pip(*arguments: str, **environment: str) -> None:
    """Run this Python's pip; raise PackageError with the last line of its errors."""
    command = [sys.executable, "-m", "pip", "--quiet", "--no-input", "--disable-pip-version-check"]
    done = subprocess.run(  # noqa: S603
        [*command, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        raise PackageError(f"pip {arguments[0]} failed: {last}")


def prune(folder: Path) -> None:
    """Remove the files of DEAD_WEIGHT, and the folders that are empty then."""
    for path in sorted(folder.rglob("*"), reverse=True):
        name = path.relative_to(folder).as_posix()
        if path.is_dir():
            with contextlib.suppress(OSError):  # not empty
                path.rmdir()
        elif matches(name, DEAD_WEIGHT) and not matches(name, NEEDED):
            path.unlink()


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Tell whether the path matches one of the patterns."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def precompile(folder: Path, runtime: str) -> None:
    """Compile the modules; /var/task is read-only, so Lambda would compile at each cold start."""
    if runtime != "python{}.{}".format(*sys.version_info):
        return
    compileall.compile_dir(
        folder,
        quiet=1,
        stripdir=folder,
        prependdir="/var/task",
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def write_zip(folder: Path, target: Path) -> None:
    """Zip the folder so that the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(
                path.relative_to(folder).as_posix()
            )  # its date is always 1980-01-01
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    target.write_bytes(buffer.getvalue())


if __name__ == "__main__":
    main()
