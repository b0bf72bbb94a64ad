"""What the doctor makes of each answer of the hosted UI, AWS's and ministack's, and of Google's."""

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest

from app.settings import Settings
from doctor.case import Case
from doctor.checks import conclude
from doctor.probes import RETURN, Reply
from tests.support.app import SETTINGS
from tests.support.doctor_cases import URI, diagnose, findings, redirect, scripted
from tests.support.faults import StubAnswer, cognito_error
from tests.support.keys import CLIENT_ID, pool_key
from tests.support.upstream import Request, Upstream, closed_port

pytestmark = pytest.mark.usefixtures("well_formed")

INVALID = "InvalidParameterException"


@pytest.fixture
def pool(upstream: Upstream) -> Upstream:
    """Give a pool in which all is well."""
    return scripted(upstream)


BACK = f"{URI}?state=x&error="
ERROR_PAGE = "https://x.auth.us-east-1.amazoncognito.com/error?client_id=x&error="


def json_error(error: str, description: str) -> StubAnswer:
    """Refuse as ministack's hosted UI does."""
    return StubAnswer(400, {"error": error, "error_description": description})


def unless_uri_is(uri: str) -> Any:
    """Refuse all callback URLs but one."""

    def answer(request: Request) -> StubAnswer | None:
        registered = request.form["redirect_uri"] == uri
        return None if registered else redirect(f"{ERROR_PAGE}redirect_mismatch")

    return answer


def unless_scopes_are_in(*allowed: str, alone: bool = True) -> Any:
    """Refuse all other scopes; if not `alone`, email and profile only come with openid."""

    def answer(request: Request) -> StubAnswer | None:
        scopes = request.form["scope"].split()
        lonely = not alone and "openid" not in scopes and {"email", "profile"} & set(scopes)
        if set(scopes) <= set(allowed) and not lonely:
            return None
        return redirect(f"{BACK}invalid_request&error_description=invalid_scope")

    return answer


def at_google(answer: Any) -> Any:
    """Answer a login at Google, and leave the rest to the pool."""

    def script(request: Request) -> Any:
        return answer if "identity_provider" in request.form else None

    return script


def at_no_google(answer: Any) -> Any:
    """Answer a login anywhere else, and leave Google's to the pool."""

    def script(request: Request) -> Any:
        return None if "identity_provider" in request.form else answer

    return script


ADMIN = "aws.cognito.signin.user.admin"
# id: (the answer of /oauth2/authorize, what the doctor finds)
HOSTED_UI: dict[str, tuple[Any, dict[str, str]]] = {
    "callback not registered": (unless_uri_is(""), {"redirect_uri": "unregistered"}),
    "callback with a slash": (unless_uri_is(f"{URI}/"), {"redirect_uri": "spelling"}),
    "callback with https": (
        unless_uri_is(URI.replace("http:", "https:")),
        {"redirect_uri": "spelling"},
    ),
    "callback at localhost": (
        unless_uri_is(URI.replace("127.0.0.1", "localhost")),
        {"redirect_uri": "spelling"},
    ),
    "callback not registered, as JSON": (
        json_error("invalid_request", f"redirect_uri is not allowed: {URI}"),
        {"redirect_uri": "unregistered"},
    ),
    "no code grant": (redirect(f"{BACK}unauthorized_client"), {"code_grant": "off"}),
    "no OAuth at all": (redirect(f"{ERROR_PAGE}unauthorized_client"), {"code_grant": "off"}),
    "no code grant, as JSON": (
        json_error("unauthorized_client", "Client is not allowed to use the code flow."),
        {"code_grant": "off"},
    ),
    "no openid": (unless_scopes_are_in("email", "profile", ADMIN), {"scopes": "missing"}),
    "no openid, which others need": (
        unless_scopes_are_in("email", "profile", ADMIN, alone=False),
        {"scopes": "missing"},
    ),
    "no profile": (
        unless_scopes_are_in("openid", "email", ADMIN, alone=False),
        {"scopes": "missing"},
    ),
    "no admin": (unless_scopes_are_in("openid", "email", "profile"), {"scopes": "missing"}),
    "scopes refused together only": (
        lambda request: (
            redirect(f"{BACK}invalid_scope") if request.form["scope"].count(" ") == 3 else None
        ),
        {"scopes": "unclear"},
    ),
    "scopes that are refused": (
        lambda request: (
            "reset"
            if request.form["scope"] == "openid"
            else unless_scopes_are_in("openid", "email", ADMIN)(request)
        ),
        {"scopes": "unclear"},
    ),
    "another pool's": (
        redirect(f"{ERROR_PAGE}invalid_client&error_description=Client+does+not+exist"),
        {"domain": "another"},
    ),
    "another pool's, as JSON": (
        json_error("invalid_client", f"Client {CLIENT_ID} not found."),
        {"domain": "another"},
    ),
    "a refusal nobody knows": (
        redirect(f"{ERROR_PAGE}something_new"),
        {"code_grant": "unreadable", "redirect_uri": "unreadable"},
    ),
    "an error page without a reason": (
        redirect("https://x.auth.us-east-1.amazoncognito.com/error"),
        {"code_grant": "unreadable", "redirect_uri": "unreadable"},
    ),
    "not found": ("404 html", {"domain": "foreign"}),
    "a page": ("200 html", {"domain": "foreign"}),
    "another site": (redirect("https://www.example.com/"), {"domain": "foreign"}),
    "a malformed address": (redirect("http://[/login"), {"domain": "foreign"}),
    "another site's login": (redirect("/login"), {"domain": "foreign"}),
    "another site's login, in full": (
        lambda request: redirect(f"http://{request.headers['Host']}/login?next=/"),
        {"domain": "unreadable"},
    ),
    "another site's error": (json_error("bad request", "No."), {"domain": "unreadable"}),
    "one provider only": (
        at_no_google(
            redirect(f"https://accounts.google.com/x?redirect_uri=https%3A%2F%2Fx{RETURN}")
        ),
        {},
    ),
    "one SAML provider only": (
        at_no_google(redirect("https://idp.example.com/?SAMLRequest=x")),
        {},
    ),
    "another page of its own": (
        lambda request: redirect(f"http://{request.headers['Host']}/new"),
        {"domain": "unreadable"},
    ),
    "firewall": ("403 html", {"domain": "unreadable"}),
    "fails": ("500 empty", {"domain": "unreadable"}),
    "broken off": ("reset", {"domain": "broken"}),
}


