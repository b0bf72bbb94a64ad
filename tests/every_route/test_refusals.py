"""What becomes of Cognito's errors: the table of statuses, and what a caller may read of them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.cognito_model import model
from tests.support.faults import StubAnswer, cognito_error
from tests.support.keys import CLIENT_ID, CLIENT_SECRET, SUB
from tests.support.routes import ROUTES, Route, calls, every_route
from tests.support.upstream import TOKENS, Request, Upstream

COLUMNS = ["signup", "confirm", "login", "refresh", "read_profile", "update_profile"]
COLUMNS += ["forgot_password", "reset_password"]
# A dot is an error that the operation does not have: a 400, like every error nobody knows.
TABLE = """
signup confirm login refresh read update forgot reset
  400    400    401    401    401   401    400   400   NotAuthorizedException
   .     400    401    401    401   401    404   400   UserNotFoundException
   .      .     403    401    401   401    400   400   UserNotConfirmedException
   .      .     403    401    401   401    400   400   PasswordResetRequiredException
   .      .      .     401     .     .      .     .    RefreshTokenReuseException
  409     .      .      .      .     .      .     .    UsernameExistsException
   .     409     .      .      .    409     .     .    AliasExistsException
   .     400     .      .      .    400     .    400   CodeMismatchException
   .     400     .      .      .    400     .    400   ExpiredCodeException
  400     .      .      .      .     .      .    400   InvalidPasswordException
  400     .      .      .      .     .      .    400   PasswordHistoryPolicyViolationException
  400    400    400    400    400   400    400   400   InvalidParameterException
  400    400    400    400    400   400    400   400   UserLambdaValidationException
  400    400    400    400    400   400    400   400   NameThatNobodyKnowsException
"""
ROWS = {
    error: dict(zip(COLUMNS, [int(cell.replace(".", "400")) for cell in cells], strict=True))
    for *cells, error in (line.split() for line in TABLE.strip().splitlines()[1:])
}
EVERYWHERE = {
    "TooManyRequestsException": 429,
    "LimitExceededException": 429,
    "TooManyFailedAttemptsException": 429,
    "ForbiddenException": 403,
    "UnexpectedLambdaException": 502,
    "InvalidLambdaResponseException": 502,
    "InternalErrorException": 502,
    "CodeDeliveryFailureException": 502,
    "ResourceNotFoundException": 500,
    "InvalidSmsRoleAccessPolicyException": 500,
    "InvalidSmsRoleTrustRelationshipException": 500,
    "InvalidEmailRoleAccessPolicyException": 500,
    "InvalidUserPoolConfigurationException": 500,
    "FeatureUnavailableInTierException": 400,
    "UnsupportedOperationException": 400,
    "OperationNotEnabledException": 400,
    "UserPoolAddOnNotEnabledException": 400,
    "WebAuthnNotEnabledException": 400,
    "WebAuthnConfigurationMissingException": 400,
}
THROTTLED = {
    "TooManyRequestsException": "2",
    "ThrottlingException": "2",
    "LimitExceededException": "300",
    "TooManyFailedAttemptsException": "300",
}
# Errors of operations that have no column above, which may be a 400 like any other.
LEFT_TO_THE_DEFAULT = {
    "ConcurrentModificationException",
    "DeviceKeyExistsException",
    "EnableSoftwareTokenMFAException",
    "MFAMethodNotFoundException",
    "RefreshTokenReuseException",
    "SoftwareTokenMFANotFoundException",
    "UnauthorizedException",
    "UnsupportedTokenTypeException",
    "WebAuthnChallengeNotFoundException",
    "WebAuthnClientMismatchException",
    "WebAuthnCredentialNotSupportedException",
    "WebAuthnOriginNotAllowedException",
    "WebAuthnRelyingPartyMismatchException",
}

MISCONFIGURED = {
    "error": "ServerMisconfigured",
    "message": "The server's Cognito settings are wrong; its log says which.",
}


def cognito_calls(route: Route) -> list[str]:
    return [call for call in calls()[route.name] if call in model().operation_names]


def call_of(name: str) -> str:
    """Return the one operation of Cognito's that an operation of ours calls."""
    (call,) = cognito_calls(ROUTES[name])
    return call


