"""The hosted UI of the local Cognito, as an app and a browser without scripts see it."""

import base64
import hashlib
import re
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pyotp
import pytest
import requests
from botocore.exceptions import ClientError
from jose import jwt

from tests.support.local_cognito import PASSWORD, ROOT, Cognito, Pools, new_email, python
from tests.support.sign_in import begin, initiate, refused

CALLBACK = "http://localhost:9/callback"
SIGNED_OUT = "http://localhost:9/bye"
ADA = "100000000000000000001"


@dataclass
class App:
    """An app client with a secret, the users of its pool, and a browser."""

    cognito: Cognito
    pool_id: str
    client_id: str
    secret: str
    browser: requests.Session = field(default_factory=requests.Session)

    def authorize(self, **query: str | None) -> requests.Response:
        """Send the browser to log in; None leaves a parameter out."""
        parameters = {
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid email",
            "state": "the state",
            **query,
        }
        return self.get("/oauth2/authorize", {k: v for k, v in parameters.items() if v is not None})

    def get(self, path: str, query: dict[str, str] | None = None) -> requests.Response:
        """GET a page of the hosted UI; redirects are not followed."""
        url = path if path.startswith("http") else self.cognito.url + path
        return self.browser.get(url, params=query, allow_redirects=False, timeout=10)

    def log_in(self, email: str, password: str, **query: str) -> requests.Response:
        """Log in on Cognito's own page."""
        page = self.get(self.authorize(**query).headers["Location"])
        return self.send(page, username=email, password=password)

    def send(self, page: requests.Response, **values: str) -> requests.Response:
        """Fill in the form of a page."""
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        return self.browser.post(
            page.url, data={**hidden, **values}, allow_redirects=False, timeout=10
        )

    def token(self, **form: str) -> requests.Response:
        """Ask for tokens with Basic credentials."""
        return requests.post(
            f"{self.cognito.url}/oauth2/token",
            data={"redirect_uri": CALLBACK, "grant_type": "authorization_code", **form},
            auth=(self.client_id, self.secret),
            timeout=10,
        )


def query_of(response: requests.Response, mark: str = "query") -> dict[str, str]:
    """Return the parameters of the address that a redirect names."""
    assert response.status_code == 302, response.text
    return dict(parse_qsl(getattr(urlsplit(response.headers["Location"]), mark)))


def code_of(response: requests.Response) -> str:
    """Return the code that the browser brings back to the app."""
    answer = query_of(response)
    assert (answer.keys(), answer["state"]) == ({"code", "state"}, "the state")
    return answer["code"]


@pytest.fixture
def app(cognito: Cognito, pools: Pools, admin: Any) -> App:
    """Give an app whose pool knows the stand-in for Google by no address yet."""
    pool_id = pools.pool(UsernameAttributes=["email"])
    client = admin.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName="app",
        GenerateSecret=True,
        SupportedIdentityProviders=["COGNITO"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code", "implicit"],
        AllowedOAuthScopes=["openid", "email", "profile", "aws.cognito.signin.user.admin"],
        CallbackURLs=[CALLBACK],
        LogoutURLs=[SIGNED_OUT],
    )["UserPoolClient"]
    admin.create_user_pool_domain(UserPoolId=pool_id, Domain=f"test-{secrets.token_hex(6)}")
    return App(cognito, pool_id, client["ClientId"], client["ClientSecret"])


@pytest.fixture
def email(app: App, admin: Any) -> str:
    """Give the address of a user with PASSWORD."""
    email = new_email()
    admin.admin_create_user(
        UserPoolId=app.pool_id,
        Username=email,
        MessageAction="SUPPRESS",
        UserAttributes=[
            {"Name": "email", "Value": email},
            {"Name": "email_verified", "Value": "true"},
        ],
    )
    admin.admin_set_user_password(
        UserPoolId=app.pool_id, Username=email, Password=PASSWORD, Permanent=True
    )
    return email


