"""Every flow on the page at /, in a browser, as a person would try it."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from local.servers.pool import TEMPORARY_PASSWORD
from tests.support.flows_page import (
    CODE,
    FIRST_FACTOR_CODE,
    PASSWORD,
    FlowsPage,
    add_authenticator,
    origin,
)
from tests.support.lambda_events import behind_a_stage
from tests.support.live import Live, listen, make_app, new_email, run_beside, serve, totp

NEW_PASSWORD = "EvenStr0ngerP@ss!"
PHONE = {"width": 320, "height": 640}

OpenPage = Callable[..., FlowsPage]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Give a browser that has never been anywhere."""
    with browser.new_context() as context:
        context.set_default_timeout(10_000)
        yield context


@pytest.fixture
def tab(live: Live, context: BrowserContext) -> Iterator[FlowsPage]:
    """Give the page, opened by name, as passkeys need it; afterwards it has no complaints."""
    page = FlowsPage(context, f"{by_name(live)}/").open()
    yield page
    assert page.complaints == [], "a violation of the content security policy is among these"
    assert page.origins == {origin(page.url)}


def by_name(live: Live) -> str:
    """Return the URL of the API with a domain in it, which a passkey needs."""
    return live.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def email(live: Live) -> str:
    """Give the address of somebody who has signed up."""
    live.sign_up(email := new_email())
    return email


class TestLoggedOut:
    def test_sign_up_confirm_and_log_in(self, tab: FlowsPage) -> None:
        email = new_email()
        tab.fill(email=email, password=PASSWORD)
        tab.press("Sign up")

        tab.is_at("Confirm your email")
        tab.press("Send the code again")
        tab.sees("A new code was sent.")
        tab.fill(code="000000")
        tab.press("Confirm")
        expect(tab.page.get_by_role("alert")).to_have_text(
            "The code is wrong or has expired; ask for a new one."
        )
        tab.fill(code=CODE)
        tab.press("Confirm")
        tab.sees("Confirmed. You can log in now.")
        tab.press("Log in")

        tab.is_logged_in(email)
        assert tab.asked() == [
            "POST /auth/login 200",
            "POST /auth/confirm 200",
            "POST /auth/confirm 400",
            "POST /auth/resend-code 200",
            "POST /auth/signup 200",
        ]

    def test_the_first_login_without_typing_the_password(self, tab: FlowsPage) -> None:
        email = new_email()
        tab.fill(email=email, password=PASSWORD)
        tab.press("Sign up")
        tab.fill(code=CODE)
        tab.press("Confirm")
        tab.press("Continue as this user")

        tab.is_logged_in(email)
        assert tab.asked()[0] == "POST /auth/start 200"

    def test_a_login_before_the_code_was_entered(self, tab: FlowsPage) -> None:
        email = new_email()
        tab.fill(email=email, password=PASSWORD)
        tab.press("Sign up")
        tab.press("Back")
        tab.log_in(email)
        expect(tab.page.get_by_role("alert")).to_have_text("User is not confirmed.")
        tab.press("Enter a sign-up code")
        tab.fill(code=CODE)
        tab.press("Confirm")

        tab.sees("Confirmed. You can log in now.")

    def test_a_forgotten_password(self, tab: FlowsPage, email: str) -> None:
        tab.fill(email=email)
        tab.press("Forgot your password?")
        tab.is_at("Set a new password")
        tab.fill(code=CODE, new_password=NEW_PASSWORD)
        tab.press("Confirm")

        tab.sees("Password changed. You can log in with it now.")
        tab.log_in(email, NEW_PASSWORD)
        tab.is_logged_in(email)

    def test_a_code_by_mail(self, tab: FlowsPage, email: str) -> None:
        tab.fill(email=email)
        tab.press("Log in with an email code")
        tab.is_at("Enter the code of the mail")
        tab.fill(code=FIRST_FACTOR_CODE)
        tab.press("Confirm")

        tab.is_logged_in(email)

    def test_a_code_by_text_message(self, live: Live, tab: FlowsPage, email: str) -> None:
        give_phone(live, email)
        tab.fill(email=email)
        tab.press("Log in with a text message")
        tab.is_at("Enter the code of the text message")
        tab.fill(code=FIRST_FACTOR_CODE)
        tab.press("Confirm")

        tab.is_logged_in(email)

    def test_a_choice(self, tab: FlowsPage, email: str) -> None:
        tab.fill(email=email)
        tab.press("Choose how to log in")
        tab.page.get_by_label("The password").check()
        tab.press("Confirm")
        tab.is_at("Enter your password")
        tab.fill(password=PASSWORD)
        tab.press("Confirm")

        tab.is_logged_in(email)

    def test_a_custom_challenge(self, tab: FlowsPage, email: str) -> None:
        tab.fill(email=email)
        tab.press("Answer a custom challenge")
        tab.sees("What has keys and opens no door?")
        tab.fill(answer="a tree")
        tab.press("Confirm")
        expect(tab.page.get_by_label("Answer")).to_have_value("")
        tab.fill(answer="piano")
        tab.press("Confirm")

        tab.is_logged_in(email)

    def test_a_first_password(self, live: Live, tab: FlowsPage) -> None:
        live.stack.admin.admin_create_user(
            UserPoolId=live.stack.pool.id,
            Username=(email := new_email()),
            TemporaryPassword=TEMPORARY_PASSWORD,
            UserAttributes=[{"Name": "email", "Value": email}],
        )
        tab.log_in(email, TEMPORARY_PASSWORD)
        tab.is_at("Choose a password")
        tab.fill(new_password=NEW_PASSWORD)
        tab.press("Confirm")

        tab.is_logged_in(email)


