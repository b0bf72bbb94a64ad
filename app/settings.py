"""The settings: read once from the environment, checked together, never changed afterwards."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}

# The variables that tell boto3 where Cognito's API is, in boto3's order. AWS's configuration files
# can also tell it; CognitoClient checks what they say.
ENDPOINT_VARIABLES = ("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "AWS_ENDPOINT_URL")
# The attributes that users may change, unless WRITABLE_ATTRIBUTES names others.
DEFAULT_ATTRIBUTES = (
    *("name", "given_name", "family_name", "phone_number", "address"),
    "custom:role",
)
# The only entries of CORS_ORIGINS and RETURN_URLS that leave the port open.
ANY_PORT = ("http://localhost:*", "http://127.0.0.1:*")
RETURN_URLS_RULE = (
    "must be URLs such as https://app.example.com/welcome, or origins and /* such as"
    " https://app.example.com/*, comma-separated, in ASCII, without a query; plain http on"
    " loopback hosts only"
)
ENDPOINT_RULE = (
    "must be an https:// URL, or http:// on a loopback host; elsewhere only with"
    " ALLOW_HTTP_ENDPOINT=true"
)
# Anyone with a cookie that a short FLASK_SECRET_KEY has signed can find the key by trying.
STRONG_KEY_CHARACTERS = 32
WEAK_KEY = (
    f"FLASK_SECRET_KEY has fewer than {STRONG_KEY_CHARACTERS} characters: good enough to try the"
    " API, but not to serve others."
)
MIN_FALLBACK_CHARACTERS = 8  # a shorter one is probably half of a key that contains a comma


class SettingsError(Exception):
    """One or more settings are missing or malformed. The message names them, never their values."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings from the environment, and the URLs derived from them."""

    secret_key: str = field(repr=False)  # signs cookies of hosted logins, hashes users for the log
    region: str  # of the user pool, such as us-east-1
    user_pool_id: str  # such as us-east-1_AbCdEfGhI
    client_id: str  # of the app client
    client_secret: str = field(repr=False)  # of the app client
    domain: str  # URL of the pool's hosted UI, without a path and without a last slash
    redirect_uri: str | None = None  # URL of the hosted login's callback; None: from the request
    cors_origins: tuple[str, ...] = ()  # pages of these origins may call the API
    return_urls: tuple[str, ...] = ()  # hosted logins and logouts may end here, see ReturnUrls
    refresh_cookie: bool = False  # refresh tokens in a cookie instead of in bodies
    writable_attributes: tuple[str, ...] = DEFAULT_ATTRIBUTES  # users may change these
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)  # still accepted
    enable_docs: bool = True  # serve /apidocs and the page at /
    log_level: str = "INFO"  # a level of Python's logging, in capitals
    metrics_namespace: str | None = None  # CloudWatch namespace; None: no metrics
    host: str = "127.0.0.1"  # the address that `python main.py` binds
    port: int = 5000  # the TCP port that `python main.py` binds
    trusted_proxies: int = 0  # how many proxies in front append to X-Forwarded-For
    allow_http_endpoint: bool = False  # let boto3 use plain http beyond loopback

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings; raise one SettingsError that names all missing and malformed ones."""
        values: dict[str, object] = {}
        missing: list[str] = []
        malformed: list[str] = []
        for variable, (name, read) in REQUIRED.items():
            if text := environ.get(variable, "").strip():
                _read(variable, text, name, read, values, malformed)
            else:
                missing.append(variable)
        for variable, (name, read) in OPTIONAL.items():
            if text := environ.get(variable, "").strip():
                _read(variable, text, name, read, values, malformed)
        region, pool = values.get("region"), str(values.get("user_pool_id"))
        if region and "user_pool_id" in values and not pool.startswith(f"{region}_"):
            malformed.append("USER_POOL_ID (must start with the value of COGNITO_REGION and _)")
        if "AWS_LAMBDA_FUNCTION_NAME" in environ and is_weak(str(values.get("secret_key", ""))):
            needed = f"must have at least {STRONG_KEY_CHARACTERS} characters on AWS Lambda"
            malformed.append(f"FLASK_SECRET_KEY ({needed})")
        if not values.get("allow_http_endpoint") and (endpoint := unprotected_endpoint(environ)):
            malformed.append(f"{endpoint} ({ENDPOINT_RULE})")
        if "AWS_LAMBDA_FUNCTION_NAME" in environ:
            values.pop("trusted_proxies", None)  # Lambda's event has the client's address
        if missing or malformed:
            raise SettingsError(_complaint(missing, malformed))
        return cls(**values)  # type: ignore[arg-type]  # the two tables below give the types

    @property
    def issuers(self) -> frozenset[str]:
        """The two issuers that the pool's tokens can have.

        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_IssuerConfigurationType.html
        """
        return frozenset(
            f"https://{host}.{self.region}.amazonaws.com/{self.user_pool_id}"
            for host in ("cognito-idp", "issuer-cognito-idp")
        )

    @property
    def authorize_url(self) -> str:
        """The URL where a browser starts a hosted login."""
        return f"{self.domain}/oauth2/authorize"

    @property
    def token_url(self) -> str:
        """The URL where an authorization code is exchanged for tokens."""
        return f"{self.domain}/oauth2/token"

    @property
    def logout_url(self) -> str:
        """The URL where a browser ends its hosted session."""
        return f"{self.domain}/logout"

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The key that signs new cookies, then the older keys that are still accepted."""
        return (self.secret_key, *self.secret_key_fallbacks)


