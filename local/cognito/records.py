"""The records of the local Cognito: one dataclass for each kind.

Times are seconds since 1970 on the server's clock. `settings` of a pool or client are the members
of CreateUserPool and CreateUserPoolClient, under their names in AWS's model.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

UserStatus = Literal[
    "UNCONFIRMED", "CONFIRMED", "RESET_REQUIRED", "FORCE_CHANGE_PASSWORD", "EXTERNAL_PROVIDER"
]


class _ById:
    """A record whose id nothing else of its class has."""

    id: str

    @property
    def key(self) -> str:
        return self.id


class _ByName:
    """A record whose name is its own within a pool."""

    pool_id: str
    name: str

    @property
    def key(self) -> str:
        return f"{self.pool_id}/{self.name}"


class _OfPool:
    """A record that is listed by its pool."""

    pool_id: str

    @property
    def parent(self) -> str:
        return self.pool_id


class _OfUser:
    """A record that is listed by its user's key."""

    user_key: str

    @property
    def parent(self) -> str:
        return self.user_key


class _OfUsername:
    """A record that is listed by the key of the user of this name, who may be gone."""

    pool_id: str
    username: str

    @property
    def parent(self) -> str:
        return f"{self.pool_id}/{self.username}"


@dataclass
class Pool(_ById):
    """A user pool."""

    id: str
    settings: dict[str, Any]
    created: float
    modified: float
    secret: str  # hex; decides what an unknown user is told, so that it stays the same
    # The members of SetUserPoolMfaConfig: MfaConfiguration, SoftwareTokenMfaConfiguration, …
    mfa: dict[str, Any] = field(default_factory=lambda: {"MfaConfiguration": "OFF"})
    # The members of SetUserPoolSessionConfiguration.
    session_configuration: dict[str, Any] = field(default_factory=dict)
    # Two PEM keys with their `kid`: the first signs ID tokens, the second access tokens.
    keys: list[dict[str, str]] = field(default_factory=list)

    @property
    def parent(self) -> str:
        return ""

    @property
    def name_for_srp(self) -> str:
        """The part of the id that SRP hashes: what follows the region."""
        return self.id.partition("_")[2]


@dataclass
class Client(_ById, _OfPool):
    """An app client of a pool."""

    id: str
    pool_id: str
    secret: str | None
    settings: dict[str, Any]
    created: float
    modified: float
    session_configuration: dict[str, Any] = field(default_factory=dict)


@dataclass
class Domain(_OfPool):
    """A prefix or custom domain of a pool."""

    name: str
    pool_id: str
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.name


@dataclass
class IdentityProvider(_ByName, _OfPool):
    """A provider, Google for one, whose users may sign in to the pool."""

    name: str
    pool_id: str
    settings: dict[str, Any]
    created: float
    modified: float


@dataclass
class Group(_ByName, _OfPool):
    """A group of a pool; its members are named by the users."""

    name: str
    pool_id: str
    settings: dict[str, Any]
    created: float
    modified: float


@dataclass
class User(_OfPool):
    """A user of a pool."""

    pool_id: str
    username: str  # canonical: the sub itself in pools that sign in by email or phone number
    sub: str
    status: UserStatus
    created: float
    modified: float
    enabled: bool = True
    attributes: dict[str, str] = field(default_factory=dict)  # without sub
    # {"salt": hex, "verifier": hex, "set": time}: SRP's verifier proves a password sent plainly,
    # too. None: the user has none and signs in without.
    password: dict[str, Any] | None = None
    former_passwords: list[dict[str, Any]] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    # {"secret": base32, "name": text, "used_steps": [int]}; `pending_totp` until a code was right.
    totp: dict[str, Any] | None = None
    pending_totp: str | None = None
    mfa_enabled: list[str] = field(default_factory=list)  # SMS_MFA, EMAIL_OTP, SOFTWARE_TOKEN_MFA
    mfa_preferred: str | None = None
    passkey_mfa: bool = False  # WebAuthnMfaSettings
    mfa_options: list[dict[str, str]] = field(default_factory=list)  # SetUserSettings, superseded
    identities: list[dict[str, Any]] = field(default_factory=list)  # of a federated user
    # New values that wait for VerifyUserAttribute (AttributesRequireVerificationBeforeUpdate).
    pending_attributes: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.pool_id}/{self.username}"


@dataclass
class Attempts(_OfUsername):
    """Failed attempts of one kind by one user name, real or not."""

    pool_id: str
    username: str
    kind: str  # "password", "code", "mfa"
    failures: int
    last: float
    locked_until: float = 0.0

    @property
    def key(self) -> str:
        return f"{self.pool_id}/{self.username}/{self.kind}"