class TestHosted:
    """Logins on other pages: the tab leaves this origin, and comes back."""

    @pytest.fixture
    def tab(self, live: Live, context: BrowserContext) -> Iterator[FlowsPage]:
        page = FlowsPage(context, f"{by_name(live)}/").open()
        yield page
        assert page.complaints == []

    def test_google_and_back(self, live: Live, tab: FlowsPage) -> None:
        tab.press("Log in with Google")
        tab.page.get_by_role("button", name="Grace Hopper").click()

        tab.is_logged_in("grace.hopper@gmail.example")
        assert tab.page.url == tab.url, "neither the code nor a token stays in the address"
        assert tab.asked() == ["POST /auth/hosted/token 200"]
        tab.page.go_back()
        tab.page.wait_for_url(lambda url: "code=" not in url)

    def test_another_provider(self, live: Live, tab: FlowsPage) -> None:
        tab.fill(provider="Google")
        tab.press("Log in with this provider")
        tab.page.get_by_role("button", name="Alan Turing").click()

        tab.is_logged_in("alan.turing@gmail.example")

    def test_cognitos_own_page_and_out_of_it(self, live: Live, tab: FlowsPage, email: str) -> None:
        tab.press("Open Cognito’s login page")
        tab.page.get_by_label("Email").fill(email)
        tab.page.get_by_label("Password").fill(PASSWORD)
        tab.page.get_by_role("button", name="Sign in").click()
        tab.is_logged_in(email)

        tab.press("Log out of Cognito’s pages")
        tab.is_logged_out()
        tab.press("Open Cognito’s login page")
        expect(tab.page.get_by_label("Password")).to_be_visible()

    def test_a_refusal_there(self, live: Live, tab: FlowsPage) -> None:
        tab.press("Log in with Google")
        tab.page.get_by_role("button", name="Refuse").click()

        tab.is_logged_out()
        expect(tab.page.get_by_role("alert")).to_contain_text("The login ended without tokens")

    @pytest.mark.parametrize("query", ["?code=abc&state=def", "?code=abc", "?error=access_denied"])
    def test_a_code_that_nobody_asked_for(self, tab: FlowsPage, query: str) -> None:
        """Else a link could log somebody in as somebody else (RFC 6749, section 10.12)."""
        tab.open(query)

        expect(tab.page.get_by_role("alert")).to_contain_text("did not begin")
        assert tab.page.url == tab.url
        assert tab.asked() == []

    def test_a_code_for_another_login_of_this_tab(self, tab: FlowsPage) -> None:
        """It is not exchanged, and the login that was begun can still be finished."""
        tab.press("Log in with Google")
        expect(tab.page.get_by_role("button", name="Ada Lovelace")).to_be_visible()
        google = tab.page.url
        tab.open("?code=abc&state=def")
        expect(tab.page.get_by_role("alert")).to_contain_text("did not begin")
        assert tab.asked() == []

        tab.page.goto(google)
        tab.page.get_by_role("button", name="Ada Lovelace").click()
        tab.is_logged_in("ada.lovelace@gmail.example")


