"""Write the table in docs/troubleshooting.md from what the doctor can find: `make findings`."""

import re
from pathlib import Path

from doctor.findings import FAILED, FINDINGS, OFF

PAGE = Path(__file__).resolve().parent.parent / "docs" / "troubleshooting.md"
BEGIN, END = "<!-- make findings writes from here -->\n", "<!-- to here -->\n"
MARKS = {FAILED: "✗", OFF: "–"}


def table() -> str:
    """Return a row for each finding that asks for something; what is filled in later is "…"."""
    rows = [
        f"| {MARKS[finding.status]} {name}: {finding.says} | {finding.fix} |\n"
        for name, findings in FINDINGS.items()
        for finding in findings.values()
        if finding.status in MARKS
    ]
    head = "| the doctor prints | what to do |\n| --- | --- |\n"
    return head + re.sub(r"\{.*?\}", "…", "".join(rows))


def renewed(page: str) -> str:
    """Return the page with a new table."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