def is_weak(secret_key: str) -> bool:
    """Tell whether a secret key is set but short enough to be guessed."""
    return 0 < len(secret_key) < STRONG_KEY_CHARACTERS


def is_confidential(url: str) -> bool:
    """Tell whether requests to this URL are safe from readers on the way: https, or loopback."""
    try:
        parts = urlsplit(url)
        is_local = parts.hostname in LOOPBACK_HOSTS
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_local)
    )


def unprotected_endpoint(environ: Mapping[str, str]) -> str | None:
    """Name the variable that makes boto3 use an endpoint that is not confidential, if one does."""
    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").strip().lower() == "true":
        return None
    given = (name for name in ENDPOINT_VARIABLES if environ.get(name, "").strip())
    variable = next(given, None)
    return variable if variable and not is_confidential(environ[variable].strip()) else None


def load_dotenv_file() -> None:
    """Set the variables of .env in the current directory that the environment does not set.

    Raises SettingsError for a file that cannot be read.
    """
    from dotenv import load_dotenv  # here, because Lambda does not have it

    try:
        load_dotenv(".env", interpolate=False)  # a secret may contain a $
    except (OSError, ValueError) as error:  # ValueError: a file that is not UTF-8
        raise SettingsError(f"The file .env cannot be read: {type(error).__name__}.") from error


Reader = Callable[[str], object]


def _read(
    variable: str,
    text: str,
    name: str,
    read: Reader,
    values: dict[str, object],
    malformed: list[str],
) -> None:
    try:
        values[name] = read(text)
    except ValueError as error:
        malformed.append(f"{variable} ({error})")


def _complaint(missing: list[str], malformed: list[str]) -> str:
    parts = []
    if missing:
        parts.append(f"missing: {', '.join(missing)}")
    if malformed:
        parts.append(f"malformed: {', '.join(malformed)}")
    return f"Settings {'; '.join(parts)}."


def _matching(pattern: str, wanted: str) -> Reader:
    def read(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise ValueError(wanted)
        return text

    return read


def _url(text: str, *, path: bool) -> str:
    """Check an absolute http(s) URL; plain http is allowed on loopback hosts only."""
    wanted = "must be an absolute https:// URL" + ("" if path else " without a path")
    try:
        parts = urlsplit(text)
        valid = parts.port != 0 and bool(parts.hostname)
    except ValueError as error:  # an invalid port or IPv6 address; its message quotes them
        raise ValueError(wanted) from error
    if not valid or "@" in parts.netloc or parts.query or parts.fragment or re.search(r"\s", text):
        raise ValueError(wanted)
    if parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in LOOPBACK_HOSTS):
        raise ValueError(f"{wanted}, or http:// on a loopback host")
    if not path and parts.path not in ("", "/"):
        raise ValueError(wanted)
    return text if path else text.rstrip("/")


def _domain(text: str) -> str:
    return _url(text, path=False)


def _redirect_uri(text: str) -> str:
    return _url(text, path=True)