def claims(app: App, tokens: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a token's claims, its signature verified with the published keys."""
    keys = requests.get(f"{app.cognito.url}/{app.pool_id}/.well-known/jwks.json", timeout=10)
    decoded: dict[str, Any] = jwt.decode(
        tokens[name],
        keys.json(),
        algorithms=["RS256"],
        audience=app.client_id if name == "id_token" else None,
        access_token=tokens["access_token"],
    )
    return decoded


def test_a_login_with_pkce_ends_with_tokens(app: App, email: str) -> None:
    verifier = secrets.token_urlsafe(32)
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    back = app.log_in(
        email, PASSWORD, code_challenge=challenge, code_challenge_method="S256", nonce="n1"
    )
    code = code_of(back)

    assert app.token(code=code, code_verifier="x" * 43).json() == {"error": "invalid_grant"}
    answer = app.token(code=code, code_verifier=verifier)
    tokens = answer.json()

    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert tokens.keys() == {
        "access_token",
        "expires_in",
        "id_token",
        "refresh_token",
        "token_type",
    }
    identity, access = claims(app, tokens, "id_token"), claims(app, tokens, "access_token")
    assert (identity["nonce"], identity["email"]) == ("n1", email)
    assert (access["scope"], access["version"]) == ("openid email", 2)
    again = app.token(code=code, code_verifier=verifier)
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})


def test_tokens_are_refreshed_and_revoked(app: App, email: str) -> None:
    tokens = app.token(code=code_of(app.log_in(email, PASSWORD))).json()
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    refreshed = app.token(**form)
    assert refreshed.json().keys() == {"access_token", "expires_in", "id_token", "token_type"}

    revoked = requests.post(
        f"{app.cognito.url}/oauth2/revoke",
        {"token": tokens["refresh_token"]},
        auth=(app.client_id, app.secret),
        timeout=10,
    )
    assert (revoked.status_code, revoked.content) == (200, b"")
    assert app.token(**form).json() == {"error": "invalid_grant"}


def test_a_wrong_answer_on_the_page_may_be_corrected(app: App, admin: Any, email: str) -> None:
    temporary = {"Password": "T3mporary!", "Permanent": False}
    admin.admin_set_user_password(UserPoolId=app.pool_id, Username=email, **temporary)
    page = app.log_in(email, "T3mporary!")

    page = app.send(page, answer="short")
    assert "Password not long enough" in page.text

    assert code_of(app.send(page, answer=PASSWORD))


def test_a_login_is_an_sso_session_of_which_token_sessions_come(
    app: App, email: str, admin: Any, public: Any
) -> None:
    admin.set_user_pool_session_configuration(
        UserPoolId=app.pool_id, UserSessionTracking="ENABLED", TokenSession={"MaxPerUser": 9}
    )
    scope = "openid aws.cognito.signin.user.admin"

    def log_in() -> str:
        app.browser.cookies.clear()
        tokens = app.token(code=code_of(app.log_in(email, PASSWORD, scope=scope))).json()
        access_token: str = tokens["access_token"]
        return access_token

    def sessions(token: str) -> dict[str, list[dict[str, Any]]]:
        listed = public.list_user_sessions(AccessToken=token)["Sessions"]
        return {
            kind: [item for item in listed if item["SessionType"] == kind]
            for kind in ("TOKEN", "SSO")
        }

    first, second = log_in(), log_in()
    listed = sessions(second)
    [current] = [item for item in listed["TOKEN"] if item["IsCurrentSession"]]
    [other] = [item for item in listed["TOKEN"] if not item["IsCurrentSession"]]
    assert {item["OriginSessionId"] for item in listed["TOKEN"]} == {
        item["SessionId"] for item in listed["SSO"]
    }
    public.revoke_user_session(
        AccessToken=second, SessionId=other["SessionId"], RevokeAssociatedSessions="LINKED"
    )
    left = sessions(second)
    assert [item["SessionId"] for item in left["TOKEN"]] == [current["SessionId"]]
    assert [item["SessionId"] for item in left["SSO"]] == [current["OriginSessionId"]]
    with pytest.raises(ClientError):
        public.get_user(AccessToken=first)

    public.revoke_user_session(AccessToken=second, SessionId=current["OriginSessionId"])
    assert sessions(second) == {"TOKEN": left["TOKEN"], "SSO": []}
    assert urlsplit(app.authorize().headers["Location"]).path == "/login"


