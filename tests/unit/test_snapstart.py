"""What Lambda's SnapStart needs: nothing that all copies of one snapshot must not share.

https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html
"""

import json
import subprocess
import sys

from tests.support.app import SETTINGS
from tests.support.project import ROOT

# Notes modules that ask for randomness or for a connection. The standard library's do so when they
# are imported, for things not used here: the key of multiprocessing's connections, a SystemRandom.
WATCH = """
import json, os, random, sys, uuid

events = []

def watch(owner, name):
    function = getattr(owner, name)
    def watched(*args, **kwargs):
        module = sys._getframe(1).f_globals["__name__"]
        if module.partition(".")[0] not in sys.stdlib_module_names:
            events.append(f"{module} asked for {name}")
        return function(*args, **kwargs)
    setattr(owner, name, watched)

for owner, names in ((os, ["urandom", "getrandom"]), (uuid, ["uuid1", "uuid4"]),
                     (random, ["random", "randint", "getrandbits", "choice", "SystemRandom"])):
    for name in names:
        watch(owner, name)

def connects(event, args):
    if event in ("socket.connect", "socket.getaddrinfo"):
        events.append(event)

sys.addaudithook(connects)
import main
at_import = list(events)
events.clear()
client = main.app.test_client()
ids = {client.get("/health").headers["X-Request-Id"] for _ in range(3)}
print(json.dumps({"at_import": at_import, "later": sorted(set(events)), "ids": len(ids)}))
"""


def test_nothing_random_and_nothing_connected_is_made_at_import() -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-c", WATCH],
        cwd=ROOT,
        env={**SETTINGS, "AWS_LAMBDA_FUNCTION_NAME": "api", "FLASK_SECRET_KEY": "k" * 32},
        capture_output=True,
        text=True,
        check=True,
    )
    seen = json.loads(done.stdout)

    assert seen["at_import"] == []
    assert seen["ids"] == 3
    assert "app.web.headers asked for urandom" in seen["later"], "the watch itself does not work"
