"""RevokeToken, the global sign-outs and ChangePassword."""

from walk.recorded.expect import NOTHING, answered, refused, tokens
from walk.recorded.given import (
    CHANGED,
    admin,
    attempt,
    client,
    confirmed,
    get_user,
    global_sign_out,
    password_sign_in,
    pool,
    revoke,
)
from walk.recorded.row import Row
from walk.recorded.rows.refresh import CHANGED_PASSWORD, SIGNED_IN, WITH_SECRET
from walk.recorded.rows.sign_in import USER

UNREVOCABLE = (
    pool(),
    client("unrevocable", EnableTokenRevocation=False),
    confirmed(),
    password_sign_in(client="unrevocable"),
)

ROWS = (
    Row("LOG/revoke-refresh-token", SIGNED_IN, revoke(), NOTHING),
    Row("LOG/revoke-again", (SIGNED_IN, revoke()), revoke(), NOTHING),
    Row(
        "LOG/revoke-secret-missing",
        WITH_SECRET,
        revoke(client="private"),
        refused("UnauthorizedException", "Invalid client or secret"),
    ),
    Row(
        "LOG/revoke-secret-valid",
        WITH_SECRET,
        revoke(client="private", ClientSecret="$private_secret"),
        NOTHING,
    ),
    Row(
        "ROT/rotation-revocation-disabled-revoke",
        UNREVOCABLE,
        revoke(client="unrevocable"),
        refused("UnsupportedOperationException", "This feature is not enabled for this client"),
    ),
    Row(
        "ROT/rotation-revocation-disabled-access",
        (UNREVOCABLE, attempt(revoke(client="unrevocable"))),
        get_user(),
        answered(USER),
    ),
    Row("LOG/global-signout", SIGNED_IN, global_sign_out(), NOTHING),
    Row("LOG/admin-global-signout", SIGNED_IN, admin("AdminUserGlobalSignOut"), NOTHING),
    Row("CRED/credentials-change-password", SIGNED_IN, CHANGED_PASSWORD, NOTHING),
    Row(
        "CRED/credentials-new-password-after-change",
        (SIGNED_IN, CHANGED_PASSWORD),
        password_sign_in(CHANGED),
        tokens(),
    ),
)