class TestPasskeys:
    def test_add_log_in_and_delete(self, tab: FlowsPage, email: str) -> None:
        add_authenticator(tab.page)
        tab.log_in(email)
        tab.press("Add a passkey")
        tab.sees("Passkey registered.")
        tab.log_out()
        tab.fill(email=email)
        tab.press("Log in with a passkey")

        tab.is_logged_in(email)
        tab.press("List my passkeys")
        tab.press("Delete")
        tab.sees("Passkey deleted.")
        tab.press("List my passkeys")
        tab.sees("There are none.")

    def test_need_a_domain(self, live: Live, context: BrowserContext) -> None:
        tab = FlowsPage(context, f"{live.url}/").open()

        link = tab.page.get_by_role("link", name=f"{by_name(live)}/")
        expect(link).to_have_attribute("href", f"{by_name(live)}/")

    def test_that_a_user_does_not_have_leave_a_choice(self, tab: FlowsPage, email: str) -> None:
        tab.fill(email=email)
        tab.press("Log in with a passkey")

        tab.is_at("Choose how to log in")
        expect(tab.page.get_by_label("A passkey")).to_have_count(0)


class TestSecondFactors:
    def test_an_authenticator_app(self, tab: FlowsPage, email: str) -> None:
        tab.log_in(email)
        secret = set_up_authenticator(tab)
        tab.sees("from now on a login asks for its code")
        tab.log_out()
        tab.log_in(email)
        tab.is_at("Enter the code of your authenticator app")
        tab.fill(code=totp(secret, used=1))
        tab.press("Confirm")

        tab.is_logged_in(email)
        tab.press("Show my factors")
        app = tab.page.get_by_label("the authenticator app", exact=True)
        expect(app).to_be_checked()
        app.uncheck()
        tab.press("Save my factors")
        tab.sees("Second factors updated.")
        tab.log_out()
        tab.log_in(email)
        tab.is_logged_in(email)

    def test_a_choice_of_two(self, live: Live, tab: FlowsPage, email: str) -> None:
        give_phone(live, email)
        tab.log_in(email)
        tab.page.get_by_label("the mail", exact=True).check()
        tab.page.get_by_label("the text message", exact=True).check()
        tab.press("Save my factors")
        tab.sees("Second factors updated.")
        tab.log_out()
        tab.log_in(email)
        tab.is_at("Choose a second factor")
        tab.page.get_by_label("A code by text message").check()
        tab.press("Confirm")
        tab.is_at("Enter the code of the text message")
        tab.fill(code=CODE)
        tab.press("Confirm")

        tab.is_logged_in(email)

    def test_where_the_pool_demands_one(self, live: Live, context: BrowserContext) -> None:
        with run_beside(live, "mfa-required") as other:
            other.sign_up(email := new_email())
            tab = FlowsPage(context, f"{other.url}/").open()
            tab.log_in(email)
            tab.is_at("Set up a second factor")
            set_up_authenticator(tab)

            tab.is_logged_in(email)
            assert tab.complaints == []


class TestDevices:
    def test_a_remembered_one_stands_for_the_second_factor(
        self, live: Live, context: BrowserContext
    ) -> None:
        with run_beside(live, "devices") as other:
            other.sign_up(email := new_email())
            tab = FlowsPage(context, f"{other.url}/").open()
            tab.log_in(email)
            set_up_authenticator(tab)
            tab.sees("from now on a login asks for its code")
            tab.press("Remember this device")
            tab.sees("This tab")
            tab.press("Refresh the tokens")
            tab.sees("These are new tokens.")
            tab.log_out()
            tab.log_in(email)

            tab.is_logged_in(email)
            assert tab.asked()[:3] == [
                "POST /auth/challenge 200",
                "POST /auth/challenge 202",
                "POST /auth/login 202",
            ]
            tab.press("List my devices")
            tab.press("Forget")
            tab.sees("Device forgotten.")
            tab.log_out()
            tab.log_in(email)
            tab.is_at("Enter the code of your authenticator app")
            assert tab.complaints == []

    def test_are_not_tracked_by_every_pool(self, tab: FlowsPage, email: str) -> None:
        tab.log_in(email)
        tab.press("Remember this device")

        tab.sees("This login brought no new device")