# The API itself chooses the values of these members, so they are no input.
OURS = ("Name", "AuthFlow", "AttributeName", "UserAttributeNames", "ChallengeName")


def secrets(sent: Any) -> list[str]:
    """List the strings of a request to Cognito that it had from the caller or from the settings."""
    if isinstance(sent, dict):
        return [text for name in sent if name not in OURS for text in secrets(sent[name])]
    if isinstance(sent, list):
        return [text for item in sent for text in secrets(item)]
    return [sent] if isinstance(sent, str) and len(sent) > 7 else []


Refused = Callable[[str, str, str], TestResponse]


@pytest.fixture
def refused(app: Flask, upstream: Upstream) -> Refused:
    """Give a function that makes the good request of an operation, which Cognito refuses."""

    def ask(name: str, error: str, message: str) -> TestResponse:
        upstream.refuses(call_of(name), error, message)
        return ROUTES[name].ask(app, upstream)

    return ask


class TestStatus:
    @pytest.mark.parametrize("name", COLUMNS)
    @pytest.mark.parametrize("error", [*ROWS, *EVERYWHERE])
    def test_is_the_tables(self, refused: Refused, name: str, error: str) -> None:
        response = refused(name, error, "Refused.")

        assert response.status_code == (EVERYWHERE.get(error) or ROWS[error][name])

    @every_route
    def test_of_every_error_that_botocore_knows(
        self, route: Route, app: Flask, upstream: Upstream
    ) -> None:
        """No error is overlooked: a name that botocore adds has to be put into a table above."""
        for call in cognito_calls(route):
            for shape in model().operation_model(call).error_shapes:
                error, row = shape.name, ROWS.get(shape.name, {})
                assert error in {*EVERYWHERE, *ROWS, *LEFT_TO_THE_DEFAULT}
                allowed = {row[route.name]} if route.name in row else {400, 409, *row.values()}
                upstream.refuses(call, error)
                status, name = route.error(route.ask(app, upstream))
                assert status in ({EVERYWHERE[error]} if error in EVERYWHERE else allowed), error
                assert name != "InternalError"

    @every_route
    def test_of_a_failure_is_502_whatever_it_is_called(
        self, route: Route, app: Flask, upstream: Upstream
    ) -> None:
        for call in cognito_calls(route):
            for error in ("InternalErrorException", "NotAuthorizedException", ""):
                upstream.refuses(call, error, status=500)
                assert route.error(route.ask(app, upstream)) == (502, "UpstreamError")

    @pytest.mark.parametrize(("error", "seconds"), THROTTLED.items())
    def test_of_throttling_says_when(self, refused: Refused, error: str, seconds: str) -> None:
        response = refused("confirm", error, "Attempt limit exceeded.")

        assert response.headers["Retry-After"] == seconds
        assert response.json == {"error": error, "message": "Attempt limit exceeded."}

    @pytest.mark.parametrize("name", ["read_profile", "update_profile"])
    def test_of_a_revoked_token_is_a_challenge(self, refused: Refused, name: str) -> None:
        error, message = "NotAuthorizedException", "Access Token has been revoked"
        response = refused(name, error, message)

        assert response.status_code == 401
        assert response.json == {"error": error, "message": message}
        challenge = 'Bearer realm="cognito-auth-api", error="invalid_token"'
        assert response.headers["WWW-Authenticate"] == challenge

    @pytest.mark.parametrize("name", ["read_profile", "update_profile"])
    def test_of_a_token_without_the_scope(self, refused: Refused, name: str) -> None:
        message = "Access Token does not have required scopes"
        response = refused(name, "NotAuthorizedException", message)

        assert response.status_code == 403
        assert response.json is not None
        assert response.json["error"] == "InsufficientScope"
        assert 'error="insufficient_scope"' in response.headers["WWW-Authenticate"]

    def test_of_an_attribute_that_the_client_may_not_write(self, refused: Refused) -> None:
        message = "A client attempted to write unauthorized attribute"
        response = refused("update_profile", "NotAuthorizedException", message)

        assert response.status_code == 400
        assert response.json == {"error": "NotAuthorizedException", "message": message}


