"""The rows, a file a subject, and the recordings that cannot be rows."""

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
    revocation,
    rotation,
    sign_in,
    sign_up,
    signing,
    srp,
)

RECORDED: tuple[Row, ...] = (
    *signing.ROWS,
    *sign_in.ROWS,
    *srp.ROWS,
    *refresh.ROWS,
    *rotation.ROWS,
    *access_tokens.ROWS,
    *revocation.ROWS,
    *sign_up.ROWS,
    *attributes.ROWS,
    *admin.ROWS,
    *pools.ROWS,
    *groups.ROWS,
    *claims.ROWS,
    *envelope.ROWS,
)

# Recordings without a row, and why.
EXCLUDED = {
    "GAU/authority-list-groups-denied and 14 more AccessDeniedException": (
        "IAM's own decisions: they need a session whose policy forbids the call"
    ),
    "GAU/passed-*, associated-*, unconditional-*": (
        "IAM's own decisions about iam:PassRole, and a role to pass"
    ),
    "GAU/authority-description-with-existing-role": (
        "needs a session that may not pass the role that the group has"
    ),
    "GRP pages that were not read": "among them group deletion and pages of size 0",
    "LOG/revoked-access-offline": "verifying a token without Cognito asks Cognito nothing",
    "ROT/rotation-no-revocation-plain-login-id": (
        "two ID tokens are the same bytes only if both are made within one second"
    ),
}
