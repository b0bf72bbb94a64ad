"""The way out, exchange by exchange: deadline, size, connections, addresses and TLS."""

import datetime
import ipaddress
import logging
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from app.cognito import transport
from app.errors import UpstreamError, UpstreamTimeout, UpstreamUnavailable
from tests.support.faults import StubAnswer
from tests.support.keys import next_key, pool_key
from tests.support.upstream import Upstream, closed_port

LIMIT = 1000
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"


def send(url: str, **changes: Any) -> transport.HttpAnswer:
    """Fetch the key set of the stand-in, which is the simplest thing that it serves."""
    options = {"headers": {}, "body": None, "seconds": 5.0, "limit": LIMIT, "replayable": False}
    return transport.send("GET", f"{url}/pool/.well-known/jwks.json", **(options | changes))


@contextmanager
def lasting(at_least: float, at_most: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert at_least <= time.monotonic() - started <= at_most


@contextmanager
def server(serve: Callable[[socket.socket], None], host: str = "127.0.0.1") -> Iterator[int]:
    """Serve each connection by this function, in a thread; give the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listener:
        taken: list[socket.socket] = []

        def attend(conn: socket.socket, handle: socket.socket) -> None:
            with suppress(OSError), conn:
                serve(conn)
            with suppress(OSError), handle:
                handle.shutdown(socket.SHUT_RDWR)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    conn = listener.accept()[0]
                    taken.append(conn.dup())  # TLS takes the connection itself away from us
                    threads.submit(attend, conn, taken[-1])

        with ThreadPoolExecutor() as threads:
            threads.submit(accept)
            try:
                yield listener.getsockname()[1]
            finally:
                listener.shutdown(socket.SHUT_RDWR)
                for handle in taken:
                    with suppress(OSError):
                        handle.shutdown(socket.SHUT_RDWR)


def answer(conn: socket.socket) -> None:
    while conn.recv(65536):
        conn.sendall(ANSWER)


def say_nothing(conn: socket.socket) -> None:
    while conn.recv(65536):
        pass


def drip(conn: socket.socket) -> None:
    conn.recv(65536)
    for byte in ANSWER:
        conn.sendall(bytes([byte]))
        time.sleep(0.1)


def read_slowly(conn: socket.socket) -> None:
    for _ in range(300):
        conn.recv(16384)
        time.sleep(0.01)


class TestDeadline:
    @pytest.mark.parametrize("fault", ["hang", "drip", "drip body"])
    def test_is_for_the_whole_exchange(self, upstream: Upstream, fault: str) -> None:
        """A byte every 0.1 s is never late by itself."""
        upstream.drip_seconds = 0.1
        upstream.misbehaves("jwks", fault)

        with lasting(1, 1.5), pytest.raises(UpstreamTimeout):
            send(upstream.url, seconds=1)

    def test_is_for_both_attempts(self, upstream: Upstream) -> None:
        upstream.answers("jwks", [lambda request: time.sleep(0.6) or "reset", "hang"])

        with lasting(1, 1.5), pytest.raises(UpstreamTimeout):
            send(upstream.url, seconds=1, replayable=True)

    def test_is_for_sending_too(self) -> None:
        with server(read_slowly) as port, lasting(1, 1.5), pytest.raises(UpstreamTimeout):
            send(f"http://127.0.0.1:{port}", body=bytes(50_000_000), seconds=1)

    @pytest.mark.parametrize("replayable", [False, True])
    def test_is_for_connecting_too(self, replayable: bool) -> None:
        with full_backlog() as (url, _), lasting(1, 1.5), pytest.raises(UpstreamUnavailable):
            send(url, seconds=1, replayable=replayable)

    def test_leaves_connecting_its_own_share(self) -> None:
        share = transport.CONNECT_SECONDS
        with (
            full_backlog() as (url, _),
            lasting(share, share + 1),
            pytest.raises(UpstreamUnavailable),
        ):
            send(url, seconds=6)


@contextmanager
def full_backlog() -> Iterator[tuple[str, socket.socket]]:
    """Give the URL of a listener to which connecting takes forever, until it listens for more."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(8)]
        for conn in waiting:
            conn.setblocking(False)
            conn.connect_ex(listener.getsockname())
        time.sleep(0.1)
        yield "http://{}:{}".format(*listener.getsockname()), listener
        for conn in waiting:
            conn.close()


class TestSize:
    @pytest.mark.parametrize("headers", [{}, {"Transfer-Encoding": "chunked"}], ids=repr)
    @pytest.mark.parametrize("size", [0, 1, LIMIT, LIMIT + 1, LIMIT * 1000])
    def test_is_limited(self, upstream: Upstream, size: int, headers: dict[str, str]) -> None:
        body, content = b"x" * size, b"x" * size
        if headers:
            body = (b"%x\r\n%b\r\n" % (size, body) if size else b"") + b"0\r\n\r\n"
            wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body
        else:
            wire = b"HTTP/1.1 200 OK\r\n\r\n" + body  # it ends where the connection does
        with server(lambda conn: (conn.recv(65536), conn.sendall(wire))) as port:
            for url in (upstream.url, f"http://127.0.0.1:{port}"):
                upstream.answers("jwks", StubAnswer(200, content))
                if size > LIMIT:
                    with pytest.raises(UpstreamError):
                        send(url)
                else:
                    assert send(url).body == content

    @pytest.mark.parametrize("fault", ["truncated body", "broken chunk"])
    def test_smaller_than_announced_is_no_answer(self, upstream: Upstream, fault: str) -> None:
        upstream.misbehaves("jwks", fault)

        with pytest.raises(UpstreamError):
            send(upstream.url)


class TestConnections:
    def test_are_kept_from_one_exchange_to_the_next(self, upstream: Upstream) -> None:
        upstream.drop_connections()
        for status in [200, 204, 304, 400, 500] * 10:
            body = b"" if status in (204, 304) else b"x"
            upstream.answers("jwks", StubAnswer(status, body))
            assert send(upstream.url)[::2] == (status, body)

        assert upstream.connections == 1

    def test_of_64_threads_are_all_kept(
        self, upstream: Upstream, caplog: pytest.LogCaptureFixture
    ) -> None:
        upstream.drop_connections()
        upstream.latency = 0.3
        with ThreadPoolExecutor(64) as threads:
            for _ in range(3):
                list(threads.map(send, [upstream.url] * 64))

        assert upstream.connections == 64
        assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []

    def test_that_died_in_the_meantime_are_replaced(self, upstream: Upstream) -> None:
        send(upstream.url)
        upstream.drop_connections()

        assert send(upstream.url).status == 200

    @pytest.mark.parametrize("fault", ["reset", "close"])
    def test_that_break_are_tried_once_more_where_that_is_harmless(
        self, upstream: Upstream, fault: str
    ) -> None:
        upstream.misbehaves("jwks", fault, times=1)
        assert send(upstream.url, replayable=True).status == 200

        for replayable, attempts in ((False, 1), (True, 2)):
            upstream.reset()
            upstream.misbehaves("jwks", fault)
            with pytest.raises(UpstreamError):
                send(upstream.url, replayable=replayable)
            assert upstream.count("jwks") == attempts

    def test_with_an_interim_answer_carry_no_other(self, upstream: Upstream) -> None:
        """What follows the 103 belongs to the exchange that it interrupted."""
        upstream.drop_connections()
        upstream.answers("jwks", StubAnswer(103, b""))
        with pytest.raises(UpstreamError):
            send(upstream.url)

        upstream.answers("jwks", StubAnswer(200, b"x"))
        assert send(upstream.url).body == b"x"
        assert upstream.connections == 2

    def test_are_not_redirected(self, upstream: Upstream) -> None:
        upstream.misbehaves("jwks", "307")

        assert send(upstream.url).status == 307
        assert upstream.elsewhere.requests == []

    def test_do_not_go_through_proxies(
        self, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / ".netrc").write_text("default login somebody password else")
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        with closed_port() as proxy:
            for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
                monkeypatch.setenv(name, proxy)
                if os.name == "posix":
                    monkeypatch.setenv(name.lower(), proxy)

            assert send(upstream.url).status == 200
        assert "Authorization" not in upstream.calls("jwks")[0].headers


class TestAddresses:
    """The resolver is the machine's, so here it says what a test needs."""

    @pytest.fixture
    def resolves_to(self, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
        def pretend(*addresses: tuple[int, str, int]) -> None:
            entries = [(family, socket.SOCK_STREAM, 6, "", rest) for family, *rest in addresses]
            answers = [(*entry[:4], tuple(entry[4])) for entry in entries]
            monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)

        return pretend

    def test_are_tried_in_turn(self, resolves_to: Callable[..., None]) -> None:
        with closed_port() as dead, full_backlog() as (silent, _), server(answer) as port:
            resolves_to(
                (socket.AF_INET, "127.0.0.1", int(dead.rpartition(":")[2])),
                (12345, "no such family", 1),
                (socket.AF_INET, "127.0.0.1", int(silent.rpartition(":")[2])),
                (socket.AF_INET, "127.0.0.1", port),
            )
            assert send("http://cognito.example").body == b"good"

    def test_that_all_fail(self, resolves_to: Callable[..., None]) -> None:
        resolves_to((12345, "no such family", 1))
        with pytest.raises(UpstreamUnavailable):
            send("http://cognito.example")

    def test_may_be_ipv6(self) -> None:
        try:
            with server(answer, "::1") as port:
                assert send(f"http://[::1]:{port}").body == b"good"
        except OSError:
            pytest.skip("this machine has no IPv6")

    @pytest.mark.parametrize("host", ["nobody.invalid", "a" * 64 + ".example", "a..b"])
    def test_of_no_such_host(self, host: str) -> None:
        with pytest.raises((UpstreamUnavailable, UpstreamError)):
            send(f"http://{host}")


FOR_LOOPBACK = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])


