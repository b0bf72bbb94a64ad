"""The pages of docs/front-ends.md, as printed, on an origin of their own; and a hostile one."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from local.servers.pool import INVITED, TEMPORARY_PASSWORD
from tests.support.live import PASSWORD, Live, listen, new_email, run_beside, serve
from tests.support.project import ROOT

DOCS = (ROOT / "docs" / "front-ends.md").read_text()
API = "http://localhost:5000"
ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_XXXX"
REFRESH_TOKEN_IS_HERE = "const credentials"


def printed(language: str, containing: str) -> str:
    """Return the one block of code in the page that contains a text."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", DOCS, re.DOTALL | re.MULTILINE)
    (block,) = (block for block in blocks if containing in block)
    return str(block)


def example(*, cookie: bool, api: str) -> str:
    """Return the page as its reader would have it, for an API that is not at port 5000."""
    page = printed("html", "<form>")
    if cookie:
        start, end = page.index(REFRESH_TOKEN_IS_HERE), page.index("let accessToken")
        page = page[:start] + printed("js", "in a cookie") + page[end:]
    assert page.count(API) == 1
    return page.replace(API, api).replace("</script>", printed("js", "addPasskey") + EXPOSE)


EXPOSE = "Object.assign(window, { addPasskey, logInWithPasskey });\n</script>"


@contextmanager
def served(html: str) -> Iterator[str]:
    """Serve a page at a port of its own; give its URL."""
    with listen() as listener, serve(lambda *request: answer(html, *request), listener) as url:
        yield url.replace("127.0.0.1", "localhost") + "/"