def test_revoking_a_linked_token_ends_the_sso_session_too(
    app: App, email: str, admin: Any, public: Any
) -> None:
    admin.set_user_pool_session_configuration(
        UserPoolId=app.pool_id, UserSessionTracking="ENABLED", TokenSession={"MaxPerUser": 9}
    )
    for linked in ("NONE", "LINKED"):
        tokens = app.token(code=code_of(app.log_in(email, PASSWORD))).json()
        public.revoke_token(
            Token=tokens["refresh_token"],
            ClientId=app.client_id,
            ClientSecret=app.secret,
            RevokeAssociatedSessions=linked,
        )
        location = urlsplit(app.authorize().headers["Location"])
        assert location.path == {"NONE": "/callback", "LINKED": "/login"}[linked]
        app.browser.cookies.clear()


def test_user_info_shows_what_the_scopes_allow(app: App, email: str) -> None:
    tokens = app.token(code=code_of(app.log_in(email, PASSWORD))).json()
    url = f"{app.cognito.url}/oauth2/userInfo"
    sub = claims(app, tokens, "id_token")["sub"]

    def ask(token: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.get(url, headers=headers, timeout=10)

    shown = ask(tokens["access_token"]).json()
    assert shown == {"sub": sub, "email": email, "email_verified": "true", "username": sub}
    refused = ask(tokens["id_token"])
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
    assert ask("").status_code == 400


def test_a_browser_that_is_signed_in_gets_a_code_at_once(app: App, email: str) -> None:
    app.log_in(email, PASSWORD)

    assert code_of(app.authorize())
    assert app.authorize(prompt="login").headers["Location"].startswith("/login?")
    left = app.get("/logout", {"client_id": app.client_id, "logout_uri": SIGNED_OUT})
    assert left.headers["Location"] == SIGNED_OUT
    assert app.authorize().headers["Location"].startswith("/login?")


def test_prompt_none_without_a_session(app: App) -> None:
    assert query_of(app.authorize(prompt="none")) == {
        "error": "login_required",
        "state": "the state",
    }


def test_the_implicit_flow_has_tokens_in_the_fragment(app: App, email: str) -> None:
    back = app.log_in(email, PASSWORD, response_type="token")

    answer = query_of(back, "fragment")
    assert answer.keys() == {"id_token", "access_token", "token_type", "expires_in", "state"}
    assert claims(app, answer, "id_token")["email"] == email


@pytest.mark.parametrize(
    ("query", "location"),
    [
        ({"client_id": "nobody"}, "/error?error=Client+does+not+exist"),
        ({"redirect_uri": None}, "/error?error=Required+parameters+missing&client_id={client}"),
        (
            {"redirect_uri": CALLBACK + "/"},
            "/error?error=redirect_mismatch&client_id={client}",
        ),
        ({"response_type": None}, CALLBACK + "?state=the+state&error=invalid_request"),
        ({"code_challenge": "x" * 43}, CALLBACK + "?state=the+state&error=invalid_request"),
        (
            {"code_challenge": "x" * 43, "code_challenge_method": "plain"},
            CALLBACK + "?state=the+state&error=invalid_request",
        ),
        (
            {"scope": "openid phone"},
            CALLBACK + "?error_description=invalid_scope&state=the+state&error=invalid_request",
        ),
        (
            {"scope": "phone", "response_type": "token", "state": None},
            CALLBACK + "#error_description=invalid_scope&error=invalid_request",
        ),
    ],
)
def test_a_request_that_cannot_go_on(app: App, query: dict[str, str | None], location: str) -> None:
    answer = app.authorize(**query)

    assert answer.headers["Location"] == location.format(client=app.client_id)
    if location.startswith("/error"):
        assert app.get(answer.headers["Location"]).status_code == 400


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"code": "made-up"}, "invalid_grant"),
        ({}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
    ],
)
def test_a_token_request_that_is_refused(app: App, form: dict[str, str], error: str) -> None:
    answer = app.token(**form)

    assert (answer.status_code, answer.json()) == (400, {"error": error})