def certificate(directory: Path, key: Any, common_name: str, *extensions: Any) -> Path:
    """Make a self-signed certificate, which is an authority too, in one file with its key."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    today = datetime.datetime.now(datetime.UTC)
    public, usage = (
        key.private.public_key(),
        dict.fromkeys(
            ("key_agreement", "content_commitment", "data_encipherment", "key_encipherment")
            + ("crl_sign", "encipher_only", "decipher_only"),
            False,
        ),
    )
    builder = (
        x509.CertificateBuilder(name, name, public, x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(True, None), True)
        .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=True, **usage), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, False)
    made = builder.sign(key.private, hashes.SHA256())
    pem = key.private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = directory / "certificate.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + pem)
    return path


def trusted_context(certificate_path: Path) -> ssl.SSLContext:
    """Give a server's context, whose authority this process trusts from now on."""
    transport._tls().load_verify_locations(certificate_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_path)
    return context


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """Give the context of a trusted server at 127.0.0.1."""
    directory = tmp_path_factory.mktemp("trusted")
    return trusted_context(certificate(directory, pool_key(), "a server", FOR_LOOPBACK))


def over_tls(context: ssl.SSLContext, serve: Callable[[Any], None]) -> Callable[[Any], None]:
    def shake_hands(conn: socket.socket) -> None:
        with context.wrap_socket(conn, server_side=True) as wrapped:
            serve(wrapped)

    return shake_hands