@pytest.mark.parametrize(("answer", "expected"), HOSTED_UI.values(), ids=HOSTED_UI)
def test_the_hosted_ui(pool: Upstream, answer: Any, expected: dict[str, str]) -> None:
    pool.answers("authorize", answer)

    assert findings(diagnose(pool.url)) == expected


@pytest.mark.parametrize(
    ("allowed", "named"),
    [
        (("email", "profile", ADMIN), "openid"),
        (("openid", "profile", ADMIN), "email"),
        (("openid", "email", ADMIN), "profile"),
        (("openid", "email", "profile"), ADMIN),
        (("openid", "email"), f"profile, {ADMIN}"),
        ((), f"openid, {ADMIN}"),
    ],
)
@pytest.mark.parametrize("alone", [True, False])
def test_names_the_scope(pool: Upstream, allowed: tuple[str, ...], named: str, alone: bool) -> None:
    pool.answers("authorize", unless_scopes_are_in(*allowed, alone=alone))

    [result] = [result for result in diagnose(pool.url) if result.name == "scopes"]

    assert result.message == f"the app client does not allow the scope {named}"


def returns(pool: Upstream) -> str:
    """Return where Google is to return to, as it stands in an address."""
    return quote(f"{pool.url}/oauth2/idpresponse", safe="")


def coded(error: str) -> StubAnswer:
    """Send to Google's page for an error, which its address names in Base64."""
    code = base64.urlsafe_b64encode(f"\n\x15{error}\x12".encode()).decode().rstrip("=")
    return redirect(f"https://accounts.google.com/signin/oauth/error?authError={code}&client_id=x")


# id: (what /oauth2/authorize answers for Google, what Google answers, what the doctor finds)
GOOGLE: dict[str, tuple[Any, Any, dict[str, str]]] = {
    "on a page of Cognito's": (redirect("/login?client_id=x"), None, {"google": "not offered"}),
    "an error of Cognito's": (
        redirect("/error?error=Login+option+is+not+available"),
        None,
        {"google": "not offered"},
    ),
    "no provider, as JSON": (
        cognito_error("ResourceNotFoundException", "Identity provider Google not found."),
        None,
        {"google": "missing"},
    ),
    "no endpoint, as JSON": (
        cognito_error(INVALID, "OIDC provider has no authorize_url and none was discovered."),
        None,
        {"google": "endpoints"},
    ),
    "another type, as JSON": (
        cognito_error(INVALID, "Federated sign-in not supported for Google."),
        None,
        {"google": "endpoints"},
    ),
    "refused otherwise": (redirect(f"{BACK}server_error"), None, {"google": "unreadable"}),
    "no answer": ("hang", None, {"google": "late"}),
    "by SAML": (redirect("https://idp.example.com/?SAMLRequest=x"), None, {"google": "saml"}),
    "fails": ("500 empty", None, {"google": "unreadable"}),
    "redirect URI not at Google": (
        None,
        coded("redirect_uri_mismatch"),
        {"google": "not at Google"},
    ),
    "redirect URI not at Google, on a page": (
        None,
        StubAnswer(400, b"Error 400: redirect_uri_mismatch"),
        {"google": "not at Google"},
    ),
    "client unknown": (None, coded("invalid_client"), {"google": "unknown at Google"}),
    "client deleted": (None, coded("deleted_client"), {"google": "unknown at Google"}),
    "an error nobody knows": (None, coded("something_new"), {}),
    "an error that is no code": (None, redirect("https://x.test/?authError=%00%FF"), {}),
    "no page": (None, "404 html", {"google": "no page"}),
    "a failing page": (None, "500 empty", {}),
    "a page that breaks off": (None, "reset", {}),
}