def answer(html: str, _: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer any request with the page."""
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [html.encode()]


@dataclass
class FrontEnd:
    """The example page at its origin, and the API that it calls."""

    live: Live
    url: str
    cookie: bool

    @property
    def api(self) -> str:
        """The API by name: the cookie is for pages of the same host, passkeys are for a domain."""
        return self.live.url.replace("127.0.0.1", "localhost")


@pytest.fixture(scope="module", params=["tab", "cookie"])
def front_end(live: Live, request: pytest.FixtureRequest) -> Iterator[FrontEnd]:
    """Serve the page, and an API that takes it."""
    cookie = request.param == "cookie"
    with listen() as listener:
        origin = f"http://localhost:{listener.getsockname()[1]}"
        settings = {"CORS_ORIGINS": origin, "RETURN_URLS": f"{origin}/*"}
        if cookie:
            settings["REFRESH_COOKIE"] = "true"
        with run_beside(live, **settings) as beside:
            front_end = FrontEnd(beside, f"{origin}/", cookie)
            html = example(cookie=cookie, api=front_end.api)
            with serve(lambda *request: answer(html, *request), listener):
                yield front_end


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Give a browser that has never been anywhere."""
    with browser.new_context() as context:
        context.set_default_timeout(10_000)
        yield context


@pytest.fixture
def page(context: BrowserContext, front_end: FrontEnd) -> Page:
    """Open the page."""
    page = context.new_page()
    page.goto(front_end.url)
    says(page, "Logged out.")
    return page


def says(page: Page, text: str | re.Pattern[str]) -> None:
    """Wait until the page says this."""
    expect(page.get_by_role("status")).to_have_text(text)


def fill_in(page: Page, email: str, password: str, button: str) -> None:
    """Fill in the form and press one of its buttons."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name=button, exact=True).click()


def log_in(front_end: FrontEnd, page: Page) -> str:
    """Log a new user in; return the address."""
    front_end.live.sign_up(email := new_email())
    fill_in(page, email, PASSWORD, "Log in")
    says(page, f"Logged in as {email}.")
    return email


class TestExample:
    def test_has_sixty_lines(self) -> None:
        assert len(printed("html", "<form>").splitlines()) == 60

    def test_sign_up_refresh_reload_and_log_out(self, front_end: FrontEnd, page: Page) -> None:
        email = new_email()

        def code(dialog: Dialog) -> None:
            assert dialog.message == "The code from the mail"
            dialog.accept(front_end.live.code(email))

        page.once("dialog", code)
        fill_in(page, email, PASSWORD, "Sign up")
        says(page, f"Logged in as {email}.")
        with page.expect_response(f"{front_end.api}/auth/refresh") as refreshed:
            page.get_by_role("button", name="Refresh").click()
        says(page, f"Logged in as {email}.")
        assert ("refresh_token" in refreshed.value.json()) != front_end.cookie
        page.reload()
        says(page, f"Logged in as {email}.")
        page.get_by_role("button", name="Log out").click()
        says(page, "Logged out.")
        page.reload()
        says(page, "Logged out.")

    def test_a_challenge_and_a_wrong_password(self, front_end: FrontEnd, page: Page) -> None:
        fill_in(page, INVITED, "wrong", "Log in")
        says(page, "Incorrect username or password.")
        page.once("dialog", lambda dialog: dialog.accept(PASSWORD))
        fill_in(page, INVITED, TEMPORARY_PASSWORD, "Log in")
        says(page, f"Logged in as {INVITED}.")

    def test_google_and_back(self, front_end: FrontEnd, page: Page) -> None:
        page.get_by_role("button", name="Log in with Google").click()
        page.get_by_role("button", name="Grace Hopper").click()

        says(page, "Logged in as grace.hopper@gmail.example.")
        assert page.url == front_end.url, "the code is in the address no longer"
        page.reload()
        says(page, "Logged in as grace.hopper@gmail.example.")

    def test_google_refused(self, front_end: FrontEnd, page: Page) -> None:
        page.get_by_role("button", name="Log in with Google").click()
        page.get_by_role("button", name="Cancel").click()

        says(page, re.compile("denied|refused|cancel", re.IGNORECASE))
        assert page.url == front_end.url

    @pytest.mark.parametrize("query", ["code=stolen", "error=x&error_description=Call+555-0100"])
    def test_a_strangers_link(self, front_end: FrontEnd, page: Page, query: str) -> None:
        page.goto(f"{front_end.url}?{query}")

        says(page, "This login was not started here.")

    def test_a_passkey(self, front_end: FrontEnd, page: Page, context: BrowserContext) -> None:
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
        }
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        email = log_in(front_end, page)

        assert page.evaluate("addPasskey()") == {"message": "Passkey registered."}
        page.get_by_role("button", name="Log out").click()
        says(page, "Logged out.")
        assert page.evaluate("logInWithPasskey", email) == f"Logged in as {email}."

    def test_no_script_can_read_the_cookie(
        self, front_end: FrontEnd, page: Page, context: BrowserContext
    ) -> None:
        log_in(front_end, page)
        cookies = {cookie["name"]: cookie for cookie in context.cookies()}
        storage = page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")

        assert page.evaluate("document.cookie") == ""
        assert ("refresh_token" in storage) != front_end.cookie
        assert ("refresh_token" in cookies) == front_end.cookie
        if front_end.cookie:
            cookie = cookies["refresh_token"]
            assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
            assert cookie["value"] not in storage


HOSTILE = """<!doctype html><script>
const attempt = async (path, options) => {
  try {
    options = { method: "POST", credentials: "include", ...options };
    const response = await fetch(`{api}${path}`, options);
    return response.type === "opaque" ? "opaque" : await response.text();
  } catch { return "blocked"; }
};
const attack = async () => [
  await attempt("/auth/refresh", {}),
  await attempt("/auth/refresh", { headers: { "Content-Type": "application/json" }, body: "{}" }),
  await attempt("/auth/refresh", { mode: "no-cors" }),
  await attempt("/auth/logout", { mode: "no-cors" }),
  await attempt("/auth/logout", { mode: "no-cors", body: new URLSearchParams("a=b") }),
];
</script>
<form method="post" enctype="text/plain" action="{api}/auth/logout">
  <button>Win a prize</button>
</form>
"""


@pytest.mark.parametrize("front_end", ["cookie"], indirect=True)
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"], ids=["same site", "another site"])
def test_a_hostile_page_cannot_use_the_cookie(
    front_end: FrontEnd, page: Page, context: BrowserContext, host: str
) -> None:
    """On another port of the same host, the browser sends the cookie along."""
    email = log_in(front_end, page)
    before = context.cookies()
    with served(HOSTILE.replace("{api}", front_end.api)) as url:
        evil = context.new_page()
        evil.goto(url.replace("localhost", host))
        assert evil.evaluate("attack()") == ["blocked", "blocked", "opaque", "opaque", "opaque"]
        with evil.expect_response(f"{front_end.api}/auth/logout") as posted:
            evil.get_by_role("button", name="Win a prize").click()
        assert posted.value.status == 403
        sent = posted.value.request.all_headers()
        assert ("refresh_token" in sent.get("cookie", "")) == (host == "localhost")

    assert context.cookies() == before
    page.reload()
    says(page, f"Logged in as {email}.")


def test_flask_lets_access_tokens_in_and_nothing_else(live: Live) -> None:
    """The code that protects somebody's own routes, with the pool and the keys of this machine."""
    pool = live.stack.pool
    issuer = f"https://cognito-idp.us-east-1.amazonaws.com/{pool.id}"
    keys = f"{live.stack.aws.endpoint}/{pool.id}"
    code = printed("python", "Flask(__name__)")
    for old, new in (
        (ISSUER, issuer),
        ("xxxxxxxx", pool.client_id),
        ("{ISSUER}/.well-known", f"{keys}/.well-known"),
    ):
        assert code.count(old) == 1
        code = code.replace(old, new)
    module: dict[str, Any] = {"__name__": "orders"}
    exec(compile(code, "docs/front-ends.md", "exec"), module)  # noqa: S102
    shop = module["app"].test_client()

    def ask(token: str | None) -> int:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        status: int = shop.get("/orders", headers=headers).status_code
        return status

    sub = live.sign_up(email := new_email())
    tokens = live.log_in(email)
    header, payload, signature = tokens["access_token"].split(".")
    answer = shop.get("/orders", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert (answer.status_code, answer.json) == (200, {"orders": [], "of": sub})
    for token in (
        None,
        "x",
        tokens["id_token"],
        tokens["refresh_token"],
        f"{header}.{payload}.{signature[:-8]}AAAAAAAA",
        f"{header}.{payload}.",
    ):
        assert ask(token) == 401
    with run_beside(live) as other:
        other.sign_up(email)
        assert ask(other.log_in(email)["access_token"]) == 401, "of another pool"
    module["CLIENT_ID"] = "another"
    assert ask(tokens["access_token"]) == 401, "of another app client"
