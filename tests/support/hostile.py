"""Hostile tokens by name, each a function that makes it, under the message of its refusal.

All are properly signed with the pool's key unless their name says otherwise, so that each is
refused for the one reason it is listed for. `GOOD` are the neighbours that must pass.
"""

import base64
import json
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.keys import (
    CLIENT_ID,
    ISSUER,
    POOL,
    REGION,
    SUB,
    b64url,
    ec_key,
    make_id_token,
    make_token,
    next_key,
    pool_key,
    sign,
)

URLSAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
Made = Callable[[], str]


def parts(**changes: Any) -> tuple[bytes, bytes]:
    """Give the header and payload of a token as bytes."""
    header, payload, _ = make_token(**changes).split(".")
    return tuple(base64.urlsafe_b64decode(part + "==") for part in (header, payload))  # type: ignore[return-value]


def signed(text: str) -> str:
    """Sign two segments exactly as they are written."""
    signature = pool_key().private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}.{b64url(signature)}"


def rewritten(change: Callable[[str], str]) -> str:
    """Change how the first two segments are written, and sign the result."""
    return signed(change(make_token(claims={"x": "????"}).rpartition(".")[0]))


def header(raw: bytes | str, **changes: Any) -> str:
    """Sign a token with another text for a header; `%s` stands for the members of a good one."""
    raw = raw.encode() if isinstance(raw, str) else raw
    head, payload = parts(**changes)
    return sign(raw.replace(b"%s", head[1:-1]), payload, pool_key())


def payload(raw: bytes | str, **changes: Any) -> str:
    """Sign a token with another text for a payload; `%s` stands for the members of a good one."""
    raw = raw.encode() if isinstance(raw, str) else raw
    head, good = parts(**changes)
    return sign(head, raw.replace(b"%s", good[1:-1]), pool_key())


def resigned(change: Callable[[str], str]) -> str:
    """Change the signature of a good token."""
    data, _, signature = make_token().rpartition(".")
    return f"{data}.{change(signature)}"


def nested(depth: int) -> dict[str, Any]:
    """Give claims that make a payload this deep."""
    return {"x": json.loads("[" * (depth - 1) + "]" * (depth - 1))}


def of_length(length: int) -> str:
    """Give a token of exactly this many characters."""
    missing = length - len(make_token())
    for pad in range(-20, 0):  # base64 cannot have every length, but has one of any three
        for short in ("", "p", "pp"):
            size = missing * 3 // 4 + pad
            token = make_token(header={"x": short}, claims={"x": "p" * size})
            if len(token) == length:
                return token
    raise AssertionError(f"no token of {length} characters")


def hmac_keyed(secret: Callable[[], bytes]) -> Made:
    """Sign with HS256 under what everybody knows of the pool's key."""
    return lambda: make_token(key=secret(), alg="HS256")


def public(encoding: str, form: str) -> bytes:
    formats = getattr(Encoding, encoding), getattr(PublicFormat, form)
    key: bytes = pool_key().private.public_key().public_bytes(*formats)
    return key


def headed(**members: Any) -> Made:
    return lambda: make_token(header=members)


def claiming(**claims: Any) -> Made:
    return lambda: make_token(claims=claims)


def without(*names: str) -> Made:
    return lambda: make_token(drop=names)


def each(name: str, values: list[Any], make: Callable[..., Made]) -> dict[str, Made]:
    return {f"{name} {value!r}"[:40]: make(**{name: value}) for value in values}


NOT_VALID = "The token is not valid."
ODD = [None, True, [], {}, "", "1", ["x"]]
ODD_TIMES = [
    *ODD,
    float("nan"),
    float("inf"),
    -float("inf"),
    10**400,
    "9_999_999_999",
    "٩٩٩٩٩٩٩٩٩٩",
]

