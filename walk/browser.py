"""A browser for logins on the hosted pages of the local Cognito, with the stand-in for Google.

Loopback only: on AWS it is a person who logs in, at a real Google.
"""

import re
from urllib.parse import urljoin

import requests

from walk import curl
from walk.outcomes import FailedError

MOST_PAGES = 10
REDIRECTS = (301, 302, 303, 307)
FORM = re.compile(r'<form method="post"')


class Browser:
    """Follows redirects with cookies, and logs in as somebody new where the stand-in asks."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy cannot reach this machine's loopback

    def follow(self, url: str, home: str) -> str:
        """Return the first address at `home` to which the login that begins at `url` leads."""
        method, form = "GET", None
        for _ in range(MOST_PAGES):
            if url.startswith(home):
                return url
            if not curl.is_loopback(url):
                raise FailedError("the login leads away from this machine")
            try:
                page = self._session.request(
                    method, url, data=form, timeout=self._seconds, allow_redirects=False
                )
            except requests.RequestException as error:
                raise curl.NoAnswerError(type(error).__name__) from error
            method, form = "GET", None
            if page.status_code in REDIRECTS:
                url = urljoin(url, page.headers.get("Location", ""))
            elif page.status_code == 200 and FORM.search(page.text):
                method, form = "POST", {"sub": "new"}
            else:
                raise FailedError(f"the login ends at a page with status {page.status_code}")
        raise FailedError("the login leads from page to page")
