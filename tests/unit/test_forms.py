"""What a report of `make fidelity` may show of a text."""

import pytest

from walk.fidelity import facts, forms


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Incorrect username or password.", "Incorrect username or password."),
        ("aws.cognito.signin.user.admin openid", "aws.cognito.signin.user.admin openid"),
        ("Password not long enough", "Password not long enough"),
        ("mail ada@example.com now", "mail <email> now"),
        ("a***@e***", "<masked address>"),
        ("+********0100", "<masked number>"),
        ("call +12065550100", "call <number>"),
        ("from 192.0.2.1 and 2001:db8::1", "from <IP address> and <IP address>"),
        ("2026-01-31T12:00:00+00:00", "<time>"),
        ("us-east-1_AbCdEfGhI is none", "<pool> is none"),
        ("us-east-1_0d6a5d6e-1b5c-4f0e-9d53-5f0d7b8c9e10", "<device key>"),
        ("0d6a5d6e-1b5c-4f0e-9d53-5f0d7b8c9e10", "<UUID>"),
        ("https://cognito-idp.eu-west-3.amazonaws.com/eu-west-3_Ab", "<issuer>/<pool>"),
        (
            "https://issuer-cognito-idp.eu-west-3.amazonaws.com/eu-west-3_Ab",
            "<updated issuer>/<pool>",
        ),
        ("http://localhost:5000/x", "<host>/x"),
        ("see auth.acme.health", "see <host>"),
        ("arn:aws:lambda:eu-west-3:123456789012:function:f failed", "<ARN> failed"),
        ("code 123456", "code <digits>"),
        ("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln", "<JWT>"),
        ("eyJhbGciOiJSUzI1NiJ9.a.b.c.d", "<JWE>"),
        ("tkn0123456789abcdefghijklmno", "<session id>"),
        ("1h57kf5cpq17m0eml12example", "<opaque>"),
    ],
)
def test_a_text(text: str, form: str) -> None:
    assert forms.of_text(text, []) == form


def test_what_is_known_goes_first() -> None:
    assert forms.of_text("my secret word", [("secret word", "<PASSWORD>")]) == "my <PASSWORD>"


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (3600, "3600"),
        ("3600", '"3600"'),
        (True, "true"),
        ("true", '"true"'),
        (1_900_000_000, "<time>"),
    ],
)
def test_a_value_shows_its_type(value: object, form: str) -> None:
    assert forms.of_value(value, []) == form


def test_a_url_is_compared_by_its_parts() -> None:
    url = "https://x.example.com/oauth2/authorize?scope=openid+email&state=s&redirect_uri=https://a.b/c"

    assert forms.of_url(url, []) == {
        "": "<host>/oauth2/authorize",
        "parameter scope": "openid email",
        "parameter state": "<opaque>",
        "parameter redirect_uri": "<host>/c",
    }


@pytest.mark.parametrize(
    ("fact", "form", "shown"),
    [
        ("status", "202", "202"),
        ("member error", "InvalidState", "InvalidState"),
        ("member expires_in", "3600", "3600"),
        ("member expires_in", '"3600"', '"3600"'),
        ("member session", "<opaque>", "<opaque>"),
        ("member attributes.nickname", "Ada", "a text of 3 characters"),
        ("ID token claim tier", "gold", "a text of 4 characters"),
        ("ID token claim tier", "<UUID> or <UUID>", "a text of 16 characters"),
        ("header X-Team", "blue", "a text of 4 characters"),
        ("header Location parameter scope", "openid", "openid"),
    ],
)
def test_texts_that_may_be_somebodys_are_not_shown(fact: str, form: str, shown: str) -> None:
    assert facts.shown(fact, form) == shown