class TestLoggedIn:
    def test_who_one_is(self, live: Live, tab: FlowsPage, email: str) -> None:
        tab.log_in(email)

        section = tab.page.locator("#tokens")
        expect(
            section.get_by_role("heading", name=re.compile(r"Access token, 3\d{3} seconds left"))
        )
        for text in (email, "the user’s permanent id", "aws.cognito.signin.user.admin"):
            expect(section.get_by_text(text).first).to_be_visible()
        tab.press("Ask the API who I am")
        tab.sees("The API has verified the access token")
        tab.press("Refresh the tokens")
        tab.sees("These are new tokens.")
        assert tab.asked()[:2] == ["POST /auth/refresh 200", "GET /me 200"]

    def test_the_profile(self, live: Live, tab: FlowsPage, email: str) -> None:
        tab.log_in(email)
        tab.press("Read my profile")
        profile = tab.page.locator("#profile dl")
        expect(profile).to_contain_text(email)
        tab.fill(attribute="name", value="Ada Lovelace")
        tab.press("Change")
        expect(profile).to_contain_text("Ada Lovelace")
        tab.press("Delete the attribute")
        expect(profile).not_to_contain_text("Ada Lovelace")
        tab.fill(attribute="locale", value="en")
        tab.press("Change")
        expect(tab.page.get_by_role("alert")).to_contain_text("at least one of these is required")

    def test_a_phone_number_and_another_email(self, tab: FlowsPage, email: str) -> None:
        tab.log_in(email)
        tab.fill(attribute="phone_number", value="+12065550100")
        tab.press("Change")
        tab.press("Verify my phone")
        tab.fill(code=CODE)
        tab.press("Confirm")
        tab.sees("Verified.")

        tab.fill(new_email=(other := new_email()))
        tab.press("Change my email")
        tab.fill(code=CODE)
        tab.press("Confirm")
        tab.sees("Verified.")
        tab.press("Read my profile")
        expect(tab.page.locator("#profile dl")).to_contain_text(other)

    def test_another_password(self, tab: FlowsPage, email: str) -> None:
        tab.log_in(email)
        tab.fill(current_password=PASSWORD, new_password=NEW_PASSWORD)
        tab.press("Change my password")
        tab.sees("Password changed.")
        tab.log_out()
        tab.log_in(email, NEW_PASSWORD)

        tab.is_logged_in(email)

    def test_the_sessions(self, live: Live, tab: FlowsPage, email: str) -> None:
        elsewhere = live.log_in(email)
        tab.log_in(email)
        tab.press("List my sessions")
        expect(tab.page.get_by_text("This one")).to_have_count(1)
        tab.press("End")
        tab.sees("Session ended.")

        body = {"refresh_token": elsewhere["refresh_token"]}
        assert live.post("/auth/refresh", body).status_code == 401

    def test_the_end_of_this_session(self, live: Live, tab: FlowsPage, email: str) -> None:
        tab.log_in(email)
        tab.is_logged_in(email)
        token = tab.tokens()["refresh_token"]
        tab.log_out()

        tab.sees("Logged out.")
        assert tab.page.evaluate("sessionStorage.length") == 0
        assert live.post("/auth/refresh", {"refresh_token": token}).status_code == 401

    def test_the_end_of_all_sessions(self, live: Live, tab: FlowsPage, email: str) -> None:
        elsewhere = live.log_in(email)
        tab.log_in(email)
        tab.press("Log out everywhere")

        tab.is_logged_out()
        assert live.get("/profile", elsewhere["access_token"]).status_code == 401

    def test_the_end_of_the_account(self, tab: FlowsPage, email: str) -> None:
        tab.log_in(email)
        tab.page.once("dialog", lambda dialog: dialog.dismiss())
        tab.press("Delete my account")
        tab.sees("Nothing was deleted.")
        tab.page.once("dialog", lambda dialog: dialog.accept())
        tab.press("Delete my account")

        tab.is_logged_out()
        tab.log_in(email)
        expect(tab.page.get_by_role("alert")).to_be_visible()