def _origins(text: str) -> tuple[str, ...]:
    origins = _list(text)
    for origin in origins:
        if origin not in ANY_PORT and not re.fullmatch(r"https?://[^\s/?#@*]+", origin):
            raise ValueError("must be origins such as https://app.example.com, comma-separated")
    return origins


def _return_urls(text: str) -> tuple[str, ...]:
    urls = _list(text)
    if not all(url in ANY_PORT or _is_return_url(url) for url in urls):
        raise ValueError(RETURN_URLS_RULE)
    return urls


def _is_return_url(url: str) -> bool:
    """Tell whether this is one URL, or an origin and `/*`."""
    is_below = url.endswith("/*")
    url = url.removesuffix("/*")
    try:
        _url(url, path=not is_below)
    except ValueError:
        return False
    return url.isascii() and not set(url) & set("*?#\\")


def _attributes(text: str) -> tuple[str, ...]:
    names = _list(text)
    if not all(re.fullmatch(r"[\w:.-]{1,32}", name, re.ASCII) for name in names):
        raise ValueError("must be names of attributes such as name or custom:role")
    # Cognito alone writes sub and the verified flags; PUT /profile/email changes an email address.
    if any(name in ("sub", "email") or name.endswith("_verified") for name in names):
        raise ValueError("must not name sub, email or a verified flag")
    return names


def _keys(text: str) -> tuple[str, ...]:
    keys = _list(text)
    if any(len(key) < MIN_FALLBACK_CHARACTERS for key in keys):
        raise ValueError(
            f"must be keys of at least {MIN_FALLBACK_CHARACTERS} characters, comma-separated"
        )
    return keys


def _list(text: str) -> tuple[str, ...]:
    return tuple(part for part in (part.strip() for part in text.split(",")) if part)


def _switch(text: str) -> bool:
    if text.lower() in ("true", "1", "yes", "on"):
        return True
    if text.lower() in ("false", "0", "no", "off"):
        return False
    raise ValueError("must be true or false")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ValueError("must be a port number")
    return int(text)


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,2}", text):
        raise ValueError("must be a count such as 1")
    return int(text)


def _log_level(text: str) -> str:
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        raise ValueError("must be DEBUG, INFO, WARNING, ERROR or CRITICAL")
    return text.upper()


# variable: (the field it fills, a function that reads its text or raises ValueError)
REQUIRED: dict[str, tuple[str, Reader]] = {
    "FLASK_SECRET_KEY": ("secret_key", str),
    "COGNITO_REGION": (
        "region",
        _matching(r"[a-z]{2}(-[a-z]+)+-\d{1,2}", "must be a region such as us-east-1"),
    ),
    "USER_POOL_ID": (
        "user_pool_id",
        _matching(r"[a-z0-9-]+_[0-9A-Za-z]+", "must look like us-east-1_AbCdEfGhI"),
    ),
    "CLIENT_ID": ("client_id", _matching(r"[\w+]{1,128}", "must be an app client id")),
    "CLIENT_SECRET": ("client_secret", _matching(r"[!-~]+", "must be an app client secret")),
    "COGNITO_DOMAIN": ("domain", _domain),
}
OPTIONAL: dict[str, tuple[str, Reader]] = {
    "COGNITO_REDIRECT_URI": ("redirect_uri", _redirect_uri),
    "CORS_ORIGINS": ("cors_origins", _origins),
    "RETURN_URLS": ("return_urls", _return_urls),
    "REFRESH_COOKIE": ("refresh_cookie", _switch),
    "WRITABLE_ATTRIBUTES": ("writable_attributes", _attributes),
    "FLASK_SECRET_KEY_FALLBACKS": ("secret_key_fallbacks", _keys),
    "ENABLE_DOCS": ("enable_docs", _switch),
    "LOG_LEVEL": ("log_level", _log_level),
    "METRICS_NAMESPACE": (
        "metrics_namespace",
        _matching(
            r"(?!AWS/)[\w.#:/-]{1,255}", "must be a namespace in CloudWatch such as auth-api"
        ),
    ),
    "HOST": ("host", str),
    "PORT": ("port", _port),
    "TRUSTED_PROXIES": ("trusted_proxies", _count),
    "ALLOW_HTTP_ENDPOINT": ("allow_http_endpoint", _switch),
}
