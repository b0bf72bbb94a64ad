"""The second table: answers that others saw and published without a raw recording.

The part of a name before the slash is the source:

OTP     AllianceBioversityCIAT/onecgiar_pr, docs/specs/changes/cognito-email-otp-login
MS      ministackorg/ministack pull request 1758, "AWS behaviour (measured)"
MFA     floci CognitoSetUserPoolMfaConfigIntegrationTest; go-to-k/cdkd 2064, 1975
MOTO    getmoto/moto tests that are marked as verified against AWS
owner/repository#number, or a package's short name: an issue with the answer in it
"""

from walk.recorded.row import Row
from walk.recorded.rows.reported import (
    custom,
    devices,
    first_factors,
    mfa_settings,
    names,
    operations,
    proofs,
    second_factors,
)

ROWS: tuple[Row, ...] = (
    *first_factors.ROWS,
    *proofs.ROWS,
    *mfa_settings.ROWS,
    *second_factors.ROWS,
    *devices.ROWS,
    *custom.ROWS,
    *names.ROWS,
    *operations.ROWS,
)
