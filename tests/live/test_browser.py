"""What a person does in a browser: the docs with Try it out, and the Google login."""

import json
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.docs_page import DocsPage
from tests.support.live import (
    PASSWORD,
    Live,
    below,
    listen,
    make_app,
    new_email,
    serve,
)
from tests.support.routes import ROUTES


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a tab of a browser that has never been anywhere."""
    with browser.new_context() as context:
        context.set_default_timeout(10_000)
        yield context.new_page()


@pytest.fixture
def docs(page: Page) -> Iterator[DocsPage]:
    """Give a tab for the docs, which never asks another origin and has nothing to complain of."""
    complaints: list[str] = []
    origins: set[str] = set()
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: origins.add(origin(request.url)))
    yield DocsPage(page)
    assert origins == {origin(page.url)}
    assert complaints == [], "a violation of the content security policy would be listed here too"


def origin(url: str) -> str:
    """Return the origin of a URL (RFC 6454)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def test_the_docs_show_every_operation(live: Live, docs: DocsPage) -> None:
    docs.open(f"{live.url}/apidocs")

    for route in ROUTES.values():
        box = docs.operation(route.spec["tags"][0], route.name)
        text = " ".join(box.inner_text().replace("\u200b", "").split())
        assert text == f"{route.label} {route.spec['summary']}"


def test_a_user_is_made_and_read_with_try_it_out(live: Live, docs: DocsPage) -> None:
    email = new_email()
    docs.open(f"{live.url}/apidocs")

    credentials = {"email": email, "password": PASSWORD}
    status, user = docs.try_out("Registration", "signup", credentials)
    assert status == 200
    body = {"email": email, "code": live.code(email)}
    status, _ = docs.try_out("Registration", "confirm", body)
    assert status == 200
    status, _ = docs.try_out("Session", "login", credentials)
    assert status == 200

    status, claims = docs.try_out("Profile", "me")
    assert (status, claims["sub"]) == (200, user["user_sub"])
    status, updated = docs.try_out("Profile", "update_profile")
    assert (status, updated["ignored"]) == (200, [])
    status, profile = docs.try_out("Profile", "read_profile")
    assert status == 200
    attributes = {name: profile["attributes"][name] for name in ("sub", "email", "name")}
    assert attributes == {"sub": user["user_sub"], "email": email, "name": "Ismail Amouma"}


def test_google_login_ends_on_a_page_that_shows_tokens(live: Live, page: Page) -> None:
    page.goto(f"{live.url}/auth/google/start")
    page.get_by_role("button", name="Grace Hopper").click()

    page.wait_for_url(f"{live.url}/auth/google/callback?**")
    tokens = json.loads(page.inner_text("body"))
    profile = live.get("/profile", tokens["access_token"]).json()
    assert profile["attributes"]["email"] == "grace.hopper@gmail.example"

    page.reload()
    assert json.loads(page.inner_text("body"))["error"] == "InvalidState"


def test_what_only_a_browser_can_follow_is_not_for_try_it_out(live: Live, docs: DocsPage) -> None:
    """A script cannot follow the redirect to another site, so that Execute could only fail."""
    docs.open(f"{live.url}/apidocs")

    in_a_browser = [
        route
        for route in ROUTES.values()
        if route.spec["tags"] == ["Hosted login"] and not route.body
    ]
    assert len(in_a_browser) == 5
    for route in in_a_browser:
        box = docs.unfold("Hosted login", route.name)
        expect(box.get_by_role("button", name="Execute")).to_have_count(0)
    start = docs.operation("Hosted login", "google_start")
    expect(start.get_by_text("Open it in a browser tab")).to_be_visible()


def test_a_login_tried_out_in_the_docs_is_kept_for_the_tab(live: Live, docs: DocsPage) -> None:
    live.sign_up(email := new_email())
    docs.open(f"{live.url}/apidocs")

    docs.try_out("Session", "login", {"email": email, "password": PASSWORD})
    assert docs.try_out("Profile", "me")[0] == 200
    docs.open(f"{live.url}/apidocs")
    assert docs.try_out("Profile", "me")[0] == 200

    other = DocsPage(docs.page.context.new_page())
    other.open(f"{live.url}/apidocs")
    assert other.try_out("Profile", "me")[0] == 401, "another tab knows nothing of it"


def test_the_docs_draw_the_code_for_an_authenticator(live: Live, docs: DocsPage) -> None:
    live.sign_up(email := new_email())
    docs.open(f"{live.url}/apidocs")
    docs.authorize(live.log_in(email)["access_token"])

    docs.try_out("Second factor", "set_up_totp")
    picture = docs.operation("Second factor", "set_up_totp").get_by_role("img", name="QR code")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 100


def test_the_docs_are_filtered(live: Live, docs: DocsPage) -> None:
    docs.open(f"{live.url}/apidocs")

    docs.page.get_by_placeholder("Filter").fill("/passkeys/reg")
    expect(docs.operation("Profile", "me")).to_be_hidden()
    expect(docs.operation("Passkeys", "start_passkey")).to_be_visible()


@pytest.mark.parametrize("parameter", ["url", "configUrl"])
def test_an_address_cannot_change_what_is_shown(live: Live, docs: DocsPage, parameter: str) -> None:
    """The flaw of old versions: a link to these very docs that shows somebody else's."""
    docs.open(f"{live.url}/apidocs?{parameter}=https://evil.example/x.json")

    expect(docs.page.get_by_role("link", name="/apispec_1.json")).to_be_visible()


def test_the_docs_work_below_a_path(live: Live, docs: DocsPage) -> None:
    """As behind a stage of API Gateway."""
    email = new_email()
    sub = live.sign_up(email)
    with listen() as listener, serve(below("/Prod", make_app(live.stack)), listener) as url:
        docs.open(f"{url}/Prod/apidocs")
        docs.authorize(live.log_in(email)["access_token"])

        with docs.page.expect_request(f"{url}/Prod/me"):
            status, claims = docs.try_out("Profile", "me")
        assert (status, claims["sub"]) == (200, sub)


def test_the_docs_work_behind_a_proxy_that_changes_the_host(live: Live, docs: DocsPage) -> None:
    """The document names the server as the API sees it; the page goes by its own address."""
    api = make_app(live.stack)

    def proxied(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return api({**environ, "HTTP_HOST": "inside.example"}, start_response)

    with listen() as listener, serve(proxied, listener) as url:
        document = live.session.get(f"{url}/apispec_1.json", timeout=10).json()
        assert document["servers"] == [{"url": "http://inside.example"}]
        docs.open(f"{url}/apidocs")

        with docs.page.expect_request(f"{url}/health"):
            status, health = docs.try_out("Health", "health")
        assert (status, health["status"]) == (200, "ok")


def test_no_example_is_sent_for_the_next_page(live: Live, docs: DocsPage) -> None:
    """A made-up token of a page would be refused, in a field that was filled without asking."""
    docs.open(f"{live.url}/apidocs")

    devices = docs.unfold("Devices", "list_devices")
    expect(devices.get_by_placeholder("next_token")).to_have_value("")
