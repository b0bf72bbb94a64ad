"""What Cognito refuses with: an exception's name and its sentence."""

INCORRECT = "Incorrect username or password."


class Refused(Exception):
    """An error answer of Cognito: `{"__type": name, "message": message}`.

    What a handler wrote before it raises this is kept (a failed attempt has to count), so a
    handler checks everything before it writes what a refusal must not leave behind.
    """

    def __init__(self, name: str, message: str | None, status: int = 400) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message
        self.status = status


def not_authorized(message: str) -> Refused:
    """Return the refusal that Cognito uses for most of what it does not let through."""
    return Refused("NotAuthorizedException", message)


def invalid_parameter(message: str) -> Refused:
    """Return the refusal of input, or of input that the pool's settings do not allow."""
    return Refused("InvalidParameterException", message)


def not_there(message: str) -> Refused:
    """Return the refusal of a pool, client, group, device or passkey that does not exist."""
    return Refused("ResourceNotFoundException", message)
