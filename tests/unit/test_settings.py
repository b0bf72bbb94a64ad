"""The settings, read from the environment."""

import re
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from app import create_app
from app.settings import OPTIONAL, REQUIRED, RETURN_URLS_RULE, Settings, SettingsError
from tests.support.app import ENDPOINT, EXAMPLE

ALL_MISSING = (
    "Settings missing: FLASK_SECRET_KEY, COGNITO_REGION, USER_POOL_ID, CLIENT_ID, CLIENT_SECRET, "
    "COGNITO_DOMAIN."
)


def complaint(**changes: str) -> str:
    """Return what is said about the example's settings after these changes."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({**EXAMPLE, **changes})
    return str(caught.value)


class TestFromEnv:
    def test_reads_the_example(self) -> None:
        assert Settings.from_env(EXAMPLE) == Settings(
            secret_key="dev",
            region="us-east-1",
            user_pool_id="us-east-1_XXXX",
            client_id="xxxxxxxx",
            client_secret="yyyyyyyy",
            domain="https://your-domain.auth.us-east-1.amazoncognito.com",
            redirect_uri=None,
            cors_origins=(),
            refresh_cookie=False,
            secret_key_fallbacks=(),
            enable_docs=True,
            log_level="INFO",
            metrics_namespace=None,
            host="127.0.0.1",
            port=5000,
            trusted_proxies=0,
            allow_http_endpoint=False,
        )

    def test_reads_what_is_optional(self) -> None:
        settings = Settings.from_env(
            {name: f" {value} " for name, value in EXAMPLE.items()}
            | {
                "COGNITO_REDIRECT_URI": "https://api.example.com/Prod/auth/google/callback",
                "CORS_ORIGINS": "https://a.example.com, http://localhost:3000,",
                "RETURN_URLS": "https://a.example.com/*, https://b.example.com:8/x, http://localhost:*",
                "REFRESH_COOKIE": "true",
                "WRITABLE_ATTRIBUTES": "nickname, custom:team",
                "FLASK_SECRET_KEY_FALLBACKS": "the old key, the older key",
                "ENABLE_DOCS": "False",
                "LOG_LEVEL": "debug",
                "METRICS_NAMESPACE": "auth-api",
                "HOST": "0.0.0.0",  # noqa: S104
                "PORT": "8080",
                "TRUSTED_PROXIES": "2",
                "ALLOW_HTTP_ENDPOINT": "true",
            }
        )

        assert settings == Settings(
            secret_key="dev",
            region="us-east-1",
            user_pool_id="us-east-1_XXXX",
            client_id="xxxxxxxx",
            client_secret="yyyyyyyy",
            domain="https://your-domain.auth.us-east-1.amazoncognito.com",
            redirect_uri="https://api.example.com/Prod/auth/google/callback",
            cors_origins=("https://a.example.com", "http://localhost:3000"),
            return_urls=(
                "https://a.example.com/*",
                "https://b.example.com:8/x",
                "http://localhost:*",
            ),
            refresh_cookie=True,
            writable_attributes=("nickname", "custom:team"),
            secret_key_fallbacks=("the old key", "the older key"),
            enable_docs=False,
            log_level="DEBUG",
            metrics_namespace="auth-api",
            host="0.0.0.0",  # noqa: S104
            port=8080,
            trusted_proxies=2,
            allow_http_endpoint=True,
        )
        assert settings.secret_keys == ("dev", "the old key", "the older key")

    def test_derives_the_rest(self) -> None:
        domain = EXAMPLE["COGNITO_DOMAIN"]
        settings = Settings.from_env({**EXAMPLE, "COGNITO_DOMAIN": f"{domain}/"})

        assert settings.authorize_url == f"{domain}/oauth2/authorize"
        assert settings.token_url == f"{domain}/oauth2/token"
        assert settings.issuers == {
            "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_XXXX",
            "https://issuer-cognito-idp.us-east-1.amazonaws.com/us-east-1_XXXX",
        }

    def test_cannot_be_changed(self) -> None:
        with pytest.raises(FrozenInstanceError):
            Settings.from_env(EXAMPLE).region = "eu-west-1"  # type: ignore[misc]

    def test_shows_no_secret(self) -> None:
        secrets = {
            "FLASK_SECRET_KEY": "canary-1",
            "CLIENT_SECRET": "canary-2",
            "FLASK_SECRET_KEY_FALLBACKS": "canary-3,canary-4",
        }

        assert "canary" not in repr(Settings.from_env({**EXAMPLE, **secrets}))

    @pytest.mark.parametrize("blank", ["", "  ", "\n\t"], ids=repr)
    @pytest.mark.parametrize("name", REQUIRED)
    def test_blank_is_missing(self, name: str, blank: str) -> None:
        assert complaint(**{name: blank}) == f"Settings missing: {name}."

    @pytest.mark.parametrize("name", OPTIONAL)
    def test_blank_is_the_default(self, name: str) -> None:
        assert Settings.from_env({**EXAMPLE, name: " "}) == Settings.from_env(EXAMPLE)

    def test_all_that_is_missing_is_named_at_once(self) -> None:
        with pytest.raises(SettingsError, match=f"^{re.escape(ALL_MISSING)}$"):
            Settings.from_env({})

    def test_all_that_is_wrong_is_named_at_once(self) -> None:
        message = complaint(CLIENT_ID="", COGNITO_REGION="Virginia", PORT="http", CORS_ORIGINS="*")

        assert message == (
            "Settings missing: CLIENT_ID; malformed: "
            "COGNITO_REGION (must be a region such as us-east-1), "
            "CORS_ORIGINS (must be origins such as https://app.example.com, comma-separated), "
            "PORT (must be a port number)."
        )

    def test_a_short_secret_key_is_malformed_on_aws_lambda(self) -> None:
        on_lambda = {"AWS_LAMBDA_FUNCTION_NAME": "api"}

        assert complaint(**on_lambda, FLASK_SECRET_KEY="k" * 31, PORT="http") == (
            "Settings malformed: PORT (must be a port number), "
            "FLASK_SECRET_KEY (must have at least 32 characters on AWS Lambda)."
        )
        assert complaint(**on_lambda, FLASK_SECRET_KEY="") == "Settings missing: FLASK_SECRET_KEY."
        Settings.from_env({**EXAMPLE, **on_lambda, "FLASK_SECRET_KEY": "k" * 32})


URL = "must be an absolute https:// URL"
LOOPBACK = "or http:// on a loopback host"
MALFORMED = [
    ("COGNITO_REGION", "must be a region such as us-east-1", ["CANARY", "us-east", "us east-1"]),
    ("COGNITO_REGION", "must be a region such as us-east-1", ["us-east-1.evil.example.com", "-1"]),
    ("USER_POOL_ID", "must look like us-east-1_AbCdEfGhI", ["CANARY", "us-east-1", "us-east-1_"]),
    ("USER_POOL_ID", "must look like us-east-1_AbCdEfGhI", ["us-east-1_a/../b", "us-east-1_ä"]),
    ("USER_POOL_ID", "must start with the value of COGNITO_REGION and _", ["eu-west-1_XXXX"]),
    ("CLIENT_ID", "must be an app client id", ["CANARY CANARY", "a-b", "ä", "a" * 129]),
    ("CLIENT_SECRET", "must be an app client secret", ["CANARY CANARY", "ä", "a\nb"]),
    ("COGNITO_DOMAIN", f"{URL} without a path", ["https:///CANARY", "https://"]),
    ("COGNITO_DOMAIN", f"{URL} without a path", ["https://a.example.com/CANARY"]),
    ("COGNITO_DOMAIN", f"{URL} without a path", ["https://a.example.com?CANARY"]),
    ("COGNITO_DOMAIN", f"{URL} without a path", ["https://user:CANARY@a.example.com"]),
    ("COGNITO_DOMAIN", f"{URL} without a path", ["https://a.example.com:CANARY", "https://[a"]),
    ("COGNITO_DOMAIN", f"{URL} without a path", ["https://a.example.com:0", "https://a b"]),
    ("COGNITO_DOMAIN", f"{URL} without a path, {LOOPBACK}", ["http://a.example.com", "//a"]),
    ("COGNITO_DOMAIN", f"{URL} without a path, {LOOPBACK}", ["javascript://localhost"]),
    ("COGNITO_REDIRECT_URI", URL, ["/CANARY", "https://", "https://a.example.com/#CANARY"]),
    ("COGNITO_REDIRECT_URI", URL, ["https://a.example.com/auth?CANARY"]),
    ("COGNITO_REDIRECT_URI", f"{URL}, {LOOPBACK}", ["http://a.example.com/auth"]),
    (
        "CORS_ORIGINS",
        "must be origins such as https://app.example.com, comma-separated",
        ["*", "null", "CANARY", "https://*.example.com", "https://a.example.com/", "https://a@b"],
    ),
    (
        "CORS_ORIGINS",
        "must be origins such as https://app.example.com, comma-separated",
        ["https://a.example.com:*", "https://localhost:*", "http://localhost:*/", "http://[::1]:*"],
    ),
    (
        "WRITABLE_ATTRIBUTES",
        "must be names of attributes such as name or custom:role",
        ["CANARY name", "custom:\u00e9", "x" * 33, "name;CANARY"],
    ),
    (
        "WRITABLE_ATTRIBUTES",
        "must not name sub, email or a verified flag",
        ["name, email", "sub", "email_verified", "phone_number_verified"],
    ),
    (
        "RETURN_URLS",
        RETURN_URLS_RULE,
        [
            *("*", "CANARY", "/welcome", "http://a.example.com/", "https://*.example.com/*"),
            *("https://a.example.com/x/*", "https://a.example.com*", "https://a.example.com:*"),
            *("https://a.example.com/?x", "https://a.example.com/#x", "https://a@b.example.com/"),
            *("https://b\u00fccher.example/", "https://a.example.com\\b", "javascript:alert(1)"),
        ],
    ),
    (
        "FLASK_SECRET_KEY_FALLBACKS",
        "must be keys of at least 8 characters, comma-separated",
        ["CANARY", "long enough,CANARY", "x9,old,a long key"],
    ),
    ("ENABLE_DOCS", "must be true or false", ["CANARY", "2", "none"]),
    ("LOG_LEVEL", "must be DEBUG, INFO, WARNING, ERROR or CRITICAL", ["CANARY", "10"]),
    ("ALLOW_HTTP_ENDPOINT", "must be true or false", ["CANARY"]),
    (
        "METRICS_NAMESPACE",
        "must be a namespace in CloudWatch such as auth-api",
        ["CANARY api", "AWS/Lambda", "n" * 256],
    ),
    ("TRUSTED_PROXIES", "must be a count such as 1", ["CANARY", "-1", "1.5", "100", "٨"]),
    ("PORT", "must be a port number", ["CANARY", "0", "-1", "65536", "80.0", "٨٠"]),
]


@pytest.mark.parametrize(
    ("name", "problem", "value"),
    [(name, problem, value) for name, problem, values in MALFORMED for value in values],
    ids=lambda value: value[:40],
)
def test_a_malformed_setting_is_named_and_not_quoted(name: str, problem: str, value: str) -> None:
    assert complaint(**{name: value}) == f"Settings malformed: {name} ({problem})."


OPEN = (
    "must be an https:// URL, or http:// on a loopback host; elsewhere only with "
    "ALLOW_HTTP_ENDPOINT=true"
)


class TestEndpoint:
    """boto3's own settings decide where passwords, secrets and signing keys go and come from."""

    @pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", ENDPOINT])
    @pytest.mark.parametrize(
        "url",
        [
            *("http://192.0.2.1", "HTTP://cognito:4566", "http://user:CANARY@a.example.com"),
            *("http://localhost.example.com", "http://127.0.0.1.example.com", "http://"),
            *("CANARY", "ftp://localhost", "http://localhost@a.example.com", "http://[CANARY"),
        ],
    )
    def test_that_others_can_read_is_malformed(self, name: str, url: str) -> None:
        assert complaint(**{name: f" {url} "}) == f"Settings malformed: {name} ({OPEN})."
        assert complaint(**{name: url, "ALLOW_HTTP_ENDPOINT": "false"}).endswith(f"({OPEN}).")
        Settings.from_env({**EXAMPLE, name: url, "ALLOW_HTTP_ENDPOINT": "true"})

    @pytest.mark.parametrize(
        "url", ["http://localhost:4566", "http://127.0.0.1:1/", "http://[::1]:1", "https://a.test"]
    )
    def test_that_nobody_else_can_read_is_accepted(self, url: str) -> None:
        Settings.from_env({**EXAMPLE, ENDPOINT: url, "AWS_ENDPOINT_URL": "http://not.used.test"})

    def test_that_boto3_ignores_is_ignored(self) -> None:
        ignored = {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", ENDPOINT: "http://192.0.2.1"}

        Settings.from_env({**EXAMPLE, **ignored})

    def test_from_a_configuration_file_is_checked_too(self, tmp_path: Path) -> None:
        (tmp_path / "config").write_text("[default]\nendpoint_url = http://192.0.2.1\n")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
            with pytest.raises(SettingsError) as caught:
                create_app(Settings.from_env(EXAMPLE))
            create_app(Settings.from_env({**EXAMPLE, "ALLOW_HTTP_ENDPOINT": "true"}))

        assert str(caught.value) == f"Settings malformed: AWS_ENDPOINT_URL ({OPEN})."


@pytest.mark.parametrize(("characters", "warnings"), [(31, 1), (32, 0)])
def test_a_short_secret_key_brings_one_warning(
    caplog: pytest.LogCaptureFixture, characters: int, warnings: int
) -> None:
    create_app(Settings.from_env({**EXAMPLE, "FLASK_SECRET_KEY": "k" * characters}))

    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == warnings
    assert all(line.startswith("FLASK_SECRET_KEY has fewer than 32 characters") for line in lines)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COGNITO_REGION", "us-gov-west-1"),
        ("COGNITO_REGION", "ap-southeast-10"),
        ("COGNITO_DOMAIN", "http://localhost:4566"),
        ("COGNITO_DOMAIN", "http://127.0.0.1:4566/"),
        ("COGNITO_DOMAIN", "http://[::1]:4566"),
        ("COGNITO_DOMAIN", "https://auth.example.com:8443"),
        ("COGNITO_REDIRECT_URI", "http://127.0.0.1:5000/auth/google/callback"),
        ("CLIENT_ID", "a+b_c"),
        ("CLIENT_SECRET", "a/b+c=~!"),
        ("ENABLE_DOCS", "on"),
    ],
)
def test_an_unusual_setting_is_accepted(name: str, value: str) -> None:
    pool = {"USER_POOL_ID": f"{value}_XXXX"} if name == "COGNITO_REGION" else {}

    Settings.from_env({**EXAMPLE, **pool, name: value})
