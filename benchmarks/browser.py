"""What a person waits for: the first opening of a page, in a browser that has none of it yet."""

import sys
import time
from statistics import median
from typing import NamedTuple

from playwright.sync_api import Browser

from benchmarks.measuring import ROOT, Row, settings, stub
from local.servers.child import Child, on_free_port
from tests.support.docs_page import CHROMIUM, run_browser

DOCS_MB = 0.6
ROUNDS = 3

# What a person wants to see, by path.
SHOWN = {"/apidocs": "#operations-Profile-me", "/": "h2"}


class Opening(NamedTuple):
    """How long a person waited, in seconds, and how many bytes came over the network."""

    seconds: float
    size: int


def measure() -> list[Row]:
    """Open each page twice in each round: on a server that has just started, and once more."""
    if not CHROMIUM:
        return [Row("the pages in a browser", "there is no Chromium here")]
    first: dict[str, list[Opening]] = {path: [] for path in SHOWN}
    later: dict[str, list[Opening]] = {path: [] for path in SHOWN}
    with stub() as cognito, run_browser() as browser:
        env = settings(cognito) | {"LOG_LEVEL": "ERROR"}
        for _ in range(ROUNDS):
            for path in SHOWN:
                with on_free_port(lambda port: start(env, port), "/health") as (_, port):
                    for openings in (first, later):
                        openings[path].append(open_page(browser, port, path))

    rows = []
    for path in SHOWN:
        size = max(opening.size for opening in first[path] + later[path]) / 1e6
        budget = (f"≤ {DOCS_MB} MB", size <= DOCS_MB) if path == "/apidocs" else ()
        rows += [
            Row(
                f"`{path}` in a browser with an empty cache, until there is something to click",
                f"**{seconds(later[path])}** ({seconds(first[path])} after a start)",
            ),
            Row("bytes that this loads", f"**{size:.3f} MB**", *budget),
        ]
    return rows


def start(env: dict[str, str], port: int) -> Child:
    """Start the API on gunicorn."""
    command = [sys.executable, "-m", "gunicorn", "--log-level=error", "--threads=8"]
    command += [f"--bind=127.0.0.1:{port}", "main:app"]
    return Child("gunicorn", command, env, ROOT)


def open_page(browser: Browser, port: int, path: str) -> Opening:
    """Open a page in a new context of the browser, which has cached nothing."""
    sizes: list[int] = []
    context = browser.new_context()
    try:
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.on(
            "Network.loadingFinished", lambda loaded: sizes.append(loaded["encodedDataLength"])
        )
        began = time.perf_counter()
        page.goto(f"http://127.0.0.1:{port}{path}")
        page.locator(SHOWN[path]).first.wait_for()
        waited = time.perf_counter() - began
        page.wait_for_load_state("networkidle")
    finally:
        context.close()
    return Opening(waited, sum(sizes))


def seconds(openings: list[Opening]) -> str:
    """Return the median time of some openings."""
    return f"{median(opening.seconds for opening in openings):.2f} s"