STRUCTURE: dict[str, Made] = {
    "one segment": lambda: make_token().split(".")[1],
    "two segments": lambda: make_token().rpartition(".")[0],
    "four segments": lambda: make_token() + ".e30",
    "five segments": lambda: make_token() + ".e30.e30",
    "a last dot": lambda: make_token() + ".",
    "dots alone": lambda: "..",
    "no header": lambda: signed("." + make_token().split(".")[1]),
    "no payload": lambda: signed(make_token().split(".")[0] + "."),
    "no signature": lambda: resigned(lambda _: ""),
    "8193 characters": lambda: of_length(8193),
    "60 kB": lambda: of_length(60_000),
    "padding": lambda: resigned(lambda text: text + "=="),
    "signed padding": lambda: rewritten(lambda text: text.replace(".", "=.") + "="),
    "standard alphabet": lambda: rewritten(lambda t: t.replace("_", "/").replace("-", "+")),
    "spare bits": lambda: resigned(lambda t: t[:-1] + URLSAFE[URLSAFE.index(t[-1]) + 1]),
    "a space inside": lambda: rewritten(lambda text: text.replace(".", " .")),
    "a character of no alphabet": lambda: rewritten(lambda text: text + "!"),
    "one letter too many": lambda: rewritten(lambda t: t + "A" * ((1 - len(t.split(".")[1])) % 4)),
    "letters beyond ASCII": lambda: make_token() + "é",
    "comma-joined": lambda: f"{make_token()},Bearer {make_token()}",
    "comma-joined and a space": lambda: f"{make_token()}, {make_token()}",
    "comma-joined with nothing": lambda: make_token() + ",",
}
NOT_JSON: dict[str, bytes | str] = {
    "an array": "[{%s}]",
    "a string": '"x"',
    "a number": "7",
    "null": "null",
    "no text": " ",
    "invalid UTF-8": b'{%s,"x":"\xff"}',
    "a surrogate in UTF-8": b'{%s,"x":"\xed\xa0\x80"}',
    "an escaped lone surrogate": '{%s,"x":"\\ud800"}',
    "UTF-16": "{}".encode("utf-16"),
    "a byte order mark": "\ufeff{%s}",
    "a member named twice": '{%s,"x":1,"x":1}',
    "a nested member named twice": '{%s,"x":{"y":1,"y":1}}',
    "a member named twice, once escaped": '{%s,"x":1,"\\u0078":1}',
    "NaN": '{%s,"x":NaN}',
    "Infinity": '{%s,"x":-Infinity}',
    "a float too large": '{%s,"x":1e999}',
    "an integer too large": '{%s,"x":1' + "0" * 309 + "}",
    "an integer of 5000 digits": '{%s,"x":' + "1" * 5000 + "}",
    "a trailing comma": "{%s,}",
    "text after it": "{%s}x",
    "a second object": "{%s}{}",
    "a comment": "{%s/**/}",
    "a control character": '{%s,"x":"\n"}',
    "33 levels": '{%s,"x":' + "[" * 32 + "]" * 32 + "}",
    "991 levels, unclosed": '{"x":' + "[" * 991,
    "2000 levels": '{"x":' + "[" * 2000 + "]" * 2000 + "}",
}
HEADER: dict[str, Made] = {
    **{alg: lambda alg=alg: make_token(alg=alg) for alg in ("RS384", "RS512", "PS256", "PS512")},
    "ES256": lambda: make_token(key=ec_key()),
    "ES256 as RS256": lambda: make_token(key=ec_key(), header={"alg": "RS256"}),
    **{alg: lambda alg=alg: make_token(alg=alg) for alg in ("none", "None", "NONE", "nOnE")},
    **{
        f"{alg}, signed": lambda alg=alg: header("{%s}", header={"alg": alg})
        for alg in ("none", "None", "HS256", "rs256", "RS256 ", "RS", "")
    },
    "HS256 under the PEM": hmac_keyed(lambda: public("PEM", "SubjectPublicKeyInfo")),
    "HS256 under the PKCS1 PEM": hmac_keyed(lambda: public("PEM", "PKCS1")),
    "HS256 under the DER": hmac_keyed(lambda: public("DER", "SubjectPublicKeyInfo")),
    "HS256 under the JWK": hmac_keyed(lambda: json.dumps(pool_key().jwk).encode()),
    "HS256 under the modulus": hmac_keyed(lambda: pool_key().jwk["n"].encode()),
    "HS256 under nothing": hmac_keyed(lambda: b""),
    "alg twice": lambda: header('{%s,"alg":"RS256"}'),
    "no alg": without("alg"),
    **each(
        "alg",
        [None, 256, ["RS256"], {"RS256": 1}],
        lambda alg: lambda: header("{%s}", header={"alg": alg}),
    ),
    "no kid": without("kid"),
    **each("kid", [*ODD, 7, "unknown", "../../dev/null", "' OR 1=1", "a\nb", "k" * 5000], headed),
    "the kid of another key": lambda: make_token(header={"kid": next_key().kid}),
    "the kid of an EC key": lambda: make_token(header={"kid": ec_key().kid}),
    "the kid in another case": lambda: make_token(header={"kid": pool_key().kid.lower()}),
    **each("crit", [None, [], ["exp"], ["b64"], "exp"], headed),
    **each("typ", [*ODD, "JWE", "logout+jwt", "id+jwt", "jwt", "at+JWT ", "JOSE"], headed),
    **each("cty", [None, "", "JWT", "json"], headed),
}
SIGNATURE: dict[str, Made] = {
    "a flipped bit": lambda: resigned(lambda text: ("A" if text[0] != "A" else "B") + text[1:]),
    "a byte short": lambda: resigned(lambda text: text[:-4]),
    "a byte long": lambda: resigned(lambda text: "AA" + text),
    "zeros": lambda: resigned(lambda text: b64url(bytes(256))),
    "ones": lambda: resigned(lambda text: b64url(b"\xff" * 256)),
    "of one byte": lambda: resigned(lambda text: "AA"),
    "of another token": lambda: resigned(lambda _: make_token().rpartition(".")[2]),
    "by another key": lambda: make_token(key=next_key(), header={"kid": pool_key().kid}),
    "by the key in jwk": lambda: make_token(
        key=next_key(), header={"kid": pool_key().kid, "jwk": next_key().jwk}
    ),
}
CLAIMS: dict[str, dict[str, Made]] = {
    NOT_VALID: {
        "no exp": without("exp"),
        **each("exp", ODD_TIMES, claiming),
        "no iat": without("iat"),
        **each("iat", ODD_TIMES, claiming),
        "no sub": without("sub"),
        **each("sub", [None, True, 7, "", [SUB], {SUB: 1}], claiming),
        "no scope": without("scope"),
        **each("scope", [None, True, 7, ["openid"], {}], claiming),
    },
    "The token has expired.": each("exp", [0, -1, 1, -1e300, 1.5], claiming),
    "The token is not valid yet.": each("nbf", [2**40, 1e300, None, True, "1", [], {}], claiming),
    "The token was issued by another user pool.": {
        "no iss": without("iss"),
        **each(
            "iss",
            [
                *ODD,
                [ISSUER],
                ISSUER + "/",
                ISSUER + "x",
                ISSUER[:-1],
                ISSUER.upper(),
                ISSUER.replace("https", "http"),
                ISSUER.replace(POOL, "us-east-1_Other"),
                ISSUER.replace(".amazonaws.com", ".amazonaws.com.evil.example"),
                ISSUER.replace(REGION, "eu-west-1", 1),
                ISSUER.replace("//", "//user@"),
                ISSUER + "#",
                " " + ISSUER,
            ],
            claiming,
        ),
    },
    "The token is not an access token.": {
        "an ID token": make_id_token,
        "an ID token with a client_id": lambda: make_id_token(
            claims={"client_id": CLIENT_ID, "scope": "openid"}
        ),
        "no token_use": without("token_use"),
        **each("token_use", [*ODD, "id", "ACCESS", "access ", ["access"]], claiming),
    },
    "The token was issued to another app client.": {
        "no client_id": without("client_id"),
        "our aud alone": lambda: make_token(claims={"aud": CLIENT_ID}, drop=("client_id",)),
        **each(
            "client_id",
            [*ODD, "other", [CLIENT_ID], CLIENT_ID.upper(), CLIENT_ID + " ", CLIENT_ID[:-1]],
            claiming,
        ),
    },
}
MALFORMED = {
    **STRUCTURE,
    **{f"header: {name}": lambda raw=raw: header(raw) for name, raw in NOT_JSON.items()},
    **{f"payload: {name}": lambda raw=raw: payload(raw) for name, raw in NOT_JSON.items()},
    **HEADER,
    **{f"signature: {name}": make for name, make in SIGNATURE.items()},
}
# message of the refusal -> name -> token
HOSTILE = {NOT_VALID: MALFORMED | CLAIMS.pop(NOT_VALID), **CLAIMS}

GOOD: dict[str, Made] = {
    "as Cognito makes it": make_token,
    "no typ": without("typ"),
    "typ JWT": headed(typ="JWT"),
    "typ at+jwt": headed(typ="at+jwt"),
    "keys in the header": headed(jwk={"kty": "oct", "k": "AA"}, x5c=["AA"], x5t="AA"),
    "unknown header members": headed(zip="DEF", b64=False, x=[{}]),
    "the other issuer": claiming(iss=ISSUER.replace("cognito-idp", "issuer-cognito-idp")),
    "fractions of seconds": claiming(exp=4e9 + 0.5, iat=1.5, nbf=1.5),
    "a far exp": claiming(exp=2**53),
    "an iat to come": claiming(iat=2**40),
    "no scope to speak of": claiming(scope=""),
    "an audience": claiming(aud="https://api.example.com"),
    "claims of any kind": claiming(x=None, y=[1.5, {"z": "\U0001f511"}]),
    "8192 characters": lambda: of_length(8192),
    "32 levels": lambda: make_token(claims=nested(32)),
    "spaces in the JSON": lambda: payload(b" {%s\r\n}\t"),
    "signed by another listed key": lambda: make_token(key=next_key()),
}
