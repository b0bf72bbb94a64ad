"""The page at / as a person uses it, by the names of what is on it."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

PASSWORD = "Str0ngP@ssw0rd!"
CODE, FIRST_FACTOR_CODE = "123456", "12345678"  # those of the local Cognito

KEPT = "cognito-auth-api.tokens"

# What the console says of an answer such as 400, which the page shows.
AN_ANSWER = re.compile(r"Failed to load resource: the server responded with a status of [45]\d\d")


class FlowsPage:
    """One tab with the page, which has nothing to complain of and asks no other origin."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.url = url
        self.complaints: list[str] = []
        self.origins: set[str] = set()
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self._note(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self._note(str(error)))
        self.page.on("request", lambda request: self.origins.add(origin(request.url)))

    def _note(self, text: str) -> None:
        if not AN_ANSWER.search(text):
            self.complaints.append(text)

    def open(self, address: str = "") -> "FlowsPage":
        """Open the page, or an address below it."""
        self.page.goto(self.url + address)
        expect(self.page.get_by_role("heading", level=2).first).to_be_visible()
        return self

    def fill(self, **values: str) -> None:
        """Type values into fields, named by their labels: `new_password` is "New password"."""
        for name, value in values.items():
            label = name.replace("_", " ").capitalize()
            self.page.get_by_label(label, exact=True).fill(value)

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def sees(self, text: str) -> None:
        """Wait for a text."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def is_at(self, heading: str) -> None:
        """Wait for the view with this heading."""
        expect(self.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()

    def is_logged_in(self, email: str) -> None:
        """Wait for the view of a user who is logged in."""
        self.is_at(f"Logged in as {email}")

    def is_logged_out(self) -> None:
        """Wait for the view of nobody."""
        self.is_at("Log in or sign up")

    def log_in(self, email: str, password: str = PASSWORD) -> None:
        """Log in by password, which may end in a challenge."""
        self.fill(email=email, password=password)
        self.press("Log in")

    def log_out(self) -> None:
        """Log out."""
        self.press("Log out")
        self.is_logged_out()

    def tokens(self) -> dict[str, Any]:
        """Return the tokens that the tab keeps."""
        kept = self.page.evaluate(f"sessionStorage.getItem('{KEPT}')")
        tokens: dict[str, Any] = json.loads(kept)
        return tokens

    def keep_tokens(self, tokens: dict[str, Any]) -> None:
        """Put other tokens in their place, which the page reads when it is opened."""
        self.page.evaluate(f"kept => sessionStorage.setItem('{KEPT}', kept)", json.dumps(tokens))

    @property
    def requests(self) -> Locator:
        """The panel with the requests."""
        return self.page.get_by_role("region", name="Requests")

    def asked(self) -> list[str]:
        """List what was asked of the API, the last one first, as "POST /auth/login 200"."""
        summaries = self.requests.locator("summary")
        expect(summaries.filter(has_text="…")).to_have_count(0)
        return [re.split(r" · ", text)[0] for text in map(_one_line, summaries.all_inner_texts())]

    def check_accessibility(self) -> None:
        """Let axe look at what is shown; and nothing may stick out to the side."""
        results: Any = Axe().run(self.page)
        assert results.violations_count == 0, results.generate_report()
        width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(width) == 0


def origin(url: str) -> str:
    """Return the origin of a URL (RFC 6454); a blob's is that of the page that made it."""
    parts = urlsplit(url.removeprefix("blob:"))
    return f"{parts.scheme}://{parts.netloc}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def add_authenticator(page: Page) -> None:
    """Give the browser a device that makes passkeys and says yes."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