class TestMisconfiguration:
    """The operator reads in the log what to check; the caller reads that the server is at fault."""

    @pytest.mark.parametrize(
        "message",
        [
            f"Unable to verify secret hash for client {CLIENT_ID}",
            f"Client {CLIENT_ID} is configured with secret but SECRET_HASH was not received",
            "Invalid client secret.",
        ],
    )
    @pytest.mark.parametrize("name", [name for name in COLUMNS if "profile" not in name])
    def test_by_a_wrong_client_secret(
        self, refused: Refused, name: str, message: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        response = refused(name, "NotAuthorizedException", message)

        assert (response.status_code, response.json) == (500, MISCONFIGURED)
        assert "check CLIENT_SECRET" in caplog.text
        assert CLIENT_SECRET not in caplog.text

    @pytest.mark.parametrize(
        ("error", "check"),
        [
            ("ResourceNotFoundException", "check USER_POOL_ID, CLIENT_ID and COGNITO_REGION"),
            ("InvalidSmsRoleAccessPolicyException", "check its IAM role"),
            ("InvalidSmsRoleTrustRelationshipException", "check its IAM role"),
            ("InvalidEmailRoleAccessPolicyException", "check its IAM role"),
            ("InvalidUserPoolConfigurationException", "check the user pool's configuration"),
        ],
    )
    def test_is_logged_with_what_to_check(
        self, refused: Refused, error: str, check: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        response = refused("login", error, "Details for the operator.")

        assert (response.status_code, response.json) == (500, MISCONFIGURED)
        (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
        assert f"InitiateAuth: {error}: Details for the operator. (" in record.getMessage()
        assert check in record.getMessage()
        assert record.exc_info is None, "a stack says nothing about a setting"

    def test_seen_by_the_token_endpoint(
        self, app: Flask, upstream: Upstream, caplog: pytest.LogCaptureFixture
    ) -> None:
        upstream.token_answers({"error": "invalid_client"}, status=400)

        response = ROUTES["google_callback"].ask(app, upstream)

        assert (response.status_code, response.json) == (500, MISCONFIGURED)
        assert "check CLIENT_ID and CLIENT_SECRET" in caplog.text


class TestSwitchedOff:
    """What the pool does not offer is the caller's 400; the log says what to switch on."""

    @pytest.mark.parametrize(
        ("name", "error", "remedy"),
        [
            ("start", "FeatureUnavailableInTierException", "feature plan"),
            ("event_feedback", "UserPoolAddOnNotEnabledException", "threat protection"),
            ("start_passkey", "WebAuthnNotEnabledException", "passkeys"),
            ("start_passkey", "WebAuthnConfigurationMissingException", "relying party id"),
            ("logout", "UnsupportedOperationException", "EnableTokenRevocation"),
            ("list_sessions", "OperationNotEnabledException", "Region"),
        ],
    )
    def test_is_a_400_and_one_line_of_the_log(
        self,
        refused: Refused,
        caplog: pytest.LogCaptureFixture,
        name: str,
        error: str,
        remedy: str,
    ) -> None:
        caplog.set_level("INFO")
        response = refused(name, error, "Not here.")

        assert response.status_code == 400
        assert response.json == {"error": error, "message": "Not here."}
        assert "WWW-Authenticate" not in response.headers
        (attempt,) = [record for record in caplog.records if hasattr(record, "attempt")]
        caplog.records.remove(attempt)
        assert attempt.levelname == "INFO"
        (record,) = caplog.records
        assert (record.levelname, record.exc_info) == ("WARNING", None)
        assert record.getMessage().startswith(f"{call_of(name)}: {error}: Not here. (")
        assert remedy in record.getMessage()


class TestIndistinguishable:
    """Nobody learns from an answer who has an account."""

    SENTENCES = (
        "Incorrect username or password.",
        "User does not exist.",
        "User is disabled.",
        "User cannot be confirmed. Current status is CONFIRMED",
        "User cannot be confirmed. Current status is FORCE_CHANGE_PASSWORD",
        "User password cannot be reset in the current state.",
        "Password attempts exceeded",
        "Invalid code provided, please request a code again.",
        "Username/client id combination not found.",
        "",
    )
    CODE = [
        "CodeMismatchException",
        "ExpiredCodeException",
        "NotAuthorizedException",
        "UserNotFoundException",
    ]
    WRONG_CODE = ("CodeMismatchException", "The code is wrong or has expired; ask for a new one.")
    WRONG_PASSWORD = ("NotAuthorizedException", "Incorrect username or password.")
    DEAD_TOKEN = ("NotAuthorizedException", "The refresh token is invalid, expired or revoked.")

    @pytest.mark.parametrize(
        ("name", "errors", "status", "answer"),
        [
            ("login", ["NotAuthorizedException", "UserNotFoundException"], 401, WRONG_PASSWORD),
            ("refresh", ["NotAuthorizedException", "UserNotFoundException"], 401, DEAD_TOKEN),
            ("confirm", CODE, 400, WRONG_CODE),
            ("reset_password", [*CODE, "UserNotConfirmedException"], 400, WRONG_CODE),
        ],
    )
    def test_to_the_last_byte(
        self, refused: Refused, name: str, errors: list[str], status: int, answer: tuple[str, str]
    ) -> None:
        seen = set()
        for error in errors:
            for sentence in self.SENTENCES:
                response = refused(name, error, sentence)
                assert response.json == dict(zip(("error", "message"), answer, strict=True))
                assert response.status_code == status
                # The time and a random value tell nothing.
                headers = {k: v for k, v in response.headers if k not in ("Date", "X-Request-Id")}
                seen.add((response.data, *headers.items()))

        assert len(seen) == 1


OWN_WORDS = """
signup UsernameExistsException An account with the given email already exists.
signup InvalidPasswordException Password did not conform with policy: Password not long enough
signup UserLambdaValidationException PreSignUp failed with error Not invited.
login UserNotConfirmedException User is not confirmed.
login InvalidParameterException USER_PASSWORD_AUTH flow not enabled for this client
forgot_password UserNotFoundException Username/client id combination not found.
update_profile InvalidParameterException user.name: Attribute cannot be updated.
"""


class TestMessage:
    @pytest.mark.parametrize("line", OWN_WORDS.strip().splitlines())
    def test_is_cognitos_own(self, refused: Refused, line: str) -> None:
        name, error, message = line.split(maxsplit=2)

        assert refused(name, error, message).json == {"error": error, "message": message}

    @pytest.mark.parametrize("rewrite", [str, str.upper], ids=["as it was", "in capitals"])
    @pytest.mark.parametrize("error", ["InvalidParameterException", "UnexpectedLambdaException"])
    @every_route
    def test_never_quotes_what_was_sent(
        self,
        route: Route,
        app: Flask,
        upstream: Upstream,
        error: str,
        rewrite: Callable[[str], str],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Neither an answer nor the log shows a password, code, token, secret or email."""
        for call in cognito_calls(route):
            route.ask(app, upstream)
            for index, _ in enumerate(secrets(upstream.calls(call)[-1].json)):

                def quote(request: Request, index: int = index) -> StubAnswer:
                    quoted = rewrite(secrets(request.json)[index])
                    return cognito_error(error, f"Value '{quoted}' at 'x' is invalid.")

                upstream.answers(call, quote)
                response = route.ask(app, upstream)
                quoted = rewrite(secrets(upstream.calls(call)[-1].json)[index])
                assert route.error(response)[0] == (502 if error in EVERYWHERE else 400)
                assert quoted not in response.text + caplog.text

    @pytest.mark.parametrize(
        "message",
        [
            "User: arn:aws:sts::123456789012:assumed-role/x is not authorized",
            "<html><body>Request blocked</body></html>",
            "too long " * 200,
            "at line 1\n  at line 2",
            "\x1b[31mred",
            "\u202eright to left",
            "half a \ud800 pair",
            "",
            None,
            7,
            ["Refused."],
            {"text": "Refused."},
        ],
        ids=repr,
    )
    def test_that_is_no_plain_sentence_is_replaced(
        self, app: Flask, upstream: Upstream, message: object
    ) -> None:
        error = "InvalidParameterException"
        upstream.answers("SignUp", StubAnswer(400, {"__type": error, "message": message}))

        response = ROUTES["signup"].ask(app, upstream)

        assert response.status_code == 400
        assert response.json == {"error": error, "message": "Cognito refused the request."}

    @pytest.mark.parametrize("error", ["", "not a name", "lower", "A" * 200, "Ünicode", "<b>", "7"])
    def test_of_an_error_without_a_proper_name(self, refused: Refused, error: str) -> None:
        response = refused("signup", error, "Refused.")

        assert response.status_code == 400
        assert response.json == {"error": "InvalidRequest", "message": "Refused."}


USER = {"UserSub": SUB, "UserConfirmed": False}
RESULT = TOKENS | {"ExpiresIn": 3600, "TokenType": "Bearer"}
DELIVERY = {"Destination": "j***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
CHALLENGE = {"ChallengeName": "SMS_MFA", "Session": "s" * 20, "ChallengeParameters": {}}
ATTRIBUTE = {"Name": "email", "Value": "jane@example.com"}
WHOLE: list[tuple[str, dict[str, Any]]] = [
    ("signup", USER),
    ("signup", USER | {"CodeDeliveryDetails": DELIVERY}),
    ("login", {"AuthenticationResult": RESULT}),
    ("login", CHALLENGE),
    ("refresh", {"AuthenticationResult": {k: v for k, v in RESULT.items() if k != "RefreshToken"}}),
    ("read_profile", {"Username": SUB, "UserAttributes": [ATTRIBUTE]}),
    ("forgot_password", {"CodeDeliveryDetails": DELIVERY}),
]
NOT_NEEDED = {"Session", "Username", "CodeDeliveryDetails", "ChallengeParameters"}


def damaged(value: Any) -> list[Any]:
    """List variants of an answer, each with one member missing or of a wrong type."""
    if isinstance(value, list):
        return ["text", *([item] for item in damaged(value[0]))]
    if not isinstance(value, dict):
        return [7 if isinstance(value, str) else "text", True if value is not False else 0]
    variants: list[Any] = ["text", [value]]
    for name, member in value.items():
        rest = {k: v for k, v in value.items() if k != name}
        variants += [rest] if name not in NOT_NEEDED else []
        variants += [rest | {name: item} for item in damaged(member) if name != "Username"]
    return variants


class TestSuccess:
    @pytest.mark.parametrize(("name", "answer"), WHOLE)
    def test_without_what_it_must_have_is_502(
        self, app: Flask, upstream: Upstream, name: str, answer: dict[str, Any]
    ) -> None:
        route = ROUTES[name]
        upstream.answers(call_of(name), answer)
        assert route.ask(app, upstream).status_code in (200, 202)
        for variant in damaged(answer):
            upstream.answers(call_of(name), StubAnswer(200, variant))
            assert route.error(route.ask(app, upstream)) == (502, "UpstreamError"), variant

    @pytest.mark.parametrize("status", [201, 202, 204, 206, 300, 304])
    @every_route
    def test_by_another_status_is_502(
        self, route: Route, app: Flask, upstream: Upstream, status: int
    ) -> None:
        for call in cognito_calls(route):
            upstream.answers(call, StubAnswer(status, b"" if status in (204, 304) else b"{}"))
            assert route.error(route.ask(app, upstream)) == (502, "UpstreamError")
