"""Code and documentation are in plain English, without words that slow readers down."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.project import ROOT

# What to avoid, and what to write instead.
AVOIDED = {
    r"that is (?-i:none)": "that is not a …",
    r"but for": "except",
    r"of (?:which|whom) .* not guilty": "for which … is not the reason",
    r"for ever": "without end",
    r"(?:re)?spell(?:s|ed)?": "write",
    r"mend(?:s|ed|ing)?": "correct",
    r"whoever": "everybody who",
    r"of its own accord": "by itself",
    r"hearsay": "not verified",
}
SUFFIXES = {".css", ".html", ".js", ".md", ".py", ".svg", ".toml", ".txt", ".yaml"}
GENERATED = {"node_modules", "__pycache__"}


def texts() -> Iterator[Path]:
    """Find the files that people read: at the top, and in the folders that are not hidden."""
    for top in ROOT.glob("[!.]*"):
        for path in (top, *top.rglob("*")):
            is_text = path.suffix in SUFFIXES or path.name == "Makefile"
            if is_text and GENERATED.isdisjoint(path.parts) and path != Path(__file__):
                yield path


@pytest.mark.parametrize("words", AVOIDED)
def test_words_to_avoid(words: str) -> None:
    pattern = re.compile(rf"\b{words}\b", re.IGNORECASE)
    places = [
        f"{path.relative_to(ROOT)}:{number}: write “{AVOIDED[words]}”"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]

    assert places == []


def test_reads_code_and_documentation() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in texts()}

    assert names >= {"README.md", "Makefile", "template.yaml", "main.py", "app/settings.py"}
    assert names >= {"docs/design.md", "local/cognito/app.py", "app/pages/page/main.js"}