class TestTokens:
    def test_last_for_the_tab(self, tab: FlowsPage, email: str) -> None:
        tab.log_in(email)
        tab.is_logged_in(email)
        tab.open()

        tab.is_logged_in(email)
        assert tab.page.evaluate("localStorage.length") == 0
        another = FlowsPage(tab.page.context, tab.url).open()
        another.is_logged_out()

    def test_are_refreshed_when_they_are_over(self, tab: FlowsPage, email: str) -> None:
        tab.log_in(email)
        tab.is_logged_in(email)
        tokens = tab.tokens()
        tab.keep_tokens({**tokens, "access_token": f"{tokens['access_token']}x"})
        tab.open()
        tab.press("Ask the API who I am")

        tab.sees("The API has verified the access token")
        assert tab.asked() == ["GET /me 200", "POST /auth/refresh 200", "GET /me 401"]

    def test_that_are_all_over_end_the_session(
        self, live: Live, tab: FlowsPage, email: str
    ) -> None:
        tab.log_in(email)
        tab.is_logged_in(email)
        token = live.log_in(email)["access_token"]
        live.post("/auth/logout-everywhere", {}, token)
        tab.press("Read my profile")

        tab.is_logged_out()
        tab.sees("Your session is over")


class TestRequests:
    def test_are_lines_for_curl_without_secrets(self, live: Live, tab: FlowsPage) -> None:
        email = f"o'{new_email()}"
        tab.fill(email=email, password=PASSWORD)
        tab.press("Sign up")
        tab.fill(code=CODE)
        tab.press("Confirm")
        tab.press("Log in")
        tab.press("Read my profile")
        expect(tab.page.locator("#profile dl")).to_contain_text(email)

        lines = tab.requests.locator(".curl").all_text_contents()
        shell_email = email.replace("'", "'\\''")
        assert [line for line in lines if "session" not in line] == [
            'curl "$API/profile" -H "Authorization: Bearer $ACCESS_TOKEN"',
            "curl -X POST \"$API/auth/login\" -H 'Content-Type: application/json'"
            f' -d \'{{"email": "{shell_email}", "password": "\'"$PASSWORD"\'"}}\'',
            "curl -X POST \"$API/auth/signup\" -H 'Content-Type: application/json'"
            f' -d \'{{"email": "{shell_email}", "password": "\'"$PASSWORD"\'"}}\'',
        ]
        shown = tab.requests.text_content() or ""
        token = tab.tokens()["access_token"]
        assert PASSWORD not in shown
        assert token[:40] not in shown

    def test_can_be_copied(self, tab: FlowsPage, email: str) -> None:
        tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        tab.fill(email=email)
        tab.press("Log in")
        tab.press("Copy the line")

        expect(tab.page.get_by_role("button", name="Copied")).to_be_visible()
        line = tab.page.evaluate("navigator.clipboard.readText()")
        assert line.startswith('curl -X POST "$API/auth/login"')


class TestErrors:
    def test_stand_at_their_fields(self, tab: FlowsPage) -> None:
        tab.fill(email="nobody", password=PASSWORD)
        tab.press("Log in")

        field = tab.page.get_by_label("Email")
        expect(field).to_have_accessible_description(re.compile("must be an email address"))
        expect(field).to_be_focused()
        expect(tab.page.get_by_role("alert")).to_have_text("The body has 1 problem.")
        tab.fill(email="nobody@example.com")
        tab.press("Log in")
        expect(field).not_to_have_attribute("aria-invalid", "true")

    def test_a_double_click_sends_once(self, tab: FlowsPage, email: str) -> None:
        tab.fill(email=email, password="wrong")
        tab.page.get_by_role("button", name="Log in", exact=True).dblclick()

        expect(tab.page.get_by_role("alert")).to_be_visible()
        assert len(tab.asked()) == 1

    def test_a_slow_server(self, tab: FlowsPage, email: str) -> None:
        held: list[Route] = []
        tab.page.route("**/auth/login", lambda route: held.append(route))
        tab.log_in(email)
        tab.sees("Still waiting for an answer")
        held[0].continue_()

        tab.is_logged_in(email)

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (None, "The API cannot be reached."),
            ("<h1>Bad gateway</h1>", "The answer is not the API’s (status 502)"),
        ],
        ids=["dead", "not the API"],
    )
    def test_a_server_that_is_not_there(
        self, live: Live, context: BrowserContext, answer: str | None, words: str
    ) -> None:
        tab = FlowsPage(context, f"{live.url}/").open()
        tab.page.route(
            "**/auth/login",
            lambda route: route.fulfill(status=502, body=answer) if answer else route.abort(),
        )
        tab.log_in("nobody@example.com")

        expect(tab.page.get_by_role("alert")).to_contain_text(words)


