"""The whole doctor on the local Cognito: a pool that is well, and pools with one setting wrong."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.cognito.vocabulary import SCOPES
from local.servers import loopback
from local.servers.pool import FLOWS, Pool, create_pool
from tests.support.app import ENDPOINT
from tests.support.doctor_cases import URI, causes, diagnose, findings, run
from tests.support.live import Live

GOOGLE = "Google"


class Mine:
    """A pool of the test's own in the local Cognito, to break."""

    def __init__(self, live: Live) -> None:
        self.admin = live.stack.admin
        self.google = live.stack.google.issuer
        self.pool: Pool = create_pool(
            self.admin, self.google, callback_urls=[URI], logout_urls=["http://127.0.0.1:5000/"]
        )
        self.environment = replace(live.stack, pool=self.pool).environment()
        # The signing keys are made when they are first asked for, and the doctor is in a hurry.
        loopback.get(f"{live.stack.aws.endpoint}/{self.pool.id}/.well-known/jwks.json")

    def change(self, **settings: Any) -> None:
        """Change settings of the app client, and keep the others."""
        ids = {"UserPoolId": self.pool.id, "ClientId": self.pool.client_id}
        client = self.admin.describe_user_pool_client(**ids)["UserPoolClient"]
        kept = (
            "ExplicitAuthFlows",
            "PreventUserExistenceErrors",
            "SupportedIdentityProviders",
            "AllowedOAuthFlowsUserPoolClient",
            "AllowedOAuthFlows",
            "AllowedOAuthScopes",
            "CallbackURLs",
            "LogoutURLs",
        )
        self.admin.update_user_pool_client(
            **ids, **{name: client[name] for name in kept} | settings
        )

    def forbid(self, flow: str) -> None:
        """Take a flow away from the app client."""
        flows = [*FLOWS, "ALLOW_REFRESH_TOKEN_AUTH"]
        flows.remove(f"ALLOW_{flow}")
        self.change(ExplicitAuthFlows=flows)

    def delete_domain(self) -> None:
        """Take the hosted UI away from the pool."""
        pool = self.admin.describe_user_pool(UserPoolId=self.pool.id)["UserPool"]
        self.admin.delete_user_pool_domain(UserPoolId=self.pool.id, Domain=pool["Domain"])

    def delete(self) -> None:
        """Delete the pool, which must not have a domain any more."""
        self.delete_domain()
        self.admin.delete_user_pool(UserPoolId=self.pool.id)

    def change_google(self, **details: str) -> None:
        """Change the identity provider, and keep the rest of it."""
        ids = {"UserPoolId": self.pool.id, "ProviderName": GOOGLE}
        provider = self.admin.describe_identity_provider(**ids)["IdentityProvider"]
        details = provider["ProviderDetails"] | details
        self.admin.update_identity_provider(**ids, ProviderDetails=details)


@pytest.fixture
def mine(live: Live) -> Mine:
    """Give a pool that the test may break."""
    return Mine(live)