def test_a_code_is_bound_to_its_redirect_uri_and_client(app: App, email: str) -> None:
    code = code_of(app.log_in(email, PASSWORD))
    app.secret, right = "wrong", app.secret
    assert app.token(code=code).json() == {"error": "invalid_client"}
    app.secret = right
    assert app.token(code=code, redirect_uri=SIGNED_OUT).json() == {"error": "unauthorized_client"}
    app.cognito.advance(301)
    assert app.token(code=code).json() == {"error": "invalid_grant"}


def test_a_wrong_password_and_a_form_from_elsewhere(app: App, email: str) -> None:
    page = app.get(app.authorize().headers["Location"])
    wrong = app.send(page, username=email, password="wrong")
    assert (wrong.status_code, "Incorrect username or password." in wrong.text) == (200, True)

    forged = app.send(page, username=email, password=PASSWORD, _csrf="guessed")
    assert (forged.status_code, "Try again" in forged.text) == (200, True)


def test_a_temporary_password_and_a_second_factor(app: App, admin: Any, public: Any) -> None:
    email = new_email()
    admin.set_user_pool_mfa_config(
        UserPoolId=app.pool_id,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    admin.admin_create_user(
        UserPoolId=app.pool_id,
        Username=email,
        TemporaryPassword="T3mporary!",
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": email}],
    )
    page = app.log_in(email, "T3mporary!")
    assert "New password" in page.text
    scope = "openid aws.cognito.signin.user.admin"
    tokens = app.token(code=code_of(app.send(page, answer=PASSWORD))).json()
    app.browser.cookies.clear()
    tokens = app.token(code=code_of(app.log_in(email, PASSWORD, scope=scope))).json()
    access = tokens["access_token"]
    secret = public.associate_software_token(AccessToken=access)["SecretCode"]
    totp = pyotp.TOTP(secret)
    public.verify_software_token(AccessToken=access, UserCode=totp.at(app.cognito.now()))
    public.set_user_mfa_preference(
        AccessToken=access, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    app.browser.cookies.clear()
    app.cognito.advance(60)

    page = app.log_in(email, PASSWORD)
    assert "authenticator app" in page.text
    assert code_of(app.send(page, answer=totp.at(app.cognito.now())))


@pytest.fixture(scope="session")
def google() -> Iterator[str]:
    """Run the stand-in for Google; give its issuer."""
    with subprocess.Popen(
        [python(), "-B", "-m", "local.stand_in_google"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def google_app(app: App, admin: Any, google: str) -> App:
    """Give an app whose users may come from the stand-in for Google."""
    admin.create_identity_provider(
        UserPoolId=app.pool_id,
        ProviderName="Google",
        ProviderType="Google",
        ProviderDetails={
            "client_id": "cognito",
            "client_secret": "any",
            "authorize_scopes": "openid email profile",
            "oidc_issuer": google,
        },
        AttributeMapping={"email": "email", "name": "name"},
    )
    admin.update_user_pool_client(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        SupportedIdentityProviders=["COGNITO", "Google"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", "email", "profile", "aws.cognito.signin.user.admin"],
        CallbackURLs=[CALLBACK],
    )
    return app


def at_google(app: App, **query: str) -> requests.Response:
    """Send the browser to the stand-in's page."""
    return app.get(app.authorize(identity_provider="Google", **query).headers["Location"])


def test_a_google_login(google_app: App) -> None:
    page = at_google(google_app)
    assert "This is not Google." in page.text
    assert "http" not in re.sub(r"<title>.*</title>", "", page.text), "it loads nothing"
    back = google_app.get(google_app.send(page, sub=ADA).headers["Location"])
    tokens = google_app.token(code=code_of(back)).json()

    identity = claims(google_app, tokens, "id_token")
    assert identity["cognito:username"] == f"Google_{ADA}"
    assert (identity["email"], identity["name"]) == ("ada.lovelace@gmail.example", "Ada Lovelace")
    assert identity["identities"][0]["providerName"] == "Google"
    assert identity["cognito:groups"] == [f"{google_app.pool_id}_Google"]
    second = google_app.get(
        google_app.send(at_google(google_app, prompt="login"), sub=ADA).headers["Location"]
    )
    tokens = google_app.token(code=code_of(second)).json()
    assert claims(google_app, tokens, "id_token")["sub"] == identity["sub"]


def test_a_google_user_is_not_the_user_who_signed_up_with_the_same_email(
    google_app: App, public: Any, admin: Any
) -> None:
    back = google_app.get(google_app.send(at_google(google_app), sub=ADA).headers["Location"])
    email = claims(google_app, google_app.token(code=code_of(back)).json(), "id_token")["email"]
    client = Pools(admin).client(google_app.pool_id, "USER_PASSWORD_AUTH")
    public.sign_up(ClientId=client, Username=email, Password=PASSWORD)
    admin.admin_confirm_sign_up(UserPoolId=google_app.pool_id, Username=email)

    for username in (email, f"Google_{ADA}"):
        user = admin.admin_get_user(UserPoolId=google_app.pool_id, Username=username)
        assert (user["UserStatus"] == "EXTERNAL_PROVIDER") is username.startswith("Google_")
    assert "AuthenticationResult" in begin(public, client, email)


def test_a_google_user_gets_no_password(google_app: App, public: Any, admin: Any) -> None:
    scope = "openid email aws.cognito.signin.user.admin"
    page = at_google(google_app, scope=scope)
    back = google_app.get(google_app.send(page, sub=ADA).headers["Location"])
    token = google_app.token(code=code_of(back)).json()["access_token"]
    refusal = ("InvalidParameterException", "User is federated and has no password in this pool.")

    change = {"AccessToken": token, "ProposedPassword": PASSWORD}
    assert refused(public.change_password, **change) == refusal
    client = Pools(admin).client(google_app.pool_id, "USER_AUTH")
    choice = initiate(public, client, "USER_AUTH", f"Google_{ADA}")
    assert choice["AvailableChallenges"] == []


def test_a_google_login_that_is_refused(google_app: App) -> None:
    answer = google_app.send(at_google(google_app), deny="yes")
    back = google_app.get(answer.headers["Location"])

    assert query_of(back) == {
        "error_description": "access_denied",
        "state": "the state",
        "error": "invalid_request",
    }


def test_the_stand_in_prefers_the_hint_and_sends_nobody_elsewhere(
    google_app: App, google: str
) -> None:
    page = at_google(google_app, login_hint="alan.turing@gmail.example")
    assert re.findall(r'name="sub" value="(\d+)"', page.text)[0] == ADA[:-1] + "3"

    elsewhere = {"client_id": "x", "redirect_uri": "https://example.com/", "response_type": "code"}
    assert requests.get(f"{google}/authorize", elsewhere, timeout=10).status_code == 400


def test_a_return_from_a_provider_that_nobody_went_to(app: App) -> None:
    back = app.get("/oauth2/idpresponse", {"state": "made up", "code": "x"})

    assert back.headers["Location"].startswith("/error?")


def test_a_logout_to_an_address_that_is_not_registered(app: App) -> None:
    left = app.get("/logout", {"client_id": app.client_id, "logout_uri": "https://example.com"})

    assert parse_qs(urlsplit(left.headers["Location"]).query)["error"] == ["redirect_mismatch"]


def test_discovery(app: App) -> None:
    url = app.cognito.url
    document = app.get(f"/{app.pool_id}/.well-known/openid-configuration").json()

    assert document["issuer"] == f"https://cognito-idp.us-east-1.amazonaws.com/{app.pool_id}"
    assert document["token_endpoint"] == f"{url}/oauth2/token"
    assert app.get("/us-east-1_nobody/.well-known/openid-configuration").status_code == 404


def test_the_overview_shows_users_and_messages_but_no_secret(app: App, email: str) -> None:
    page = app.get("/")

    assert (page.status_code, email in page.text) == (200, True)
    assert app.secret not in page.text
    assert "Access-Control-Allow-Origin" not in page.headers
    other = requests.get(f"{app.cognito.url}/", headers={"Host": "evil.example"}, timeout=10)
    assert other.status_code == 421
