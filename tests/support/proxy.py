"""A small reverse proxy, which does what docs/elsewhere.md has nginx do."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def proxy(port: int, *, scheme: str, host: str) -> Iterator[str]:
    """Stand in front of a port of this machine, as if reached by this scheme and host."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            before = self.headers.get("X-Forwarded-For")
            address = self.client_address[0]
            headers = {name: value for name, value in self.headers.items() if name != "Connection"}
            headers |= {
                "Host": host,
                "X-Forwarded-For": f"{before}, {address}" if before else address,
                "X-Forwarded-Proto": scheme,
                "X-Forwarded-Host": host,
            }
            connection = HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name not in ("Connection", "Content-Length"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
