"""`python -m local.stand_in_google`: an OpenID provider in Google's place for the local Cognito.

Its page offers three people and a new one, without passwords, and a button to refuse. It listens
on 127.0.0.1, redirects browsers to loopback addresses only, and prints its issuer when it is ready.
"""

import argparse
import base64
import json
import secrets
import signal
import sys
import time
from dataclasses import dataclass
from html import escape
from typing import Any, NoReturn
from urllib.parse import urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask, Response, abort, redirect, request
from werkzeug.serving import WSGIRequestHandler, make_server

LOOPBACK = ("127.0.0.1", "localhost", "::1")
CODE_SECONDS = 60
TOKEN_SECONDS = 3600


def _person(number: int, given_name: str, family_name: str) -> dict[str, Any]:
    return {
        "sub": f"1000000000000000000{number:02}",  # 21 digits, as Google's are
        "email": f"{given_name}.{family_name}@gmail.example".lower(),
        "email_verified": True,
        "name": f"{given_name} {family_name}",
        "given_name": given_name,
        "family_name": family_name,
    }


PEOPLE = (
    _person(1, "Ada", "Lovelace"),
    _person(2, "Grace", "Hopper"),
    _person(3, "Alan", "Turing"),
)

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A stand-in for Google</title>
<style>
  :root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }}
  main {{ max-width: 24rem; margin: 3rem auto; padding: 0 1rem }}
  form {{ display: grid; gap: .75rem }}
  button {{ font: inherit; padding: .75rem; text-align: left; cursor: pointer }}
</style>
<main>
  <h1>A stand-in for Google</h1>
  <p>This is not Google.
    It runs on this machine so that a Google login can be tried without an account.</p>
  <form method="post">
    <p>Log in to <strong>{client_id}</strong> as</p>
    {buttons}
    <button name="sub" value="new">Somebody who has never been here</button>
    <button name="deny" value="yes">Refuse, as somebody does who presses Cancel</button>
  </form>
</main>
</html>
"""


@dataclass(frozen=True)
class Grant:
    """A code that was given out."""

    person: dict[str, Any]
    client_id: str
    redirect_uri: str
    nonce: str | None
    expires: float


def create_app(issuer: str) -> Flask:
    """Build the provider."""
    app = Flask(__name__, static_folder=None)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    codes: dict[str, Grant] = {}
    people_by_token: dict[str, dict[str, Any]] = {}

    @app.get("/.well-known/openid-configuration")
    def configuration() -> dict[str, Any]:
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "jwks_uri": f"{issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile"],
        }

    @app.get("/jwks")
    def jwks() -> dict[str, Any]:
        numbers = key.public_key().public_numbers()
        members = {
            name: _base64url(value.to_bytes((value.bit_length() + 7) // 8))
            for name, value in (("n", numbers.n), ("e", numbers.e))
        }
        return {"keys": [{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1", **members}]}

    @app.get("/authorize")
    def choose() -> str:
        _require_loopback(request.args.get("redirect_uri", ""))
        hint = request.args.get("login_hint")
        people = sorted(PEOPLE, key=lambda person: person["email"] != hint)
        buttons = "\n    ".join(
            f'<button name="sub" value="{person["sub"]}">{person["name"]}<br>'
            f"<small>{person['email']}</small></button>"
            for person in people
        )
        client_id = escape(request.args.get("client_id", "an app"))
        return PAGE.format(client_id=client_id, buttons=buttons)

    @app.post("/authorize")
    def chosen() -> Any:
        redirect_uri = request.args.get("redirect_uri", "")
        _require_loopback(redirect_uri)
        if "deny" in request.form:
            answer = {"error": "access_denied"}
        else:
            person = _find_person(request.form.get("sub", ""))
            if person is None:
                abort(400)
            code = secrets.token_urlsafe(16)
            codes[code] = Grant(
                person,
                request.args.get("client_id", ""),
                redirect_uri,
                request.args.get("nonce"),
                time.time() + CODE_SECONDS,
            )
            answer = {"code": code}
        if "state" in request.args:
            answer["state"] = request.args["state"]
        mark = "&" if "?" in redirect_uri else "?"
        return redirect(f"{redirect_uri}{mark}{urlencode(answer)}", 303)

    @app.post("/token")
    def token() -> Any:
        grant = codes.pop(request.form.get("code", ""), None)
        credentials = request.authorization
        client_id = credentials.username if credentials else request.form.get("client_id")
        if (
            grant is None
            or grant.expires < time.time()
            or (grant.client_id, grant.redirect_uri)
            != (client_id, request.form.get("redirect_uri"))
        ):
            return {"error": "invalid_grant"}, 400
        access_token = secrets.token_urlsafe(24)
        people_by_token[access_token] = grant.person
        now = int(time.time())
        claims = {
            "iss": issuer,
            "aud": grant.client_id,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            **({"nonce": grant.nonce} if grant.nonce else {}),
            **grant.person,
        }
        return {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "id_token": _signed(claims, key),
        }

    @app.get("/userinfo")
    def userinfo() -> Any:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return people_by_token.get(bearer) or Response(status=401)

    return app


def _find_person(sub: str) -> dict[str, Any] | None:
    """Return one of the people, or make one up: for a program that leaves no user behind."""
    if sub == "new":
        number = secrets.randbelow(10**12)
        address = {"email": f"new.user.{number}@gmail.example"}
        return {**_person(10, "New", "User"), "sub": f"1{number:020}", **address}
    return next((person for person in PEOPLE if person["sub"] == sub), None)


def _require_loopback(redirect_uri: str) -> None:
    parts = urlsplit(redirect_uri)
    if parts.scheme not in ("http", "https") or parts.hostname not in LOOPBACK:
        abort(400, "redirect_uri must be an address on this machine.")


def _signed(claims: dict[str, Any], key: rsa.RSAPrivateKey) -> str:
    header = {"alg": "RS256", "kid": "1"}
    signed = ".".join(_base64url(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{_base64url(key.sign(signed.encode(), padding.PKCS1v15(), SHA256()))}"


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class _RequestHandler(WSGIRequestHandler):
    timeout = 60

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing: the program that starts this one shows what matters."""


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m local.stand_in_google", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    http = make_server(
        "127.0.0.1", options.port, Flask(__name__), threaded=True, request_handler=_RequestHandler
    )
    issuer = f"http://127.0.0.1:{http.server_port}"
    http.app = create_app(issuer)  # now that the port, and with it the issuer, is known
    print(issuer, flush=True)
    http.serve_forever()


def _end(number: int, frame: object) -> NoReturn:
    sys.exit(0)


if __name__ == "__main__":
    main()
