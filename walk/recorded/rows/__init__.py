"""The rows, in one file for each subject."""

from walk.recorded.row import Row
from walk.recorded.rows import (
    access_tokens,
    admin,
    attributes,
    claims,
    envelope,
    groups,
    pools,
    refresh,
    reported,
    revocation,
    rotation,
    sign_in,
    sign_up,
    signing,
    srp,
)

SUBJECTS: dict[str, tuple[Row, ...]] = {
    "Signatures": signing.ROWS,
    "Passwords": sign_in.ROWS,
    "SRP": srp.ROWS,
    "Refreshing": refresh.ROWS,
    "Rotation": rotation.ROWS,
    "Access tokens": access_tokens.ROWS,
    "Revocation": revocation.ROWS,
    "Sign-up": sign_up.ROWS,
    "Attributes": attributes.ROWS,
    "Users": admin.ROWS,
    "Pools and clients": pools.ROWS,
    "Groups": groups.ROWS,
    "Token claims": claims.ROWS,
    "Form of answers": envelope.ROWS,
    "Reported by others": reported.ROWS,
}
