"""`python -m local.deploy`, which `make deploy-local` runs: deploy template.yaml until Ctrl-C.

The template is deployed unchanged to a local AWS. CloudFormation makes the pool, the function and
the HTTP API, so a request goes API Gateway -> Lambda -> Flask -> Cognito. An argument names a zip
to deploy instead of a newly built one.
"""

import platform
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from local.console import StopSwitch, address, run_until_stopped, walk_command, watch
from local.servers import loopback
from local.servers.child import LocalError
from local.servers.google import Google
from local.servers.ministack import DEPLOYMENT, LocalAws
from local.servers.pool import Pool, add_google
from local.servers.stack import Stack

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "template.yaml"
CODE = "CodeUri: deploy\n"  # replaced here as `sam deploy` replaces it
NAME = "cognito-auth-api"
LAMBDA_SECONDS = 30

WELCOME = """
The API is at  {url}
Its docs       {url}/apidocs
Google login   {url}/auth/google/start
API Gateway routes by host name, so past the proxy at that port it is:

  curl -H 'Host: {host}' {endpoint}/me

Through every flow, in another terminal: {walk}
The mails that the pool sends appear below. Ctrl-C stops everything.
"""


@dataclass(frozen=True)
class Deployment:
    """The deployed template and the servers around it; `outputs` are the template's."""

    stack: Stack
    outputs: Mapping[str, str]

    @classmethod
    @contextmanager
    def run(cls, package: Path, **parameters: str) -> Iterator["Deployment"]:
        """Run a local AWS while the block lasts, and deploy the package to it."""
        with LocalAws.run(DEPLOYMENT) as aws, Google.run() as google:
            try:
                outputs = deploy(aws, package, {"CognitoDomain": aws.hosted_ui, **parameters})
                admin = aws.client("cognito-idp")
                pool = find_pool(admin, outputs)
                # The local CloudFormation does not support the template's provider resource.
                add_google(admin, pool.id, google.issuer, kind="OIDC")
            except (BotoCoreError, ClientError) as error:
                raise LocalError(f"The template could not be deployed: {error}") from error
            yield cls(Stack(aws, google, admin, pool, aws.mailbox(), ""), outputs)

    @property
    def host(self) -> str:
        """The host name by which the local API Gateway finds this API."""
        return f"{self.outputs['HttpApiId']}.execute-api.localhost"


def main() -> int:
    """Deploy and serve until a stop signal comes; return the exit code."""
    return run_until_stopped(serve)


def serve(switch: StopSwitch) -> None:
    """Build a package unless an argument names one, deploy it, and serve until stopped."""
    _, port = address()
    with ExitStack() as running:
        if len(sys.argv) > 1:
            package = Path(sys.argv[1])
        else:
            folder = running.enter_context(tempfile.TemporaryDirectory(prefix="package-"))
            package = Path(folder) / "lambda_package.zip"
            print("Building the package ...", flush=True)
            try:
                build(package)
            finally:
                switch.check()  # Ctrl-C also ends the build, which would be reported as a failure
        print("Deploying it ...", flush=True)
        url = f"http://{loopback.HOST}:{port}"
        deployment = running.enter_context(Deployment.run(package, PublicUrl=url))
        running.enter_context(proxy(port, deployment))
        welcome = WELCOME.format(
            url=url,
            host=deployment.host,
            endpoint=deployment.stack.aws.endpoint,
            walk=walk_command(url),
        )
        print(welcome, flush=True)
        watch(deployment.stack, switch)


def build(package: Path) -> None:
    """Build the package for the local Lambda, which runs it with this machine's Python."""
    command = [sys.executable, "-B", str(ROOT / "deploy" / "package.py"), f"--zip={package}"]
    done = subprocess.run(  # noqa: S603
        [*command, f"--architecture={architecture()}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise LocalError(f"The package could not be built: {done.stderr.strip()}")


def architecture() -> str:
    """Return the architecture to build for: Lambda's if this machine can run that, else "this"."""
    like_lambda = sys.platform == "linux" and sys.version_info[:2] == (3, 11)
    machines = {"x86_64": "x86_64", "aarch64": "arm64"}
    return machines.get(platform.machine(), "this") if like_lambda else "this"


def deploy(aws: LocalAws, package: Path, parameters: Mapping[str, str]) -> dict[str, str]:
    """Deploy the template with CloudFormation, as `sam deploy` does; return its outputs."""
    s3, cloudformation = aws.client("s3"), aws.client("cloudformation")
    s3.create_bucket(Bucket=NAME)
    s3.put_object(Bucket=NAME, Key=package.name, Body=package.read_bytes())
    before, code, after = TEMPLATE.read_text(encoding="utf-8").partition(CODE)
    if not code:
        raise LocalError(f"{TEMPLATE.name} does not say {CODE.strip()!r}.")
    cloudformation.create_stack(
        StackName=NAME,
        TemplateBody=f"{before}CodeUri: s3://{NAME}/{package.name}\n{after}",
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    try:
        waiter = cloudformation.get_waiter("stack_create_complete")
        waiter.wait(StackName=NAME, WaiterConfig={"Delay": 0.2, "MaxAttempts": 150})
    except WaiterError as error:
        events = cloudformation.describe_stack_events(StackName=NAME)["StackEvents"]
        reasons = [e["ResourceStatusReason"] for e in events if e.get("ResourceStatusReason")]
        raise LocalError(f"The template could not be deployed: {reasons[-1:]}") from error
    (stack,) = cloudformation.describe_stacks(StackName=NAME)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def find_pool(admin: Any, outputs: Mapping[str, str]) -> Pool:
    """Return the pool that the template made, with the secret of its app client."""
    pool_id, client_id = outputs["UserPoolId"], outputs["ClientId"]
    answer = admin.describe_user_pool_client(UserPoolId=pool_id, ClientId=client_id)
    return Pool(pool_id, client_id, answer["UserPoolClient"]["ClientSecret"])


@contextmanager
def proxy(port: int, deployment: Deployment) -> Iterator[None]:
    """Serve the API at a loopback port, because not every program resolves *.localhost."""
    api = (loopback.HOST, deployment.stack.aws.port)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            del self.headers["Host"], self.headers["Connection"]
            connection = HTTPConnection(*api, timeout=LAMBDA_SECONDS)
            try:
                headers = {**dict(self.headers), "Host": deployment.host}
                connection.request(self.command, self.path, body or None, headers)
                answer = connection.getresponse()
                content = answer.read()
            except (OSError, HTTPException):
                self.send_error(502)
                return
            finally:
                connection.close()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_GET

        def log_message(self, *_: object) -> None:
            """Keep the codes in the queries out of the terminal."""

    server = ThreadingHTTPServer((loopback.HOST, port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


if __name__ == "__main__":
    sys.exit(main())
