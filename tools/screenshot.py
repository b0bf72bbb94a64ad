"""Take docs/apidocs.png, the picture in the README: `make screenshot`."""

from pathlib import Path

from tests.support.docs_page import DocsPage, run_browser
from tests.support.live import Live, run_live

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "apidocs.png"
PORT = 5000  # the README's port, because the picture shows it
EMAIL = "ada@example.com"
WIDTH = 1280
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
    """Sign a user up and let the docs show that user's claims."""
    with run_live(PORT) as live, run_browser() as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": 2000})
        take(live, DocsPage(page))


def take(live: Live, docs: DocsPage) -> None:
    """Take the picture, from the title of the page down to the claims."""
    live.sign_up(EMAIL)
    docs.open(f"{live.url}/apidocs")
    docs.authorize(live.log_in(EMAIL)["access_token"])
    docs.try_out("Profile", "me")

    docs.page.mouse.move(0, 0)
    docs.page.evaluate(SHORTEN_TOKENS)
    docs.page.evaluate("scrollTo(0, 0)")
    claims = docs.response_body(docs.operation("Profile", "me")).bounding_box()
    assert claims
    PICTURE.parent.mkdir(exist_ok=True)
    docs.page.screenshot(
        path=PICTURE,
        clip={"x": 0, "y": 0, "width": WIDTH, "height": claims["y"] + claims["height"] + MARGIN},
    )


if __name__ == "__main__":
    main()