class TestTLS:
    def test_carries_exchanges(self, trusted: ssl.SSLContext) -> None:
        with server(over_tls(trusted, answer)) as port:
            for _ in range(2):
                assert send(f"https://127.0.0.1:{port}").body == b"good"

    def test_of_a_stranger_is_refused(self, tmp_path: Path) -> None:
        """As if nobody were there: nothing was asked, so nothing happened."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(tmp_path, next_key(), "a stranger", FOR_LOOPBACK))
        heard: list[bytes] = []
        listen = over_tls(context, lambda conn: heard.append(conn.recv(1)))
        with server(listen) as port, pytest.raises(UpstreamUnavailable):
            send(f"https://127.0.0.1:{port}")
        assert heard == []

    def test_for_another_name_is_refused(self, trusted: ssl.SSLContext) -> None:
        with server(over_tls(trusted, answer)) as port, pytest.raises(UpstreamUnavailable):
            send(f"https://localhost:{port}")

    def test_by_the_common_name_alone_is_refused(self, tmp_path: Path) -> None:
        """Certificates without a subjectAltName are none that public authorities issue."""
        context = trusted_context(certificate(tmp_path, pool_key(), "localhost"))
        with server(over_tls(context, answer)) as port, pytest.raises(UpstreamUnavailable):
            send(f"https://localhost:{port}")

    def test_that_never_comes(self) -> None:
        with server(say_nothing) as port, lasting(1, 1.5), pytest.raises(UpstreamUnavailable):
            send(f"https://127.0.0.1:{port}", seconds=1)

    def test_has_a_share_of_the_deadline(self) -> None:
        with server(say_nothing) as port, lasting(2, 2.5), pytest.raises(UpstreamUnavailable):
            send(f"https://127.0.0.1:{port}", seconds=5)

    def test_has_what_a_slow_connect_leaves(self) -> None:
        """What asks to connect was dropped, and is sent again after a second."""
        with full_backlog() as (url, listener), ThreadPoolExecutor(1) as threads:
            threads.submit(lambda: (time.sleep(0.4), listener.listen(64)))
            with lasting(1.6, 2.1), pytest.raises(UpstreamUnavailable):
                send(url.replace("http", "https"), seconds=1.6)

    def test_that_is_not_spoken(self) -> None:
        with server(answer) as port, pytest.raises(UpstreamUnavailable):
            send(f"https://127.0.0.1:{port}")

    @pytest.mark.parametrize("slow", [drip, say_nothing], ids=lambda slow: slow.__name__)
    def test_has_the_same_deadline(
        self, trusted: ssl.SSLContext, slow: Callable[[Any], None]
    ) -> None:
        serve = over_tls(trusted, slow)
        with server(serve) as port, lasting(1, 1.5), pytest.raises(UpstreamTimeout):
            send(f"https://127.0.0.1:{port}", seconds=1)

    def test_has_the_same_deadline_for_sending(self, trusted: ssl.SSLContext) -> None:
        serve = over_tls(trusted, read_slowly)
        with server(serve) as port, lasting(1, 1.5), pytest.raises(UpstreamTimeout):
            send(f"https://127.0.0.1:{port}", body=bytes(50_000_000), seconds=1)


def test_threads_have_deadlines_of_their_own(upstream: Upstream) -> None:
    upstream.latency = 0.5

    def attempt(seconds: float) -> type[Exception] | None:
        try:
            send(upstream.url, seconds=seconds)
        except UpstreamTimeout as error:
            return type(error)
        return None

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(attempt, [0.2, 5])) == [UpstreamTimeout, None]
