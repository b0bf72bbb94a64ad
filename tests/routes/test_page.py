"""GET /, the page for a browser, and the files that it loads."""

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.routes import page as page_route
from app.web.assets import Assets
from tests.support.app import make_app
from tests.support.project import ROOT

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
CLOSED = "http://127.0.0.1:1"  # nothing here asks Cognito anything
FILES = sorted((ROOT / "app/pages/page").iterdir())
TEMPLATE = ROOT / "app/pages/templates/page.html"
LIMIT = 60_000  # bytes of the page and its files


def assets(html: str) -> dict[str, str]:
    """Return the addresses of the files that the page names, by file."""
    addresses = re.findall(r'(?:href|src)="([^"]*/assets/[^"]*)"', html)
    return {address.rpartition("/")[2]: address for address in addresses}


class TestPage:
    @pytest.mark.parametrize("prefix", ["", "/prod"])
    def test_is_for_browsers(self, api: FlaskClient, prefix: str) -> None:
        base = f"https://api.example.com{prefix}"
        response = api.get("/", headers=HTML, base_url=base)

        assert response.status_code == 200
        assert response.content_type == "text/html; charset=utf-8"
        assert response.headers["Vary"] == "Accept"
        assert response.headers["Cache-Control"] == "no-store"
        policy = response.headers["Content-Security-Policy"]
        assert policy == page_route.CONTENT_SECURITY_POLICY
        assert assets(response.text).keys() == {"icon.svg", "page.css", "main.js"}
        for address in assets(response.text).values():
            assert address.startswith(f"{prefix}/assets/")
            assert api.get(address.removeprefix(prefix), base_url=base).status_code == 200
        assert f'href="{prefix}/apidocs"' in response.text

    @pytest.mark.parametrize(
        "accept", [None, "*/*", "application/json", "text/html;q=0, */*", "text/*"], ids=repr
    )
    def test_is_nothing_for_programs(self, api: FlaskClient, accept: str | None) -> None:
        response = api.get("/", headers={"Accept": accept} if accept else {})

        assert response.status_code == 404
        assert response.json == {
            "error": "NotFound",
            "message": "There is nothing at this path; the documentation is at /apidocs.",
        }

    def test_runs_no_script_but_its_own(self, api: FlaskClient) -> None:
        html = api.get("/", headers=HTML).text

        assert re.findall(r"<script[^>]*>(.*?)</script>", html) == [""]
        assert not re.search(r"\son\w+=|javascript:|<style|\sstyle=", html)
        assert re.findall(r"(?:\w+:)?//", html) == [], "it names no other host"

    def test_stays_small(self) -> None:
        assert sum(file.stat().st_size for file in [TEMPLATE, *FILES]) < LIMIT

    @pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
    def test_makes_no_markup_of_data(self, file: Path) -> None:
        sinks = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|localStorage"

        assert not re.search(sinks, file.read_text())

    @pytest.mark.parametrize("path", ["/", "/assets/version/main.js"])
    def test_can_be_switched_off(self, path: str) -> None:
        client = make_app(CLOSED, ENABLE_DOCS="false").test_client()
        response = client.get(path, headers=HTML)

        assert response.status_code == 404
        assert response.json == {"error": "NotFound", "message": "There is nothing at this path."}


class TestAssets:
    @pytest.fixture
    def folder(self, api: FlaskClient) -> str:
        """Give the address of the folder that the files are in."""
        address = assets(api.get("/", headers=HTML).text)["main.js"]
        return address.removesuffix("main.js")

    @pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
    def test_are_kept_by_browsers(self, api: FlaskClient, folder: str, file: Path) -> None:
        response = api.get(folder + file.name)

        assert (response.status_code, response.data) == (200, file.read_bytes())
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.headers["Vary"] == "Accept-Encoding"
        assert "Content-Encoding" not in response.headers
        types = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
        assert response.mimetype == types[file.suffix]

    @pytest.mark.parametrize(
        ("accepted", "encoding"),
        [("gzip, br", "gzip"), ("*", "gzip"), ("gzip;q=0, *", None), ("br", None)],
    )
    def test_are_compressed_for_those_that_take_it(
        self, api: FlaskClient, folder: str, accepted: str, encoding: str | None
    ) -> None:
        response = api.get(f"{folder}page.css", headers={"Accept-Encoding": accepted})

        assert response.headers.get("Content-Encoding") == encoding
        data = gzip.decompress(response.data) if encoding else response.data
        assert data == (ROOT / "app/pages/page/page.css").read_bytes()

    @pytest.mark.parametrize("name", ["nothing.js", "..", "../page.html", "%2e%2e/page.html"])
    def test_are_no_other_files(self, api: FlaskClient, folder: str, name: str) -> None:
        assert api.get(folder + name).status_code == 404

    def test_are_not_there_under_another_name(self, api: FlaskClient) -> None:
        """Else browsers would keep today's file under the name of another one for a year."""
        assert api.get("/assets/0000000000000000/main.js").status_code == 404


def test_the_name_changes_with_any_content(tmp_path: Path) -> None:
    one, two = tmp_path / "one.js", tmp_path / "two.js"
    versions = set()
    for texts in (("a", "b"), ("b", "a"), ("ab", ""), ("a", "b ")):
        one.write_text(texts[0])
        two.write_text(texts[1])
        versions.add(Assets([one, two]).version)
    two.rename(tmp_path / "three.js")
    versions.add(Assets([one, tmp_path / "three.js"]).version)

    assert len(versions) == 5