@pytest.mark.parametrize(("answer", "page", "expected"), GOOGLE.values(), ids=GOOGLE)
def test_google(pool: Upstream, answer: Any, page: Any, expected: dict[str, str]) -> None:
    pool.answers("authorize", at_google(answer))
    pool.answers("google", page)

    assert findings(diagnose(pool.url)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("scope=openid+profile&redirect_uri={returns}", {"google": "no email"}),
        ("scope=email&redirect_uri={returns}", {"google": "fewer scopes"}),
        ("scope=profile+email+openid&redirect_uri={returns}", {}),
        (
            "scope=profile+email+openid&redirect_uri=https%3A%2F%2Fx.test%2Foauth2%2Fidpresponse",
            {"google": "elsewhere"},
        ),
        ("redirect_uri={returns}", {"google": "no email"}),
    ],
)
def test_what_google_is_asked_for(pool: Upstream, query: str, expected: dict[str, str]) -> None:
    address = f"http://{pool.google}/google?client_id=x&{query.format(returns=returns(pool))}"
    pool.answers("authorize", at_google(redirect(address)))

    assert findings(diagnose(pool.url)) == expected


def test_google_without_an_oauth_client(pool: Upstream) -> None:
    address = f"http://{pool.google}/google?client_id=&scope=email&redirect_uri={returns(pool)}"
    pool.answers("authorize", at_google(redirect(address)))

    assert findings(diagnose(pool.url)) == {"google": "no client id"}


def test_google_is_asked_for_last(pool: Upstream) -> None:
    """Ministack answers nobody else while it looks for a provider."""
    pool.latency = 0.1

    diagnose(pool.url)

    faces = [request.face for request in pool.requests]
    providers = [request.form.get("identity_provider") for request in pool.requests]
    assert (providers[-2], faces[-1]) == ("Google", "google")


def test_a_google_that_is_not_there(pool: Upstream) -> None:
    with closed_port() as url:
        query = f"client_id=x&scope=openid+email+profile&redirect_uri={returns(pool)}"
        pool.answers("authorize", at_google(redirect(f"{url}/google?{query}")))

        assert findings(diagnose(pool.url)) == {"google": "unreachable"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (redirect(f"{ERROR_PAGE}redirect_mismatch"), {"sign_out": "unregistered"}),
        (redirect(f"{ERROR_PAGE}invalid_request"), {"sign_out": "unregistered"}),
        (json_error("invalid_request", "logout_uri is not allowed"), {"sign_out": "unregistered"}),
        (redirect("https://www.example.com/"), {"sign_out": "unreadable"}),
        ("404 html", {"sign_out": "unreadable"}),
        ("500 empty", {"sign_out": "unreadable"}),
        ("reset", {"sign_out": "silent"}),
    ],
)
def test_sign_out(pool: Upstream, answer: Any, expected: dict[str, str]) -> None:
    pool.answers("logout", answer)

    assert findings(diagnose(pool.url)) == expected


def test_sign_out_to_another_spelling(pool: Upstream) -> None:
    registered = "http://localhost:5000/"

    def logout(request: Request) -> StubAnswer | None:
        known = request.form["logout_uri"] == registered
        return None if known else redirect(f"{ERROR_PAGE}redirect_mismatch")

    pool.answers("logout", logout)

    results = diagnose(pool.url)

    assert findings(results) == {"sign_out": "spelling"}
    assert f"but {registered} is" in results[-1].message


# AWS's own addresses, which no test may ask: the doctor reads these replies all the same.

DOMAIN = "https://mine.auth.us-east-1.amazoncognito.com"
LOGIN = Reply(status=302, location=f"{DOMAIN}/login?client_id={CLIENT_ID}")
STRANGER = Reply(
    status=302, location=f"{DOMAIN}/error?error=invalid_client", error="invalid_client"
)


