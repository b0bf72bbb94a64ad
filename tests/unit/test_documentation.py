"""The README and docs/ list what exists, and nothing else."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.settings import OPTIONAL, REQUIRED
from app.swagger.fields import WRITABLE_ATTRIBUTES
from app.version import VERSION
from doctor.checks import CHECKS
from local.servers.pool import WORDS
from tests.support.project import ROOT
from tests.support.routes import ROUTES
from tools.findings import renewed

README = (ROOT / "README.md").read_text()
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
ERRORS = (ROOT / "docs" / "errors.md").read_text()
LOCAL = (ROOT / "local" / "README.md").read_text()
TROUBLESHOOTING = (ROOT / "docs" / "troubleshooting.md").read_text()
OPERATIONS = {route.label: route.spec for route in ROUTES.values()}
# What any endpoint can answer is said once, in docs/errors.md.
ANYWHERE = {"403", "413", "429", "500", "502", "503", "504"}
PAGES = sorted(
    page.relative_to(ROOT)
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("[bl]*/README.md"))
)


def test_the_readme_lists_every_endpoint_with_its_statuses() -> None:
    rows = re.findall(r"^\| `([A-Z]+ /\S*)` \| .+ \| ([`\d ]+) \|$", README, re.MULTILINE)
    listed = {route: set(re.findall(r"`(\d{3})`", statuses)) for route, statuses in rows}
    specified = {route: set(op["responses"]) for route, op in OPERATIONS.items()}

    assert len(rows) == len(listed)
    assert listed.keys() == specified.keys()
    for route, statuses in listed.items():
        assert statuses <= specified[route]
        assert specified[route] - statuses <= ANYWHERE


def test_the_readme_groups_endpoints_by_their_tags() -> None:
    rows = re.findall(r"^\| (?:\*\*(.+)\*\*|`([A-Z]+ /\S*)`) \|", README, re.MULTILINE)
    listed, tag = {}, ""
    for heading, route in rows:
        tag = heading or tag
        if route:
            listed[route] = [tag]

    assert listed == {route: operation["tags"] for route, operation in OPERATIONS.items()}
    headings = [heading for heading, _ in rows if heading]
    assert len(headings) == len(set(headings))


def test_the_readme_lists_what_a_profile_may_change() -> None:
    row = next(line for line in README.splitlines() if line.startswith("| `POST /profile` |"))

    assert [name for name in WRITABLE_ATTRIBUTES if f"`{name}`" not in row] == []


def test_the_readme_lists_every_setting() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE)
    endpoints = {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"}

    assert set(rows) == REQUIRED.keys() | OPTIONAL.keys() | endpoints
    assert len(rows) == len(set(rows))


def test_what_works_where_is_said_of_every_endpoint() -> None:
    rows = re.findall(r"^\| `([A-Z]+ /\S*)` \| [^|]+ \| [^|]+ \|$", LOCAL, re.MULTILINE)

    assert len(rows) == len(set(rows))
    assert set(rows) == OPERATIONS.keys()


def test_every_word_of_pool_is_explained() -> None:
    section = LOCAL.partition("| word of `POOL` |")[2].partition("\n\n")[0]

    assert re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE) == list(WORDS)


def test_every_status_and_error_of_ours_is_listed() -> None:
    rows = re.findall(r"^\| `(\d{3})` \| (.+?) \|", ERRORS, re.MULTILINE)
    specified = {
        (status, response["content"]["application/json"]["example"]["error"])
        for op in OPERATIONS.values()
        for status, response in op["responses"].items()
        if status >= "400" and op["operationId"] != "health"
    }
    ours = {(status, error) for status, error in specified if not error.endswith("Exception")}

    assert {status for status, _ in rows} >= ANYWHERE
    assert ours <= {(status, e) for status, names in rows for e in re.findall(r"`(\w+)`", names)}


def test_the_table_of_the_doctor_is_not_stale() -> None:
    """`make findings` renews it."""
    assert renewed(TROUBLESHOOTING) == TROUBLESHOOTING
    assert TROUBLESHOOTING.count("\n| ✗ ") > 30


def test_troubleshooting_names_checks_of_the_doctor_only() -> None:
    section = TROUBLESHOOTING.partition("## What you see")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z_]+)`", section)) - {"localhost", "redirect_uri_mismatch"}

    assert named <= CHECKS.keys()
    assert len(named) > 10


def test_the_version_is_that_of_the_newest_release() -> None:
    releases = re.findall(r"^## (\d+\.\d+\.\d+) \(\d{4}-\d{2}-\d{2}\)$", CHANGELOG, re.MULTILINE)

    assert releases[0] == VERSION


def prose(page: Path) -> str:
    """Return a page without its code blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(ROOT / page)):
        url = urlsplit(link)
        if not url.scheme:
            target = (ROOT / page).parent / url.path if url.path else ROOT / page
            assert target.exists(), link
            assert not url.fragment or url.fragment in anchors(target), link
