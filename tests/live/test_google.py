"""Google login from start to tokens, over real HTTP in front of the local AWS."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from local.stand_in_google import PEOPLE
from tests.support.live import Live, answer, claims, new_session


@pytest.fixture
def browser() -> Iterator[requests.Session]:
    """Give a browser without cookies."""
    with new_session() as session:
        yield session


def callback(live: Live, browser: requests.Session, sub: str) -> str:
    """Log in at the stand-in for Google; return where that sends the browser back to us."""
    page = browser.get(f"{live.url}/auth/google/start")
    buttons = re.findall(r'name="sub" value="([^"]+)"', page.text)
    assert buttons == [*(user["sub"] for user in PEOPLE), "new"]
    response = browser.post(page.url, data={"sub": sub}, allow_redirects=False)
    while not response.headers["Location"].startswith(f"{live.url}/auth/google/callback?"):
        response = browser.get(response.headers["Location"], allow_redirects=False)
    return response.headers["Location"]


@pytest.mark.parametrize("user", PEOPLE, ids=lambda user: str(user["sub"]))
def test_ends_with_tokens_of_the_chosen_user(
    live: Live, browser: requests.Session, user: dict[str, str]
) -> None:
    status, tokens = answer(browser.get(callback(live, browser, user["sub"])))

    assert status == 200
    assert claims(tokens["id_token"])["email"] == user["email"]
    token = tokens["access_token"]
    assert answer(live.get("/me", token)) == (200, claims(token))
    attributes = live.get("/profile", token).json()["attributes"]
    assert (attributes["email"], attributes["name"]) == (user["email"], user["name"])
    body = {"email": user["email"], "refresh_token": tokens["refresh_token"]}
    status, refreshed = answer(live.post("/auth/refresh", body))
    assert (status, refreshed.keys()) == (200, tokens.keys())
    sub = claims(token)["sub"]
    assert live.get("/me", refreshed["access_token"]).json()["sub"] == sub


def test_is_finished_once(live: Live, browser: requests.Session) -> None:
    url = callback(live, browser, str(PEOPLE[0]["sub"]))
    cookies = browser.cookies.copy()
    assert browser.get(url).status_code == 200
    assert not [cookie for cookie in browser.cookies if cookie.name == "google_login"]

    for again in (browser.get(url), browser.get(url, cookies=cookies)):
        assert (again.status_code, again.json()["error"]) == (400, "InvalidState")


def test_is_finished_by_the_browser_that_started_it(live: Live, browser: requests.Session) -> None:
    url = callback(live, browser, str(PEOPLE[1]["sub"]))
    with new_session() as other:
        stolen = other.get(url)

    assert (stolen.status_code, stolen.json()["error"]) == (400, "InvalidState")
    assert browser.get(url).status_code == 200, "the code was not spent"


def test_with_a_made_up_code(live: Live, browser: requests.Session) -> None:
    start = browser.get(f"{live.url}/auth/google/start", allow_redirects=False)
    (state,) = parse_qs(urlsplit(start.headers["Location"]).query)["state"]
    params = {"code": "made-up", "state": state}
    refused = browser.get(f"{live.url}/auth/google/callback", params=params)

    assert (refused.status_code, refused.json()["error"]) == (400, "OAuthError")
