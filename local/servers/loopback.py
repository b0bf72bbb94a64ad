"""Find a free port, and send a GET to this machine without a proxy."""

import socket
import urllib.request

HOST = "127.0.0.1"

# HTTP_PROXY is for other machines: a proxy would look for 127.0.0.1 on itself.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port() -> int:
    """Return a port that is free now. Another process can still take it before it is used."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def get(url: str, timeout: float = 2.0) -> bytes:
    """Return the body of a 200 answer; raise OSError for anything else."""
    with _DIRECT.open(url, timeout=timeout) as response:
        body: bytes = response.read()
        return body
