"""Passwords: the policy, and proving one by SRP's verifier, which is all that is kept."""

import hmac
from typing import Any

from local.cognito import srp
from local.cognito.errors import Refused
from local.cognito.records import Pool, User
from local.cognito.server import Call, Json

DEFAULT_POLICY = {
    "MinimumLength": 8,
    "RequireLowercase": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "RequireUppercase": True,
    "TemporaryPasswordValidityDays": 7,
}
# The characters that count as symbols; a space counts within a password but not at its ends.
# https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
SYMBOLS = frozenset("^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ")
AT_SIGN_UP = "Password did not conform with policy: "
AT_INVITATION = "Password did not conform with password policy: "
AT_RESET = "Password does not conform to policy: "  # AdminSetUserPassword, NEW_PASSWORD_REQUIRED


def policy(pool: Pool) -> Json:
    """Return the pool's password policy."""
    set_by_pool: Json = pool.settings.get("Policies", {}).get("PasswordPolicy", {})
    return {**DEFAULT_POLICY, **set_by_pool}


def check_policy(pool: Pool, user: User | None, password: str, stem: str = AT_SIGN_UP) -> None:
    """Refuse a new password that breaks the policy, or that this user had before.

    `stem` begins the sentence, which differs between operations. Only the first violation is
    told; that the length is the first was recorded, the order of the others is not known.
    """
    rules = policy(pool)
    checks = (
        (len(password) >= rules["MinimumLength"], "Password not long enough"),
        (
            not rules["RequireUppercase"] or any(map(str.isupper, password)),
            "Password must have uppercase characters",
        ),
        (
            not rules["RequireLowercase"] or any(map(str.islower, password)),
            "Password must have lowercase characters",
        ),
        (
            not rules["RequireNumbers"] or any(map("0123456789".__contains__, password)),
            "Password must have numeric characters",
        ),
        (
            not rules["RequireSymbols"] or not SYMBOLS.isdisjoint(password),
            "Password must have symbol characters",
        ),
    )
    for holds, violation in checks:
        if not holds:
            raise Refused("InvalidPasswordException", stem + violation)
    if user is not None:
        _check_history(pool, user, password)


def _check_history(pool: Pool, user: User, password: str) -> None:
    """Refuse the current password and as many former ones as the pool remembers."""
    size = policy(pool).get("PasswordHistorySize", 0)
    if not size:
        return
    kept = [user.password, *user.former_passwords] if user.password else user.former_passwords
    if any(_proves(pool, user, password, one) for one in kept[:size]):
        # The sentence is not known.
        raise Refused(
            "PasswordHistoryPolicyViolationException",
            "Password has previously been used.",
        )


def set_password(call: Call, pool: Pool, user: User, password: str) -> None:
    """Give the user a password that has been checked; the caller saves the user."""
    size = policy(pool).get("PasswordHistorySize", 0)
    if user.password is not None:
        user.former_passwords = [user.password, *user.former_passwords][:size]
    salt = srp.new_salt()
    verifier = srp.verifier(pool.name_for_srp, user.username, password, salt)
    user.password = {"salt": f"{salt:x}", "verifier": f"{verifier:x}", "set": call.now()}
    user.modified = call.now()


def is_right(pool: Pool, user: User, password: str) -> bool:
    """Tell whether this is the user's password."""
    return user.password is not None and _proves(pool, user, password, user.password)


def _proves(pool: Pool, user: User, password: str, kept: dict[str, Any]) -> bool:
    salt = int(kept["salt"], 16)
    verifier = srp.verifier(pool.name_for_srp, user.username, password, salt)
    return hmac.compare_digest(f"{verifier:x}", kept["verifier"])


def is_expired(call: Call, pool: Pool, user: User) -> bool:
    """Tell whether a temporary password was set too long ago."""
    days = policy(pool)["TemporaryPasswordValidityDays"]
    return (
        user.status == "FORCE_CHANGE_PASSWORD"
        and user.password is not None
        and call.now() > user.password["set"] + days * 86_400
    )
