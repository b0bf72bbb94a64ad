"""/apidocs as a person uses it: the steps that the browser tests and the screenshot share."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in _NAMES if (path := shutil.which(name))), None)
ARGUMENTS = [
    "--no-sandbox",  # which a root user, as in many a CI container, cannot have
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Whatever a page or the browser itself asks for: no name but localhost leads anywhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


@contextmanager
def run_browser() -> Iterator[Browser]:
    """Run the machine's own Chromium while the block lasts."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class DocsPage:
    """Swagger UI, by roles, labels and the ids that it gives to operations."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, url: str) -> None:
        """Open the docs and wait until the operations are there."""
        self.page.goto(url)
        expect(self.page.get_by_role("heading", name="Cognito Auth API")).to_be_visible()
        expect(self.operation("Profile", "me")).to_be_visible()

    def operation(self, tag: str, operation_id: str) -> Locator:
        """Find an operation's box."""
        return self.page.locator(f"#operations-{tag.replace(' ', '_')}-{operation_id}")

    def unfold(self, tag: str, operation_id: str) -> Locator:
        """Show what an operation's box holds."""
        operation = self.operation(tag, operation_id)
        header = operation.get_by_role("button").first
        if header.get_attribute("aria-expanded") == "false":
            header.click()
        expect(operation.get_by_role("heading", name="Parameters")).to_be_visible()
        return operation

    def try_out(self, tag: str, operation_id: str, body: object = None) -> tuple[int, Any]:
        """Execute an operation with this body or its own example; read the answer off the page."""
        operation = self.unfold(tag, operation_id)
        clear = operation.get_by_role("button", name="Clear")
        if clear.is_visible():  # else the last answer would be taken for the next one
            clear.click()
        if body is not None:
            operation.get_by_role("textbox").fill(json.dumps(body))
        operation.get_by_role("button", name="Execute").click()
        answer = operation.locator(".live-responses-table tr.response")
        status = answer.locator(".response-col_status").inner_text()
        return int(status.split()[0]), json.loads(self.response_body(operation).inner_text())

    def response_body(self, operation: Locator) -> Locator:
        """Find the body of the answer to the last try."""
        return operation.locator(".live-responses-table .response-col_description pre").first

    def authorize(self, token: str) -> None:
        """Give Swagger UI a token as a person does: the token and nothing else."""
        self.page.get_by_role("button", name="Authorize").first.click()
        dialog = self.page.locator(".dialog-ux")
        dialog.get_by_role("textbox").fill(token)
        dialog.get_by_role("button", name="Apply credentials").click()
        dialog.get_by_role("button", name="Close").click()
        expect(dialog).to_be_hidden()
