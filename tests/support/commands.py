"""Pages of the documentation, and their commands in a terminal of their own."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.support.live import skip_unless
from tests.support.project import ROOT

PROGRAMS = Path(sys.executable).parent
NEXT = "the next block"  # printed between two blocks, so that each has its own answers


def sections(page: str) -> dict[str, str]:
    """Map each heading of a page to the text below it."""
    _, *parts = re.split(r"^## (.+)$", (ROOT / page).read_text(), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def blocks(text: str, language: str) -> list[str]:
    """Return the code blocks in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def run(folder: Path, environment: Mapping[str, str], *commands: str) -> list[list[Any]]:
    """Run blocks in one bash, as a terminal would; return the JSON documents that each showed."""
    skip_unless(shutil.which("curl"), "curl is not installed")
    path = os.environ.get("PATH", os.defpath)
    done = subprocess.run(
        ["bash", "-c", f"\necho '{NEXT}'\n".join(commands)],  # noqa: S607
        cwd=folder,
        env={"PATH": f"{PROGRAMS}:{path}", "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=300,  # on a machine with other work to do, the AWS CLI alone takes seconds a line
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return [list(documents(text)) for text in done.stdout.split(NEXT)]


def documents(text: str) -> Iterator[Any]:
    """Give the JSON documents that follow each other in a text."""
    decoder = json.JSONDecoder()
    while text := text.strip():
        document, end = decoder.raw_decode(text)
        yield document
        text = text[end:]
