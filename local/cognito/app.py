"""What a request meets: the host check, CORS, the JSON protocol, and the pages beside it."""

import hmac
import uuid
from dataclasses import asdict

from flask import Flask, Response, abort, jsonify, request

from local.cognito import hosted, overview
from local.cognito.protocol import answer
from local.cognito.records import Message
from local.cognito.server import Server

MAX_BODY_BYTES = 1_000_000
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
EXPOSED = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"


def create_app(server: Server) -> Flask:
    """Build the app of one local Cognito."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    # Flask's own answers to OPTIONS would come before those to CORS preflights below.
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.extensions["server"] = server

    @app.before_request
    def refuse_other_hosts() -> None:
        # A page elsewhere can let a name of its own point to 127.0.0.1 and so become the same
        # origin as this server (DNS rebinding). The Host header then still has that name.
        if request.host.rpartition(":")[0] not in LOOPBACK and request.host not in LOOPBACK:
            abort(421)

    @app.post("/")
    def call() -> Response:
        request_id = str(uuid.uuid4())
        headers = {name.lower(): value for name, value in request.headers.items()}
        result = answer(
            server,
            headers,
            request.get_data(),
            ip=request.remote_addr or "",
            request_id=request_id,
        )
        response = Response(result.body, result.status)
        response.headers["Content-Type"] = "application/x-amz-json-1.1"
        response.headers["x-amzn-RequestId"] = request_id
        if result.error:
            response.headers["x-amzn-ErrorType"] = f"{result.error}:"
            response.headers["x-amzn-ErrorMessage"] = _header_text(result.message)
        if "Origin" in request.headers:
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = EXPOSED
        return response

    @app.route("/", methods=["OPTIONS"])
    def preflight() -> Response:
        wanted = request.headers.get("Access-Control-Request-Headers", "")
        allowed = [name for name in wanted.split(",") if name.strip().lower() != "authorization"]
        response = Response(status=200)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Allow-Methods"] = "POST"
        response.headers["Access-Control-Allow-Headers"] = ",".join(allowed)
        response.headers["Access-Control-Max-Age"] = "172800"
        return response

    @app.post("/local/clock")
    def advance_clock() -> Response:
        """Move the clock: `curl -u KEY:SECRET URL/local/clock -d seconds=300`."""
        _require_key_pair(server)
        try:
            server.clock.advance(float(request.form["seconds"]))
        except ValueError:
            abort(400)
        return Response(f"{server.clock.now()}\n", content_type="text/plain")

    @app.get("/local/messages")
    def messages() -> Response:
        """List the mails and texts, the oldest first; the page at `/` shows them to a person."""
        return jsonify([asdict(message) for message in server.store.all(Message)])

    overview.init_app(app, server)
    hosted.init_app(app, server)

    return app


def _require_key_pair(server: Server) -> None:
    """Let in only those who have the key pair of the control operations, as Basic credentials."""
    given = request.authorization
    if given is None or given.type != "basic":
        abort(401)
    pairs = (
        (given.username or "", server.access_key_id),
        (given.password or "", server.secret_access_key),
    )
    if not all(hmac.compare_digest(a.encode(), b.encode()) for a, b in pairs):
        abort(401)


def _header_text(message: str | None) -> str:
    """Return the sentence in the characters of a header, cut to what clients accept as one."""
    text = " ".join((message or "").split())[:1024]
    return text.encode("latin-1", "replace").decode("latin-1")
