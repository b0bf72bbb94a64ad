"""`python -m benchmarks`, which `make bench` runs: measure, print, write README.md.

Given names of modules, as in `python -m benchmarks warm`, it measures those and writes no file.
"""

import os
import platform
import sys
import time
from importlib import import_module, metadata
from pathlib import Path

from benchmarks.measuring import Row

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- make bench writes from here -->\n", "<!-- to here -->\n"
# The one that runs in this process comes last.
MEASURES = ("cold_start", "aws_runtime", "browser", "load", "peers", "warm")
LIBRARIES = ("flask", "boto3", "python-jose", "cryptography", "urllib3", "gunicorn")


def main() -> None:
    """Measure, and print which budgets are met."""
    if not Path("/proc/self/status").exists():
        sys.exit("The benchmarks need Linux: they read /proc.")
    chosen = sys.argv[1:] or MEASURES
    lines = ["| what | measured | budget | met |", "| --- | --- | --- | --- |"]
    print(*lines, sep="\n", flush=True)
    for name in chosen:
        for row in import_module(f"benchmarks.{name}").measure():
            lines.append(table_line(row))
            print(lines[-1], flush=True)
    if chosen is MEASURES:
        write("\n".join([where(), "", *lines, ""]))


def table_line(row: Row) -> str:
    """Return a line of a Markdown table."""
    met = {True: "yes", False: "no", None: "cannot tell"}[row.met] if row.budget else ""
    return f"| {row.what} | {row.measured} | {row.budget} | {met} |"


def where() -> str:
    """Return the date, the machine and the versions of this run as a sentence."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    return (
        f"Measured on {time.strftime('%Y-%m-%d')} with Python {platform.python_version()}, "
        f"{versions}, on {os.cpu_count()} cores of {processor()}."
    )


def processor() -> str:
    """Return the processor's name, or its architecture if the system does not know the name."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    return text.partition("model name")[2].partition(":")[2].partition("\n")[0].strip()


def write(report: str) -> None:
    """Replace the report in the README."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    README.write_text(f"{before}{BEGIN}{report}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