def test_keeps_no_refresh_token_where_it_is_in_a_cookie(
    live: Live, context: BrowserContext, email: str
) -> None:
    """With REFRESH_COOKIE: the page does as before, and no script can read the token."""
    app = make_app(live.stack, REFRESH_COOKIE="true")
    with listen() as listener, serve(app, listener) as url:
        tab = FlowsPage(context, f"{url}/").open()
        tab.log_in(email)
        tab.is_logged_in(email)
        assert "refresh_token" not in tab.tokens()
        assert [cookie["httpOnly"] for cookie in context.cookies()] == [True]
        tab.press("Refresh the tokens")
        tab.sees("These are new tokens.")
        tab.open()
        tab.press("Refresh the tokens")
        tab.sees("These are new tokens.")
        tab.log_out()

        assert tab.asked() == ["POST /auth/logout 200", "POST /auth/refresh 200"]
        assert context.cookies() == []
        assert tab.complaints == []


def test_works_below_a_stage_on_lambda(live: Live, context: BrowserContext, email: str) -> None:
    gateway = behind_a_stage(make_app(live.stack), "prod")
    with listen() as listener, serve(gateway, listener) as url:
        tab = FlowsPage(context, f"{url}/prod/").open()
        tab.log_in(email)
        tab.is_logged_in(email)
        tab.press("Refresh the tokens")
        tab.sees("These are new tokens.")
        tab.sees(f"API={url}/prod")
        tab.page.get_by_role("link", name="All endpoints").click()
        tab.page.wait_for_url(f"{url}/prod/apidocs")
        assert tab.complaints == []
        assert tab.origins == {url}


class TestForEverybody:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("size", [None, PHONE], ids=["laptop", "phone"])
    def test_axe_finds_nothing(
        self, live: Live, browser: Browser, email: str, scheme: str, size: dict[str, int] | None
    ) -> None:
        colors = "dark" if scheme == "dark" else "light"
        viewport = {"width": 1366, "height": 768} if size is None else size
        with browser.new_context(viewport=viewport, color_scheme=colors) as context:  # type: ignore[arg-type]
            tab = FlowsPage(context, f"{live.url}/").open()
            tab.check_accessibility()
            tab.press("Log in")
            expect(tab.page.get_by_text("Email is required")).to_be_visible()
            tab.check_accessibility()
            tab.press("Enter a sign-up code")
            tab.check_accessibility()
            tab.press("Back")
            tab.fill(email=email)
            tab.press("Forgot your password?")
            tab.is_at("Set a new password")
            tab.check_accessibility()
            tab.press("Back")
            tab.press("Choose how to log in")
            tab.is_at("Choose how to log in")
            tab.check_accessibility()
            tab.press("Start again")
            tab.log_in(email)
            tab.is_logged_in(email)
            tab.check_accessibility()
            for button in ("Read my profile", "Set up an authenticator app", "List my sessions"):
                tab.press(button)
            tab.press("Verify my email")
            expect(tab.page.get_by_label("Code", exact=True)).to_have_count(2)
            tab.check_accessibility()

    def test_by_keyboard_alone(self, tab: FlowsPage, email: str) -> None:
        keyboard = tab.page.keyboard
        tab.page.get_by_role("heading", level=2, name="Log in").focus()
        keyboard.press("Tab")
        keyboard.type(email)
        keyboard.press("Tab")
        keyboard.type(PASSWORD)
        keyboard.press("Enter")

        tab.is_logged_in(email)
        heading = tab.page.get_by_role("heading", name=f"Logged in as {email}")
        expect(heading).to_be_focused()
        keyboard.press("Tab")
        keyboard.press("Enter")
        tab.is_logged_out()


def set_up_authenticator(tab: FlowsPage) -> str:
    """Set up an authenticator app by its QR code; return the secret."""
    tab.press("Set up an authenticator app")
    picture = tab.page.get_by_role("img", name="QR code")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    secret = tab.page.locator(".secret").inner_text()
    tab.fill(code=totp(secret))
    tab.press("Confirm")
    return secret


def give_phone(live: Live, email: str) -> None:
    """Give a user a phone number that is verified."""
    number = f"+1206{abs(hash(email)) % 10**7:07}"
    live.stack.admin.admin_update_user_attributes(
        UserPoolId=live.stack.pool.id,
        Username=email,
        UserAttributes=[
            {"Name": "phone_number", "Value": number},
            {"Name": "phone_number_verified", "Value": "true"},
        ],
    )
