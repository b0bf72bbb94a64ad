"""POST /mfa/totp and /mfa/totp/verify: an authenticator, set up while logged in or logging in."""

import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import segno
from flask.testing import FlaskClient

from tests.support.keys import make_token
from tests.support.upstream import Upstream

pytestmark = pytest.mark.usefixtures("well_formed")

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SESSION = "session-of-an-mfa-setup-challenge"
NEXT_SESSION = "session-for-what-comes-after-it"
BOTH = pytest.mark.parametrize(
    ("path", "operation", "body"),
    [
        ("/mfa/totp", "AssociateSoftwareToken", {}),
        ("/mfa/totp/verify", "VerifySoftwareToken", {"code": "123456"}),
    ],
    ids=["set up", "verify"],
)


def modules(svg: str) -> list[list[int]]:
    """Read the dark modules of a QR code off the strokes that draw it."""
    (path,) = re.findall(r'<path [^>]*class="qrline"[^>]* d="([^"]*)"', svg)
    size, x, y = int(re.findall(r'width="(\d+)"', svg)[0]) // 4, 0, 0.0
    drawn = [[0] * size for _ in range(size)]
    for command, numbers in re.findall(r"([Mmh])([\d. -]+)", path):
        if command == "h":
            drawn[int(y)][x : x + int(numbers)] = [1] * int(numbers)
            x += int(numbers)
        else:
            dx, dy = (float(number) for number in numbers.replace("-", " -").split())
            x, y = (int(dx), dy) if command == "M" else (x + int(dx), y + dy)
    return [row[4:-4] for row in drawn[4:-4]]  # without the quiet zone


class TestSetUp:
    def test_by_a_user_who_is_logged_in(
        self, user: FlaskClient, upstream: Upstream, token: str
    ) -> None:
        upstream.answers("AssociateSoftwareToken", {"SecretCode": SECRET})

        response = user.post("/mfa/totp", json={"account": "jane@example.com"})

        assert response.status_code == 200
        answer: dict[str, Any] = dict(response.json or {})
        assert answer == {
            "secret": SECRET,
            "otpauth_uri": (
                f"otpauth://totp/Cognito:jane%40example.com?secret={SECRET}&issuer=Cognito"
            ),
            "qr_svg": answer["qr_svg"],
        }
        assert upstream.calls("AssociateSoftwareToken")[0].json == {"AccessToken": token}

    def test_while_logging_in(self, api: FlaskClient, upstream: Upstream) -> None:
        reply = {"SecretCode": SECRET, "Session": NEXT_SESSION}
        upstream.answers("AssociateSoftwareToken", reply)

        response = api.post("/mfa/totp", json={"session": SESSION})

        assert response.status_code == 200
        answer: dict[str, Any] = dict(response.json or {})
        assert answer == {
            "secret": SECRET,
            "otpauth_uri": f"otpauth://totp/Cognito:user?secret={SECRET}&issuer=Cognito",
            "qr_svg": answer["qr_svg"],
            "session": NEXT_SESSION,
        }
        assert upstream.calls("AssociateSoftwareToken")[0].json == {"Session": SESSION}

    @pytest.mark.parametrize("account", ["jane+1@example.com", "Ünï ?&#%:/", "x" * 128])
    def test_the_uri_and_its_picture_say_the_same(
        self, user: FlaskClient, upstream: Upstream, account: str
    ) -> None:
        upstream.answers("AssociateSoftwareToken", {"SecretCode": SECRET})

        answer = user.post("/mfa/totp", json={"account": account}).json or {}

        uri = urlsplit(answer["otpauth_uri"])
        assert (uri.scheme, uri.netloc, uri.fragment) == ("otpauth", "totp", "")
        assert unquote(uri.path) == f"/Cognito:{account}"
        assert parse_qs(uri.query) == {"secret": [SECRET], "issuer": ["Cognito"]}
        expected = segno.make(answer["otpauth_uri"], error="m").matrix
        assert modules(answer["qr_svg"]) == [list(row) for row in expected]

    def test_the_picture_asks_nobody(self, user: FlaskClient) -> None:
        """The secret is in it: no script, no link, no reference to any other place."""
        svg = (user.post("/mfa/totp").json or {})["qr_svg"]

        assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" '), "a file of its own"
        assert set(re.findall(r"<(\w+)", svg)) == {"svg", "g", "path"}
        assert svg.count("://") == 1
        assert not re.search(r"href|src|url|style|on\w+=", svg)
        assert 'fill="#fff"' in svg, "a page with a dark background must not swallow it"

    def test_without_a_body(self, user: FlaskClient, upstream: Upstream, token: str) -> None:
        response = user.post("/mfa/totp")

        assert response.status_code == 200
        assert upstream.calls("AssociateSoftwareToken")[0].json == {"AccessToken": token}


