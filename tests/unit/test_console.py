"""How `make run` and `make walk` show text that others wrote."""

import pytest

from local.console import printable, show
from local.servers.mailbox import Mail

# What a terminal, or the bidirectional algorithm of Unicode, acts upon.
CONTROLS = [*range(0x20), *range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F, 0x2028, 0x2029]
CONTROLS += [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0xD800]


@pytest.mark.parametrize("number", [n for n in CONTROLS if n != ord("\n")], ids=hex)
def test_control_characters_are_escaped(number: int) -> None:
    text = printable(f"a{chr(number)}b")

    assert text == f"a{ascii(chr(number))[1:-1]}b"
    assert text.isascii()
    assert text.isprintable()


def test_what_people_write_stays_as_it_is() -> None:
    text = "Zoë, Łukasz, 渡辺, עברית, العربية:\n'código' 123456 🔑"

    assert printable(text) == text


def test_a_mail_cannot_leave_its_frame(capsys: pytest.CaptureFixture[str]) -> None:
    show(
        Mail(
            to=("a\x9b31m\u202e@example.com", "b@example.com"),
            subject="Your code\nSubject: \x1b[2J",
            text="Hello \x1b]0;title\x07\r\nyour code is 123456\r\x85\u2028Stopped.\n",
        )
    )

    assert capsys.readouterr().out == (
        "\n"
        "    | To: a\\x9b31m\\u202e@example.com, b@example.com\n"
        "    | Subject: Your code\\nSubject: \\x1b[2J\n"
        "    | \n"
        "    | Hello \\x1b]0;title\\x07\n"
        "    | your code is 123456\\r\\x85\\u2028Stopped.\n"
        "\n"
    )
