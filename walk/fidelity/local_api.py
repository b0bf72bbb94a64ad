"""A fresh local API, with a local Cognito of its own, as `make run` starts them."""

import os
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from local.run import FRONT_ENDS, NO_AWS_SETTINGS, ROOT
from local.servers import loopback
from local.servers.child import Child
from local.servers.stack import Stack

PASSED_ON = ("PATH", "HOME", "LANG")


@contextmanager
def run(words: Collection[str], settings: Mapping[str, str]) -> Iterator[str]:
    """Run it while the block lasts, with these words of POOL and these settings; give its URL."""
    port = loopback.free_port()
    with Stack.run(port, words) as stack:
        env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        env |= {"CORS_ORIGINS": FRONT_ENDS, "RETURN_URLS": FRONT_ENDS, "PORT": str(port)}
        env |= {"HOST": loopback.HOST, **NO_AWS_SETTINGS, **stack.environment(), **settings}
        url = f"http://{loopback.HOST}:{port}"
        child = Child("The local API", [sys.executable, "-B", "main.py"], env, cwd=ROOT)
        try:
            child.wait_until_ready(f"{url}/apispec_1.json")
            yield url
        finally:
            child.stop()