class TestVerify:
    def test_by_a_user_who_is_logged_in(
        self, user: FlaskClient, upstream: Upstream, token: str
    ) -> None:
        upstream.answers("VerifySoftwareToken", {"Status": "SUCCESS"})

        body = {"code": "012345", "device_name": "Phone"}
        response = user.post("/mfa/totp/verify", json=body)

        assert response.status_code == 200
        assert response.json == {"message": "Authenticator verified."}
        assert upstream.calls("VerifySoftwareToken")[0].json == {
            "AccessToken": token,
            "UserCode": "012345",
            "FriendlyDeviceName": "Phone",
        }

    def test_while_logging_in(self, api: FlaskClient, upstream: Upstream) -> None:
        reply = {"Status": "SUCCESS", "Session": NEXT_SESSION}
        upstream.answers("VerifySoftwareToken", reply)

        response = api.post("/mfa/totp/verify", json={"code": "012345", "session": SESSION})

        assert response.status_code == 200
        assert response.json == {"message": "Authenticator verified.", "session": NEXT_SESSION}
        assert upstream.calls("VerifySoftwareToken")[0].json == {
            "Session": SESSION,
            "UserCode": "012345",
        }

    @pytest.mark.parametrize("error", ["CodeMismatchException", "EnableSoftwareTokenMFAException"])
    def test_with_a_wrong_code(self, user: FlaskClient, upstream: Upstream, error: str) -> None:
        upstream.refuses("VerifySoftwareToken", error, "Code mismatch")

        response = user.post("/mfa/totp/verify", json={"code": "012345"})

        assert response.status_code == 400
        assert response.json == {"error": error, "message": "Code mismatch"}

    @pytest.mark.parametrize("reply", [{"Status": "ERROR"}, {}], ids=str)
    def test_that_does_not_succeed(
        self, user: FlaskClient, upstream: Upstream, reply: dict[str, str]
    ) -> None:
        upstream.answers("VerifySoftwareToken", reply)

        response = user.post("/mfa/totp/verify", json={"code": "012345"})

        assert response.status_code == 502
        assert response.json == {
            "error": "UpstreamError",
            "message": "Cognito could not verify the authenticator.",
        }

    @pytest.mark.parametrize("code", ["12345", "1234567", "12345a", "١٢٣٤٥٦", " 12345"])
    def test_with_what_no_authenticator_shows(
        self, user: FlaskClient, upstream: Upstream, code: str
    ) -> None:
        response = user.post("/mfa/totp/verify", json={"code": code})

        assert response.status_code == 400
        assert response.json == {
            "error": "InvalidRequest",
            "message": "The body has 1 problem.",
            "fields": {"code": "must be six digits"},
        }
        assert upstream.count("cognito") == 0


@BOTH
class TestGrant:
    """An access token, or else a session: the one that is sent must be valid."""

    def test_neither(
        self, api: FlaskClient, upstream: Upstream, path: str, operation: str, body: dict[str, str]
    ) -> None:
        response = api.post(path, json=body)

        assert response.status_code == 400
        assert response.json == {
            "error": "InvalidRequest",
            "message": "Send an access token, or the session of an MFA_SETUP challenge.",
            "fields": {"session": "is required without an access token"},
        }
        assert upstream.requests == []

    @pytest.mark.parametrize(
        "header", ["Bearer x.y.z", "Basic amFuZTpwYXNz", "Bearer ", "", None], ids=repr
    )
    def test_a_bad_token_is_not_made_good_by_a_session(
        self,
        api: FlaskClient,
        upstream: Upstream,
        path: str,
        operation: str,
        body: dict[str, str],
        header: str | None,
    ) -> None:
        expired = f"Bearer {make_token(claims={'exp': 1})}"
        headers = {"Authorization": expired if header is None else header}
        response = api.post(path, json={**body, "session": SESSION}, headers=headers)

        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer realm=")
        assert response.json is not None
        assert response.json["error"] == "InvalidToken"
        assert upstream.count("cognito") == 0

    def test_a_token_without_the_scope(
        self, api: FlaskClient, upstream: Upstream, path: str, operation: str, body: dict[str, str]
    ) -> None:
        headers = {"Authorization": f"Bearer {make_token(claims={'scope': 'openid'})}"}
        response = api.post(path, json={**body, "session": SESSION}, headers=headers)

        assert response.status_code == 403
        assert upstream.count("cognito") == 0

    def test_a_good_token_goes_before_a_session(
        self,
        user: FlaskClient,
        upstream: Upstream,
        token: str,
        path: str,
        operation: str,
        body: dict[str, str],
    ) -> None:
        """Cognito takes one or the other, but not both."""
        response = user.post(path, json={**body, "session": SESSION})

        assert response.status_code == 200
        request = upstream.calls(operation)[0].json
        assert (request["AccessToken"], "Session" in request) == (token, False)

    def test_a_dead_session_says_start_again(
        self, api: FlaskClient, upstream: Upstream, path: str, operation: str, body: dict[str, str]
    ) -> None:
        message = "Invalid session for the user, session is expired."
        upstream.refuses(operation, "NotAuthorizedException", message)

        response = api.post(path, json={**body, "session": SESSION})

        assert response.status_code == 401
        assert response.json == {"error": "NotAuthorizedException", "message": message}
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="cognito-auth-api"'
