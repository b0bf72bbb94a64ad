"""A browser for the tests that need one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.docs_page import CHROMIUM, run_browser
from tests.support.live import Live, skip_unless


@pytest.fixture(scope="module")
def browser(live: Live) -> Iterator[Browser]:
    """Run the machine's Chromium. Playwright takes the thread's event loop: not for all tests."""
    skip_unless(CHROMIUM, "there is no Chromium here: `apt-get install chromium` or the like")
    with run_browser() as browser:
        yield browser
