"""Logins on Cognito's hosted pages: a link for a person, or all of it with a local browser."""

import base64
import hashlib
import secrets
from dataclasses import replace
from email.message import Message
from urllib.parse import parse_qs, urljoin, urlsplit

from walk import curl
from walk.browser import Browser
from walk.curl import ApiAnswer
from walk.outcomes import FailedError, SkippedError
from walk.records import Step
from walk.stories.story import Story
from walk.values import CODE_VERIFIER, GUEST_TOKEN, LOGIN_CODE, LOGIN_COOKIE, LOGIN_STATE
from walk.walker import Walker

CALLBACK = "/auth/google/callback"
PAGE = "GET of a hosted page"
HOME, ELSEWHERE, NOWHERE = "this API", "elsewhere", "a page of Cognito's own"
GUEST = {"access_token": GUEST_TOKEN}


def tell(walk: Walker) -> None:
    """See strangers refused; then log in, or say where a person can."""
    verifier = secrets.token_urlsafe(48)
    walk.values[CODE_VERIFIER], walk.values[LOGIN_CODE] = verifier, "made.up"
    walk.call(
        "A login that nobody began is not finished",
        f"GET {CALLBACK}",
        query={"code": LOGIN_CODE, "state": "made.up"},
        status=400,
        error="InvalidState",
    )
    walk.call(
        "A made up code opens nothing",
        "POST /auth/hosted/token",
        {"code": LOGIN_CODE, "code_verifier": CODE_VERIFIER},
        status=400,
        error="OAuthError",
    )
    for kind in ("google", "hosted"):
        title = f"Log out of the hosted pages ({kind})"
        answer = walk.call(title, f"GET /auth/{kind}/logout", status=302)
        _look(walk, "Where that ends", answer)
    google = walk.call("Log in with Google", "GET /auth/google/start", status=302)
    app = walk.call(
        "Log in with Google, for an app in the browser",
        "GET /auth/hosted/start",
        query={"provider": "Google", "return_to": "/", "code_challenge": _challenge(verifier)},
        status=302,
    )
    _check_google(walk, google)
    # The API's logins may end at another of its host names, which this machine cannot serve.
    comes_back = _redirect_uri(google).startswith(f"{walk.base}/")
    if not (walk.browser and comes_back):
        walk.note(f"Log in there: {walk.base}/auth/google/start")
        return
    walk.guest_may_exist = True
    try:
        _come_back(walk, walk.browser, google)
        _exchange(walk, walk.browser, app)
    finally:
        delete_guest(walk)


def delete_guest(walk: Walker) -> None:
    """Delete the user who came from the stand-in for Google, if there may be one."""
    if not (walk.guest_may_exist and walk.browser):
        return
    if GUEST_TOKEN not in walk.values:
        # The hosted pages remember the browser: it is the same user who logs in.
        google = walk.call("Log in with Google again", "GET /auth/google/start", status=302)
        _come_back(walk, walk.browser, google)
    walk.call(
        "Delete the user who came from Google",
        "DELETE /me",
        bearer=GUEST_TOKEN,
        status=(200, 401),  # the token dies with the user, if an answer was lost
    )
    walk.guest_may_exist = False


def _come_back(walk: Walker, browser: Browser, start: ApiAnswer) -> None:
    """Finish a login at the API's own callback, which answers with the tokens."""
    _keep_cookie(walk, start)
    back = _query(browser.follow(start.headers["Location"], walk.base))
    walk.values[LOGIN_CODE], walk.values[LOGIN_STATE] = back["code"], back["state"]
    walk.call(
        "Come back with the code",
        f"GET {CALLBACK}",
        cookie=LOGIN_COOKIE,
        query={"code": LOGIN_CODE, "state": LOGIN_STATE},
        learns=GUEST,
    )


def _exchange(walk: Walker, browser: Browser, start: ApiAnswer) -> None:
    """Finish a login of an app: back at its page with a code, which it exchanges."""
    _keep_cookie(walk, start)
    back = _query(browser.follow(start.headers["Location"], walk.base))
    walk.values[LOGIN_CODE], walk.values[LOGIN_STATE] = back["code"], back["state"]
    answer = walk.call(
        "Be sent back to the app",
        f"GET {CALLBACK}",
        cookie=LOGIN_COOKIE,
        query={"code": LOGIN_CODE, "state": LOGIN_STATE},
        status=303,
    )
    walk.values[LOGIN_CODE] = _query(answer.headers.get("Location", ""))["code"]
    walk.call(
        "Exchange the code",
        "POST /auth/hosted/token",
        {"code": LOGIN_CODE, "code_verifier": CODE_VERIFIER},
        learns=GUEST,
    )


def _check_google(walk: Walker, start: ApiAnswer) -> None:
    """Look where the hosted UI sends the browser: to Google only if the pool knows Google."""
    if _look(walk, "Where the hosted pages lead", start) != ELSEWHERE:
        walk.end_with(
            SkippedError("the hosted UI leads to no Google: it is not set up for this pool and URL")
        )


def _look(walk: Walker, title: str, start: ApiAnswer) -> str:
    """Return where the hosted pages send a browser: to this API, elsewhere, or nowhere."""
    hosted_ui = start.headers.get("Location", "")
    step = Step(walk.story, title, PAGE)
    walk.steps.append(step)
    try:
        onward = curl.send("GET", hosted_ui, seconds=walk.seconds)
        there = urljoin(hosted_ui, onward.headers.get("Location", ""))
        place = urlsplit(there).netloc
        own_pages = urlsplit(hosted_ui).netloc
    except (curl.NoAnswerError, ValueError) as error:
        walk.end_with(FailedError(f"the hosted UI: {error}"))
    leads_to = HOME if there.startswith(f"{walk.base}/") else ELSEWHERE
    leads_to = NOWHERE if place == own_pages else leads_to
    # The pages themselves are Cognito's and not this API's: what is in them does not matter.
    step.answer = replace(onward, headers=Message(), json={"leads_to": leads_to}, text="")
    step.outcome, step.note = "passed", ""
    walk.note(f"{title}: {leads_to}")
    return leads_to


def _keep_cookie(walk: Walker, start: ApiAnswer) -> None:
    walk.values[LOGIN_COOKIE] = start.headers.get("Set-Cookie", "").partition(";")[0]


def _redirect_uri(start: ApiAnswer) -> str:
    query = parse_qs(urlsplit(start.headers.get("Location", "")).query)
    return query.get("redirect_uri", [""])[0]


def _query(url: str) -> dict[str, str]:
    query = {name: texts[0] for name, texts in parse_qs(urlsplit(url).query).items()}
    if "code" not in query:
        raise FailedError("the login came back without a code")
    return query


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


STORY = Story(
    "hosted-login",
    "Hosted login",
    tell,
    (
        f"GET {CALLBACK}",
        "POST /auth/hosted/token",
        "GET /auth/google/logout",
        "GET /auth/hosted/logout",
        "GET /auth/google/start",
        "GET /auth/hosted/start",
    ),
    needs_user=False,
)
