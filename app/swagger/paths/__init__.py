"""The paths, one file for each file in `routes/`."""

from app.swagger.building import Paths
from app.swagger.paths import (
    account,
    auth,
    devices,
    health,
    hosted,
    mfa,
    passkeys,
    profile,
    sessions,
    totp,
)

PATHS: Paths = {}
for _file in (auth, account, profile, hosted, mfa, totp, passkeys, devices, sessions, health):
    for _path, _operations in _file.PATHS.items():  # two files may share a path, as /me is
        PATHS[_path] = {**PATHS.get(_path, {}), **_operations}