@dataclass
class Code(_OfUser):
    """A code that was sent and waits to be entered."""

    user_key: str
    purpose: str  # "sign-up", "reset", "verify:email", "verify:phone_number"
    code: str
    attribute: str
    expires: float

    @property
    def key(self) -> str:
        return f"{self.user_key}/{self.purpose}"


@dataclass
class Message(_OfPool):
    """A mail or text that Cognito would have sent."""

    number: int
    pool_id: str
    time: float
    medium: Literal["EMAIL", "SMS"]
    to: str
    subject: str  # empty for a text
    body: str

    @property
    def key(self) -> str:
        return f"{self.number:09}"


@dataclass
class Challenge(_ById, _OfPool):
    """A step of a sign-in that waits for its answer; `id` is what the caller gets as Session."""

    id: str
    pool_id: str
    client_id: str
    username: str  # the canonical one, or what was typed where nobody has that name
    name: str  # as PASSWORD_VERIFIER
    expires: float
    sub: str | None  # the user's, None where nobody has that name
    used: bool = False
    state: dict[str, Any] = field(default_factory=dict)


@dataclass
class TokenSession(_OfUsername):
    """One sign-in and all tokens that come of it, joined by `origin_jti`."""

    origin_jti: str
    pool_id: str
    client_id: str
    username: str
    sub: str  # a user of the same name who came later is another one
    event_id: str
    auth_time: int
    scope: str
    created: float
    expires: float  # of its refresh tokens, however often they rotate
    revoked: bool = False
    revoked_because: str = ""
    # Refresh tokens by number: the newest that rotation gave out, and the one before it, which
    # may be retried until the grace ends.
    newest: int = 0
    previous: int | None = None
    previous_until: float = 0.0
    device_key: str | None = None
    hosted: bool = False  # of the hosted UI: `version`, `at_hash`
    sso_id: str | None = None  # the `sso…` of the hosted UI's session that it came through
    session_id: str = ""  # `tkn…`, for ListUserSessions; empty while the pool tracks no sessions
    last_active: float = 0.0
    ip: str = ""
    user_agent: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.origin_jti


@dataclass
class SsoSession(_ById, _OfUsername):
    """A browser's sign-in to the hosted UI, which its cookie names."""

    id: str  # the cookie's value
    session_id: str  # `sso…`, for ListUserSessions
    pool_id: str
    client_id: str
    username: str
    sub: str
    created: float
    expires: float
    last_active: float
    ip: str = ""
    user_agent: str = ""


@dataclass
class Device(_OfUser):
    """A device that a user signed in with."""

    device_key: str
    group_key: str
    user_key: str
    created: float
    modified: float
    last_authenticated: float
    confirmed: bool = False
    remembered: bool = False
    name: str | None = None
    salt: str = ""  # hex
    verifier: str = ""  # hex
    last_ip: str = ""

    @property
    def key(self) -> str:
        return self.device_key


@dataclass
class Passkey(_ById, _OfUser):
    """A passkey that a user registered."""

    id: str  # base64url
    user_key: str
    public_key: str  # base64url of the COSE key
    sign_count: int
    relying_party_id: str
    created: float
    name: str
    attachment: str | None = None
    transports: list[str] = field(default_factory=list)


@dataclass
class PasskeyRegistration(_OfUser):
    """What StartWebAuthnRegistration asked for last and CompleteWebAuthnRegistration may answer."""

    user_key: str
    client_id: str
    challenge: str  # base64url
    expires: float

    @property
    def key(self) -> str:
        return self.user_key


@dataclass
class AuthEvent(_ById, _OfUser):
    """A sign-in that threat protection noted."""

    id: str
    user_key: str
    time: float
    kind: str
    ip: str
    feedback_token: str = ""
    feedback: str | None = None


@dataclass
class AuthorizationCode(_OfPool):
    """A code of the hosted UI that waits to be exchanged, once."""

    code: str
    pool_id: str
    client_id: str
    username: str
    sub: str
    redirect_uri: str
    scope: str
    expires: float
    nonce: str | None
    code_challenge: str | None
    sso_id: str

    @property
    def key(self) -> str:
        return self.code


@dataclass
class FederatedLogin(_OfPool):
    """A browser that is away at another provider; `state` is what it brings back."""

    state: str
    pool_id: str
    provider: str
    query: dict[str, str]  # of the authorize request that it came with
    expires: float

    @property
    def key(self) -> str:
        return self.state
