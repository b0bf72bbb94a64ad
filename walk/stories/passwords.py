"""Passwords: wrong ones, weak ones, changed ones and forgotten ones."""

from walk import user
from walk.stories.story import Story
from walk.values import ACCESS_TOKEN, CODE, NEW_PASSWORD, PASSWORD, RESET_PASSWORD
from walk.walker import Walker


def tell(walk: Walker) -> None:
    """Change the password with the old one, then with a code."""
    email = walk.user.email
    walk.call(
        "A wrong password is refused",
        "POST /auth/login",
        user.credentials(walk, RESET_PASSWORD),
        status=401,
    )
    change = {"previous_password": PASSWORD, "new_password": NEW_PASSWORD}
    walk.call(
        "A weak one is refused",
        "POST /auth/change-password",
        {**change, "new_password": "a"},
        bearer=ACCESS_TOKEN,
        status=400,
    )
    walk.user.passwords.insert(0, NEW_PASSWORD)
    walk.call("Change it", "POST /auth/change-password", change, bearer=ACCESS_TOKEN)
    walk.call(
        "The old one is refused",
        "POST /auth/login",
        user.credentials(walk, PASSWORD),
        status=401,
    )
    walk.call(
        "Somebody unknown forgets a password",
        "POST /auth/forgot-password",
        {"email": f"nobody-{walk.user.email}"},
        status=(200, 404),
    )
    forget = {"email": email}
    # Cognito refuses if there is no verified address to send a code to.
    refused = ("InvalidParameterException",)
    walk.call("Forget it", "POST /auth/forgot-password", forget, may_refuse=refused)
    walk.user.passwords.insert(0, RESET_PASSWORD)
    walk.call(
        "Reset it with the code",
        "POST /auth/reset-password",
        {"email": email, "code": CODE, "new_password": RESET_PASSWORD},
        code_to=email,
        send_again=lambda: walk.call("Send another", "POST /auth/forgot-password", forget),
    )
    user.log_in(walk, "Log in with the new one")


STORY = Story(
    "passwords",
    "Passwords",
    tell,
    (
        "POST /auth/login",
        "POST /auth/change-password",
        "POST /auth/forgot-password",
        "POST /auth/reset-password",
    ),
)
