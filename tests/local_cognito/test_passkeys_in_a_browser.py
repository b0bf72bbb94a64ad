"""Passkeys of a real browser: a page on another origin calls the local Cognito as on AWS."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.support.docs_page import CHROMIUM, run_browser
from tests.support.live import skip_unless
from tests.support.local_cognito import Cognito, Json, Pools
from tests.support.passkeys import FLOWS, make_pool
from tests.support.sign_in import access_token, members

PAGE = b"""<!doctype html><title>Passkeys</title><script>
const call = async (url, operation, body) => {
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(body),
  });
  const members = await answer.json();
  if (!answer.ok) throw new Error(`${answer.headers.get("x-amzn-ErrorType")} ${members.message}`);
  return members;
};
const register = async ({url, token}) => {
  const {CredentialCreationOptions} = await call(
    url, "StartWebAuthnRegistration", {AccessToken: token});
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(CredentialCreationOptions);
  const credential = await navigator.credentials.create({publicKey});
  return call(
    url, "CompleteWebAuthnRegistration", {AccessToken: token, Credential: credential.toJSON()});
};
const signIn = async ({url, client, username}) => {
  const challenge = await call(url, "InitiateAuth", {
    ClientId: client,
    AuthFlow: "USER_AUTH",
    AuthParameters: {USERNAME: username, PREFERRED_CHALLENGE: "WEB_AUTHN"},
  });
  const options = JSON.parse(challenge.ChallengeParameters.CREDENTIAL_REQUEST_OPTIONS);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await navigator.credentials.get({publicKey});
  return call(url, "RespondToAuthChallenge", {
    ClientId: client,
    ChallengeName: challenge.ChallengeName,
    Session: challenge.Session,
    ChallengeResponses: {
      USERNAME: username,
      CREDENTIAL: JSON.stringify(credential.toJSON()),
    },
  });
};
</script>"""


class PageHandler(BaseHTTPRequestHandler):
    """Serves the page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        """Keep the test's output to itself."""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """Serve the page and give its origin."""
    with ThreadingHTTPServer(("127.0.0.1", 0), PageHandler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run Chromium."""
    skip_unless(CHROMIUM, "there is no Chromium here: `apt-get install chromium` or the like")
    with run_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, origin: str) -> Iterator[Page]:
    """Open the page in a browser of its own that has an authenticator."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(origin)
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield page
    context.close()


@pytest.mark.parametrize("verification", ["preferred", "required"])
def test_a_browser_registers_a_passkey_and_signs_in_with_it(
    admin: Any, cognito: Cognito, public: Any, pools: Pools, page: Page, verification: str
) -> None:
    pool = make_pool(admin, UserVerification=verification)
    client = pools.client(pool, *FLOWS)
    user = pools.user(pool)
    token = access_token(public, client, user)

    assert page.evaluate("register", {"url": cognito.url, "token": token}) == {}
    [passkey] = members(public.list_web_authn_credentials(AccessToken=token))["Credentials"]
    assert (passkey["RelyingPartyId"], passkey["AuthenticatorAttachment"]) == (
        "localhost",
        "platform",
    )
    answer: Json = page.evaluate("signIn", {"url": cognito.url, "client": client, "username": user})
    assert set(answer) == {"AuthenticationResult", "ChallengeParameters"}
    signed_in = public.get_user(AccessToken=answer["AuthenticationResult"]["AccessToken"])
    assert signed_in["Username"] == user


def test_a_browser_registers_no_second_passkey_on_the_same_device(
    admin: Any, cognito: Cognito, public: Any, pools: Pools, page: Page
) -> None:
    pool = make_pool(admin)
    client = pools.client(pool, *FLOWS)
    given = {"url": cognito.url, "token": access_token(public, client, pools.user(pool))}
    page.evaluate("register", given)
    refusal = page.evaluate("given => register(given).catch(error => error.name)", given)
    assert refusal == "InvalidStateError"  # WebAuthn's name for an excluded credential


def test_a_browser_is_told_what_it_may_not_do(
    admin: Any, cognito: Cognito, public: Any, pools: Pools, page: Page
) -> None:
    pool = pools.pool()
    client = pools.client(pool, *FLOWS)
    given = {"url": cognito.url, "token": access_token(public, client, pools.user(pool))}
    refusal = page.evaluate("given => register(given).catch(error => error.message)", given)
    assert refusal == ("WebAuthnNotEnabledException: Passkeys are not enabled for the user pool.")