def names(domain: str) -> Reply:
    """Name a domain as the pool's discovery document does."""
    return Reply(200, body=b'{"authorization_endpoint": "%s/oauth2/authorize"}' % domain.encode())


OTHER = DOMAIN.replace("mine", "other")
CUSTOM = "https://auth.example.com"


@pytest.mark.parametrize(
    ("domain", "authorize", "discovery", "check", "status", "message"),
    [
        (DOMAIN, LOGIN, names(DOMAIN), "pool", "ok", "CLIENT_ID and COGNITO_DOMAIN belong to"),
        (CUSTOM, LOGIN, names(CUSTOM), "pool", "ok", "CLIENT_ID and COGNITO_DOMAIN belong to"),
        (DOMAIN, LOGIN, names(CUSTOM), "pool", "unknown", "cannot tell whether CLIENT_ID is"),
        (CUSTOM, LOGIN, names(DOMAIN), "pool", "unknown", "cannot tell whether CLIENT_ID is"),
        (DOMAIN, LOGIN, Reply(status=404), "pool", "unknown", "cannot tell whether CLIENT_ID is"),
        (DOMAIN, LOGIN, names(OTHER), "pool", "failed", "CLIENT_ID belongs to COGNITO_DOMAIN, but"),
        (DOMAIN, STRANGER, names(OTHER), "domain", "failed", "COGNITO_DOMAIN is the hosted UI of"),
        (DOMAIN, STRANGER, names(OTHER), "pool", "skipped", "not checked, because of domain"),
        (DOMAIN.replace("-east-", "-west-"), LOGIN, names(DOMAIN), "domain", "failed", "COGNITO_D"),
    ],
)
def test_whose_domain_it_is(
    domain: str, authorize: Reply, discovery: Reply, check: str, status: str, message: str
) -> None:
    settings = Settings.from_env({**SETTINGS, "COGNITO_DOMAIN": domain})
    nobody = Reply(status=400, error="UserNotFoundException", skew=0.0)
    keys = Reply(status=200, body=json.dumps({"keys": [pool_key().jwk]}).encode())
    case = Case(
        settings=settings,
        broken=(),
        complaint="",
        region=settings.region,
        redirect_uri=URI,
        redirect_setting="COGNITO_REDIRECT_URI",
        endpoint="https://cognito-idp.us-east-1.amazonaws.com",
        endpoint_setting="COGNITO_REGION",
        seconds=3.0,
        replies={"client": nobody, "authorize": authorize, "discovery": discovery, "keys": keys},
    )

    [result] = [result for result in conclude(case) if result.name == check]

    assert (result.status, result.message[: len(message)]) == (status, message)
    if (domain, status) == (DOMAIN, "failed"):
        assert OTHER in f"{result.message} {result.fix}"


APPS = "https://app.example.com/bye, https://app.example.com/*, http://localhost:*"


def registered_only(*urls: str, otherwise: Any) -> Any:
    """Sign out to these URLs, and refuse others."""
    return lambda request: None if request.form["logout_uri"] in urls else otherwise


@pytest.mark.parametrize(
    "refusal",
    [
        redirect(f"{ERROR_PAGE}redirect_mismatch"),
        json_error("invalid_request", "logout_uri is not allowed"),
    ],
)
def test_sign_out_to_an_app_that_is_not_registered(pool: Upstream, refusal: StubAnswer) -> None:
    pool.answers("logout", registered_only("http://127.0.0.1:5000/", otherwise=refusal))

    results = diagnose(pool.url, RETURN_URLS=APPS)

    assert findings(results) == {"sign_out": "no app"}
    assert results[-1].message.startswith(
        "a hosted logout cannot end at https://app.example.com/bye,"
    )


@pytest.mark.parametrize("otherwise", ["500 empty", "reset", redirect("https://www.example.com/")])
def test_sign_out_to_an_app_of_which_nothing_is_known(pool: Upstream, otherwise: Any) -> None:
    pool.answers("logout", registered_only("http://127.0.0.1:5000/", otherwise=otherwise))

    assert findings(diagnose(pool.url, RETURN_URLS=APPS)) == {}


def test_sign_out_asks_about_the_single_pages_of_return_urls(pool: Upstream) -> None:
    assert findings(diagnose(pool.url, RETURN_URLS=APPS)) == {}
    asked = [request.form["logout_uri"] for request in pool.requests if request.face == "logout"]
    assert sorted(asked) == ["http://127.0.0.1:5000/", "https://app.example.com/bye"]
