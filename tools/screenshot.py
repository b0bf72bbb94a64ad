"""Take docs/page.png and docs/apidocs.png, the pictures in the README: `make screenshot`."""

from pathlib import Path

from playwright.sync_api import Browser

from tests.support.docs_page import DocsPage, run_browser
from tests.support.flows_page import PASSWORD, FlowsPage
from tests.support.live import Live, run_live

DOCS = Path(__file__).resolve().parent.parent / "docs"
PORT = 5000  # the README's port, because the pictures show it
EMAIL = "ada@example.com"
WIDTH = 1280
HEIGHT = 800  # of the page's picture: what a laptop shows at once
MARGIN = 12

# The picture must not show a whole token.
SHORTEN_TOKENS = """
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const text = walker.currentNode;
  text.data = text.data.replace(/(Bearer \\w{12})[\\w.-]{40,}/, "$1…");
}
"""


def main() -> None:
    """Sign a user up; let the page and the docs show who that is."""
    with run_live(PORT) as live, run_browser() as browser:
        live.sign_up(EMAIL)
        take_page(live, browser)
        take_docs(live, DocsPage(browser.new_page(viewport={"width": WIDTH, "height": 2400})))


def take_page(live: Live, browser: Browser) -> None:
    """Take the picture of the page after a login: the claims, and the request behind them."""
    with browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}) as context:
        tab = FlowsPage(context, f"{live.url}/").open()
        tab.log_in(EMAIL, PASSWORD)
        tab.is_logged_in(EMAIL)
        tab.asked()
        tab.page.mouse.move(0, 0)
        tab.page.screenshot(path=DOCS / "page.png")


def take_docs(live: Live, docs: DocsPage) -> None:
    """Take the picture of the docs, from the title of the page down to the claims."""
    docs.open(f"{live.url}/apidocs")
    docs.authorize(live.log_in(EMAIL)["access_token"])
    docs.try_out("Profile", "me")

    docs.page.mouse.move(0, 0)
    docs.page.evaluate(SHORTEN_TOKENS)
    docs.page.evaluate("scrollTo(0, 0)")
    claims = docs.response_body(docs.operation("Profile", "me")).bounding_box()
    assert claims
    docs.page.screenshot(
        path=DOCS / "apidocs.png",
        clip={"x": 0, "y": 0, "width": WIDTH, "height": claims["y"] + claims["height"] + MARGIN},
    )


if __name__ == "__main__":
    main()
