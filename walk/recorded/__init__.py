"""What Amazon Cognito was recorded to answer, as rows that can be replayed against any endpoint.

A row (`rows/`) is a precondition, one request and the answer: status, `__type`, the message to the
letter, or the members. Its name is the recording's own, behind the file that it is in:

LOG, CRED, ROT, ADM, CAC, CRT, PRO, GAU, GRP
    github.com/radkawar/stackd, `testdata/aws/cognito/` (login, credential, refresh_rotation,
    admission, client_access, client_retirement, profile, group_authority, group): raw answers of
    us-east-1, recorded on 24 September 2026.
FL
    github.com/floci-io/floci, `src/test/resources/fixtures/aws-cognito/`, 16 May 2026.

`rows/reported.py` has a second table: answers that others published without the raw recording.
"""