class TestOnTheLocalCognito:
    """The whole doctor, on a pool that is well and on pools with one setting wrong."""

    def test_a_healthy_pool(self, mine: Mine) -> None:
        host = mine.environment[ENDPOINT]
        returns = f"{mine.environment['COGNITO_DOMAIN']}/oauth2/idpresponse"

        done = run(mine.environment)

        assert done.stderr == ""
        assert done.stdout == (
            "✓ settings: all settings are there and well-formed\n"
            "✓ region: COGNITO_REGION is where USER_POOL_ID says its pool is\n"
            f"✓ endpoint: Cognito answers at {host}\n"
            "✓ keys: the pool's signing keys are there and usable\n"
            "✓ clock: this machine's clock agrees with Cognito's\n"
            "✓ client: Cognito knows the app client CLIENT_ID\n"
            "✓ secret: CLIENT_SECRET is the app client's secret\n"
            "✓ user_password_auth: USER_PASSWORD_AUTH is on, for POST /auth/login\n"
            "✓ user_srp_auth: USER_SRP_AUTH is on, for POST /auth/start\n"
            "✓ user_auth: USER_AUTH is on, for POST /auth/start\n"
            "✓ custom_auth: CUSTOM_AUTH is on, for POST /auth/start\n"
            "✓ refresh: POST /auth/refresh: Cognito refused only the made-up token; rotation may be"
            " on or off\n"
            "✓ user_existence: POST /auth/forgot-password answers 404 for unknown users\n"
            "✓ domain: the hosted UI answers at COGNITO_DOMAIN\n"
            "– pool: cannot tell whether CLIENT_ID is an app client of the pool USER_POOL_ID, as"
            " the pool does not name COGNITO_DOMAIN; if new tokens are refused as another pool's,"
            " it is not\n"
            "✓ code_grant: the hosted UI accepts the authorization code grant\n"
            f"✓ redirect_uri: the callback URL {URI} is registered\n"
            "✓ scopes: the hosted UI accepts the four scopes that Google login asks for\n"
            f"✓ google: Google login goes to {mine.google} as client cognito, and is to return to"
            f" {returns}\n"
            "✓ sign_out: the hosted UI returns to http://127.0.0.1:5000/, as GET"
            " /auth/google/logout asks it to\n"
            "19 of 20 checks passed, 1 could not tell (pool)\n"
        )
        assert done.returncode == 0

    # id: (how the pool is broken, what the doctor finds: this and nothing else)
    BROKEN: dict[str, tuple[Callable[[Mine], object], dict[str, str]]] = {
        **{
            f"{flow} off": (
                lambda mine, flow=flow: mine.forbid(flow),
                {"refresh" if flow == "REFRESH_TOKEN_AUTH" else flow.lower(): "off"},
            )
            for flow in (
                *("USER_PASSWORD_AUTH", "USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH"),
                "REFRESH_TOKEN_AUTH",
            )
        },
        "existence hidden": (
            lambda mine: mine.change(PreventUserExistenceErrors="ENABLED"),
            {"user_existence": "hidden"},
        ),
        "implicit grant only": (
            lambda mine: mine.change(AllowedOAuthFlows=["implicit"]),
            {"code_grant": "off"},
        ),
        "another callback URL": (
            lambda mine: mine.change(CallbackURLs=["https://example.com/callback"]),
            {"redirect_uri": "unregistered"},
        ),
        "a callback URL with a slash": (
            lambda mine: mine.change(CallbackURLs=[f"{URI}/"]),
            {"redirect_uri": "spelling"},
        ),
        "another sign-out URL": (
            lambda mine: mine.change(LogoutURLs=["https://example.com/"]),
            {"sign_out": "unregistered"},
        ),
        **{
            f"without {scope}": (
                lambda mine, scope=scope: mine.change(
                    AllowedOAuthScopes=[other for other in SCOPES if other != scope]
                ),
                {"scopes": "missing"},
            )
            for scope in SCOPES
        },
        "a sign-out URL without its slash": (
            lambda mine: mine.change(LogoutURLs=["http://127.0.0.1:5000"]),
            {"sign_out": "spelling"},
        ),
        "no Google": (
            lambda mine: mine.admin.delete_identity_provider(
                UserPoolId=mine.pool.id, ProviderName=GOOGLE
            ),
            {"google": "not offered"},
        ),
        "another issuer": (
            lambda mine: mine.change_google(oidc_issuer="http://127.0.0.1:1"),
            {"google": "unreachable"},
        ),
        "another authorize URL": (
            lambda mine: mine.change_google(authorize_url="http://127.0.0.1:1/authorize"),
            {"google": "unreachable"},
        ),
        "no page at the authorize URL": (
            lambda mine: mine.change_google(authorize_url=f"{mine.google}/nothing"),
            {"google": "no page"},
        ),
        "Google not asked for the email": (
            lambda mine: mine.change_google(authorize_scopes="openid profile"),
            {"google": "no email"},
        ),
        "Google not for this app client": (
            lambda mine: mine.change(SupportedIdentityProviders=["COGNITO"]),
            {"google": "not offered"},
        ),
        "no hosted UI for this app client": (
            lambda mine: mine.change(AllowedOAuthFlowsUserPoolClient=False),
            {"code_grant": "off"},
        ),
        "no sign-out URL": (
            lambda mine: mine.change(LogoutURLs=[]),
            {"sign_out": "unregistered"},
        ),
        "domain deleted": (
            lambda mine: mine.delete_domain(),
            {"domain": "another"},
        ),
        "no challenge triggers": (
            lambda mine: mine.admin.update_user_pool(UserPoolId=mine.pool.id, LambdaConfig={}),
            {"custom_auth": "no triggers"},
        ),
        "app client deleted": (
            lambda mine: mine.admin.delete_user_pool_client(
                UserPoolId=mine.pool.id, ClientId=mine.pool.client_id
            ),
            {"client": "missing"},
        ),
        "pool deleted": (
            lambda mine: mine.delete(),
            {"keys": "no pool"},
        ),
    }

    @pytest.mark.parametrize(("breaks", "expected"), BROKEN.values(), ids=BROKEN)
    def test_names_what_is_wrong_with_the_pool(
        self, mine: Mine, breaks: Callable[[Mine], object], expected: dict[str, str]
    ) -> None:
        breaks(mine)

        results = diagnose("", mine.environment, **mine_only(mine))

        assert findings(results) == expected
        assert causes(results) <= set(expected)

    @pytest.mark.parametrize(
        ("setting", "value", "expected"),
        [
            ("FLASK_SECRET_KEY", "", {"settings": "broken"}),
            ("COGNITO_REGION", "eu-west-1", {"region": "elsewhere"}),
            ("USER_POOL_ID", "us-east-1_NotThere", {"keys": "no pool"}),
            ("USER_POOL_ID", "eu-west-1_{id}", {"region": "prefix"}),
            ("CLIENT_ID", "notthere", {"client": "missing"}),
            ("CLIENT_SECRET", "not the secret of the client".replace(" ", ""), {"secret": "wrong"}),
            ("COGNITO_DOMAIN", "http://127.0.0.1:1", {"domain": "unreachable"}),
            ("COGNITO_DOMAIN", "https://no.such.domain.invalid", {"domain": "unreachable"}),
            ("COGNITO_DOMAIN", "{google}", {"domain": "foreign"}),
            ("COGNITO_REDIRECT_URI", f"{URI}/", {"redirect_uri": "spelling"}),
            ("COGNITO_REDIRECT_URI", "https://a.test/callback", {"redirect_uri": "unregistered"}),
            ("PORT", "5001", {"redirect_uri": "unregistered"}),
            ("HOST", "localhost", {"redirect_uri": "spelling"}),
            (ENDPOINT, "http://127.0.0.1:1", {"endpoint": "unreachable"}),
            (ENDPOINT, "{google}", {"endpoint": "foreign"}),
            (ENDPOINT, "not-a-url", {"settings": "broken"}),
            (ENDPOINT, "http://192.0.2.1", {"settings": "broken"}),
            (ENDPOINT, "{endpoint}/cognito", {"endpoint": "path"}),
        ],
    )
    def test_names_the_setting(
        self, mine: Mine, setting: str, value: str, expected: dict[str, str]
    ) -> None:
        now = {
            "google": mine.google,
            "endpoint": mine.environment[ENDPOINT],
            "id": mine.pool.id.partition("_")[2],
        }
        broken = {**mine_only(mine), setting: value.format(**now)}

        results = diagnose("", mine.environment, **broken)

        assert findings(results) == expected
        assert causes(results) <= set(expected)

    def test_leaves_no_trace(self, live: Live, mine: Mine) -> None:
        mails = live.stack.aws.mailbox()
        mails.new()

        before = mine.admin.list_users(UserPoolId=mine.pool.id)["Users"]

        assert run(mine.environment).returncode == 0

        assert mine.admin.list_users(UserPoolId=mine.pool.id)["Users"] == before
        assert mails.new() == []


def mine_only(mine: Mine) -> dict[str, str]:
    """Return where the pool is."""
    return {name: mine.environment[name] for name in (ENDPOINT, "COGNITO_DOMAIN")}
