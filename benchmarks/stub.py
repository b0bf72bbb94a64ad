"""A Cognito that costs next to nothing: `python -m benchmarks.stub PORT LATENCY`.

It answers every POST with the tokens of a login after LATENCY seconds, the key set (from JWK in
the environment) at once, and tells at /connections over how many connections POSTs ever came.
"""

import asyncio
import json
import os
import sys


def answer(body: object) -> bytes:
    """Return the bytes of a 200 with this JSON."""
    content = json.dumps(body).encode()
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nx-amzn-RequestId: 1"
    return f"{head}\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content


# Tokens as long as Cognito's.
TOKENS = {"AccessToken": "a" * 1070, "IdToken": "i" * 1170, "RefreshToken": "r" * 1780}
LOGIN = answer(
    {
        "AuthenticationResult": {**TOKENS, "ExpiresIn": 3600, "TokenType": "Bearer"},
        "ChallengeParameters": {},
    }
)
KEYS = answer({"keys": [json.loads(os.environ.get("JWK", "{}"))]})


class Stub(asyncio.Protocol):
    """One connection, of a client that waits for each answer."""

    connections = 0
    latency = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with an empty buffer."""
        self.transport = transport
        self.received = b""
        self.counted = False

    def data_received(self, data: bytes) -> None:
        """Answer as soon as a request is complete."""
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        _, _, length = head.lower().partition(b"content-length:")
        if not end or len(body) < int(length.split()[0] if length else 0):
            return
        self.received = b""
        if head.startswith(b"POST"):
            Stub.connections += not self.counted
            self.counted = True
            asyncio.get_running_loop().call_later(self.latency, self.send, LOGIN)
        elif head.startswith(b"GET /connections"):
            self.send(answer(Stub.connections))
        else:
            self.send(KEYS)

    def send(self, content: bytes) -> None:
        """Send an answer, unless the client has left."""
        assert isinstance(self.transport, asyncio.WriteTransport)  # noqa: S101  # for mypy
        if not self.transport.is_closing():
            self.transport.write(content)


async def serve(port: int) -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", port, backlog=256)
    await server.serve_forever()


if __name__ == "__main__":
    Stub.latency = float(sys.argv[2])
    asyncio.run(serve(int(sys.argv[1])))
