"""The way out, against real servers on the loopback."""

import asyncio
import contextlib
import gc
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import IPv4Address
from pathlib import Path
from typing import Self

import aiohttp
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from weir.http import HttpError, Retry, Session, Tls

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SECRET = "s3cr3t-path"


@asynccontextmanager
async def server(handler: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def answering(*answers: web.Response, seen: list[web.Request] | None = None) -> Handler:
    left = list(answers)

    async def handle(request: web.Request) -> web.Response:
        await request.read()
        if seen is not None:
            seen.append(request)
        return (
            left.pop(0)
            if len(left) > 1
            else left[0].__class__(status=left[0].status, headers=left[0].headers, body=left[0].body)
        )

    return handle


async def test_a_good_answer_comes_back_whole() -> None:
    async with server(answering(web.Response(body=b"x" * 100_000, headers={"X-A": "b"}))) as url, Session() as session:
        answer = await session.request("GET", f"{url}/a")
    assert (answer.status, len(answer.body), answer.headers["x-a"]) == (200, 100_000, "b")


async def test_a_bad_answer_names_the_host_and_not_the_path() -> None:
    async with server(answering(web.Response(status=404, text="no such hook"))) as url, Session() as session:
        with pytest.raises(HttpError) as caught:
            await session.request("POST", f"{url}/{SECRET}?token={SECRET}", body=b"{}")
    assert (caught.value.status, caught.value.passing) == (404, False)
    assert str(caught.value) == f"{url.removeprefix('http://')}: answered 404: no such hook"


async def test_a_passing_failure_is_tried_again() -> None:
    answers = (web.Response(status=503), web.Response(status=429), web.Response(text="ok"))
    async with server(answering(*answers)) as url, Session() as session:
        answer = await session.request("POST", url, body=b"x", retry=Retry(attempts=3, first=0.01))
    assert answer.body == b"ok"


async def test_501_and_other_4xx_are_not_tried_again() -> None:
    seen: list[web.Request] = []
    async with server(answering(web.Response(status=501), seen=seen)) as url, Session() as session:
        with pytest.raises(HttpError):
            await session.request("POST", url, retry=Retry(attempts=3, first=0.01))
    assert len(seen) == 1


@pytest.mark.parametrize("date", [False, True], ids=["seconds", "a date"])
async def test_retry_after_is_read(date: bool) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=7), usegmt=True) if date else "7"
    answer = web.Response(status=429, headers={"Retry-After": soon})
    async with server(answering(answer)) as url, Session() as session:
        with pytest.raises(HttpError) as caught:
            await session.request("GET", url)
    assert caught.value.retry_after == pytest.approx(7, abs=1.5)


async def test_credentials_stay_at_their_origin_on_a_redirect() -> None:
    seen: list[web.Request] = []
    async with server(answering(web.Response(text="ok"), seen=seen)) as other:
        redirect = web.Response(status=307, headers={"Location": f"{other}/x"})
        async with server(answering(redirect)) as url, Session() as session:
            headers = {"Authorization": f"Bearer {SECRET}", "X-Token": SECRET, "Content-Type": "text/plain"}
            await session.request("POST", url, headers=headers, body=b"x")
    assert seen[0].headers["Content-Type"] == "text/plain"
    assert SECRET not in str(seen[0].headers)


BAD_TARGETS = {"a file": "file:///etc/passwd", "no host": "http:///x", "nonsense": "http://[x/"}


@pytest.mark.parametrize("target", BAD_TARGETS.values(), ids=BAD_TARGETS.keys())
async def test_a_redirect_to_what_is_no_address_ends_there(target: str) -> None:
    redirect = web.Response(status=302, headers={"Location": target})
    async with server(answering(redirect)) as url, Session() as session:
        with pytest.raises(HttpError) as caught:
            await session.request("GET", url)
    assert caught.value.final


@pytest.mark.parametrize("status", [300, 302, 304])
async def test_3xx_without_a_way_on_is_no_success(status: int) -> None:
    async with server(answering(web.Response(status=status))) as url, Session() as session:
        with pytest.raises(HttpError, match=f"answered {status}") as caught:
            await session.request("GET", url)
    assert caught.value.status == status


async def test_one_objects_cookies_are_not_anothers() -> None:
    seen: list[web.Request] = []
    cookie = web.Response(headers={"Set-Cookie": "session=1"})
    async with server(answering(cookie, web.Response(), seen=seen)) as url, Session() as session:
        await session.request("GET", url)
        await session.request("GET", url)
    assert "Cookie" not in seen[1].headers


async def test_a_header_of_two_lines_is_refused_without_quoting_it() -> None:
    async with server(answering(web.Response())) as url, Session() as session:
        with pytest.raises(HttpError, match="a header is malformed") as caught:
            await session.request("GET", url, headers={"Authorization": f"Bearer {SECRET}\n"})
    assert (caught.value.final, SECRET in str(caught.value)) == (True, False)


async def test_a_retry_that_would_come_too_late_is_not_waited_for() -> None:
    async with server(answering(web.Response(status=503))) as url, Session() as session:
        with pytest.raises(HttpError, match="answered 503"):
            await session.request("GET", url, retry=Retry(attempts=5, first=10), timeout=5)


async def test_a_redirect_within_the_origin_keeps_credentials_and_303_reads() -> None:
    seen: list[web.Request] = []
    redirect = web.Response(status=303, headers={"Location": "/there"})
    async with server(answering(redirect, web.Response(text="ok"), seen=seen)) as url, Session() as session:
        await session.request("POST", url, headers={"Authorization": "Bearer t"}, body=b"x")
    assert [(request.method, request.path) for request in seen] == [("POST", "/"), ("GET", "/there")]
    assert seen[1].headers["Authorization"] == "Bearer t"


async def test_endless_redirects_end() -> None:
    async with server(answering(web.Response(status=302, headers={"Location": "/"}))) as url, Session() as session:
        with pytest.raises(HttpError, match="more than 10 redirects"):
            await session.request("GET", url)


async def test_an_answer_over_the_limit_is_cut_off() -> None:
    async with server(answering(web.Response(body=b"x" * 2_000_000))) as url, Session() as session:
        with pytest.raises(HttpError, match="longer than 1000 bytes"):
            await session.request("GET", url, limit=1000)


async def test_silence_ends_at_the_timeout() -> None:
    async def silent(_request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    async with server(silent) as url, Session() as session:
        with pytest.raises(HttpError, match=r"no answer within 0\.2s"):
            await session.request("GET", url, timeout=0.2)


async def test_a_try_that_the_timeout_cuts_off_leaves_what_the_one_before_said() -> None:
    asked: list[web.Request] = []

    async def busy_then_silent(request: web.Request) -> web.Response:
        asked.append(request)
        if len(asked) > 1:
            await asyncio.sleep(30)
        return web.Response(status=429, headers={"Retry-After": "0"}, text="later")

    async with server(busy_then_silent) as url, Session() as session:
        with pytest.raises(HttpError, match="answered 429: later") as caught:
            await session.request("GET", url, timeout=0.5, retry=Retry(attempts=3))
    assert (len(asked), caught.value.retry_after) == (2, 0)


async def test_nobody_listens() -> None:
    async with Session() as session:
        with pytest.raises(HttpError, match=r"127\.0\.0\.1:9: cannot connect"):
            await session.request("GET", f"http://127.0.0.1:9/{SECRET}")


BAD = {
    "a path": "/etc/passwd",
    "another scheme": "file:///etc/passwd",
    "no host": "http:///x",
    "a broken port": "http://x:99999999/",
    "nothing": "",
}


@pytest.mark.parametrize("url", BAD.values(), ids=BAD.keys())
async def test_what_is_no_address_is_refused(url: str) -> None:
    async with Session() as session:
        with pytest.raises(HttpError) as caught:
            await session.request("GET", url)
    assert caught.value.final


class Proxy:
    """An HTTP proxy that answers plain requests itself and joins CONNECTs to one port of the loopback."""

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self.asked: list[str] = []
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://user:{SECRET}@127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        authorized = "Proxy-Authorization: Basic" in head
        self.asked.append(head.splitlines()[0] + (" as user" if authorized else ""))
        if not head.startswith("CONNECT"):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        elif not self._port:
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        else:
            onward, back = await asyncio.open_connection("127.0.0.1", self._port)
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await asyncio.gather(self._pass(reader, back), self._pass(onward, writer))
            back.close()
        writer.close()

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                target.write(data)
        target.close()


async def test_a_given_proxy_is_used_for_everything() -> None:
    async with Proxy() as proxy, Session() as session:
        assert (await session.request("GET", "http://example.test/a", proxy=proxy.url)).body == b"ok"
        assert (await session.request("GET", "http://127.0.0.1:9/b", proxy=proxy.url)).body == b"ok"
    assert proxy.asked == ["GET http://example.test/a HTTP/1.1 as user", "GET http://127.0.0.1:9/b HTTP/1.1 as user"]


async def test_the_environments_proxy_is_used_where_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Proxy() as proxy, server(answering(web.Response(text="direct"))) as url, Session() as session:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "example.invalid")
        assert (await session.request("GET", "http://example.test/")).body == b"ok"
        assert (await session.request("GET", url)).body == b"direct"
        with pytest.raises(HttpError, match=r"^example\.invalid: cannot connect"):
            await session.request("GET", "http://example.invalid/")
    assert proxy.asked == ["GET http://example.test/ HTTP/1.1 as user"]


async def test_tls_goes_through_a_proxy_unread(tmp_path: Path) -> None:
    context, pem = authority(tmp_path)
    async with server(answering(web.Response(text="ok")), context) as url:
        port = int(url.rpartition(":")[2])
        async with Proxy(port) as proxy, Session() as session:
            assert (await session.request("GET", url, tls=Tls(ca=pem), proxy=proxy.url)).body == b"ok"
    assert proxy.asked == [f"CONNECT 127.0.0.1:{port} HTTP/1.1 as user"]


async def test_what_a_proxy_refuses_is_said_without_its_password() -> None:
    async with Proxy() as proxy, Session() as session:
        with pytest.raises(HttpError, match=r"^example\.test: the proxy 127\.0\.0\.1:\d+ answered 403$"):
            await session.request("GET", "https://example.test/", proxy=proxy.url)
        with pytest.raises(HttpError, match=r"^example\.test: cannot connect to the proxy 127\.0\.0\.1:9: "):
            await session.request("GET", "http://example.test/", proxy=f"http://u:{SECRET}@127.0.0.1:9")


@pytest.mark.parametrize("by", ["argument", "environment"])
async def test_a_proxy_that_cannot_be_used_is_refused(by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = f"socks5://u:{SECRET}@proxy:1080"
    monkeypatch.setenv("HTTP_PROXY", proxy)
    async with Session() as session:
        with pytest.raises(HttpError, match="'socks5' is not supported") as caught:
            await session.request("GET", "http://x/", proxy=proxy if by == "argument" else "")
    assert SECRET not in str(caught.value)


def authority(directory: Path, *, ask: bool = False) -> tuple[ssl.SSLContext, bytes]:
    """A server's TLS, which may ask for the same certificate, and that certificate (its own CA)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    file = directory / "pair.pem"
    file.write_bytes(
        pem
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    if ask:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(file)
    return context, pem


async def test_tls_trusts_the_given_ca_and_nobody_else(tmp_path: Path) -> None:
    context, pem = authority(tmp_path)
    async with server(answering(web.Response(text="ok")), context) as url, Session() as session:
        assert (await session.request("GET", url, tls=Tls(ca=pem))).body == b"ok"
        with pytest.raises(HttpError, match="certificate not trusted") as caught:
            await session.request("GET", url)
    assert caught.value.final


async def test_a_client_certificate_is_shown(tmp_path: Path) -> None:
    context, pem = authority(tmp_path, ask=True)
    key = (tmp_path / "pair.pem").read_bytes().removeprefix(pem)
    async with server(answering(web.Response(text="ok")), context) as url, Session() as session:
        tls = Tls(ca=pem, certificate=pem, key=key)
        assert (await session.request("GET", url, tls=tls)).body == b"ok"
        with pytest.raises(HttpError):
            await session.request("GET", url, tls=Tls(ca=pem))
        for half in (Tls(ca=pem, certificate=pem), Tls(ca=pem, key=key)):
            with pytest.raises(HttpError, match="cannot be read"):
                await session.request("GET", url, tls=half)


async def test_requests_at_the_same_time_share_a_pool_and_old_pools_are_closed(tmp_path: Path) -> None:
    async with server(answering(web.Response(text="ok"))) as url, Session() as session:
        for _number in range(40):
            tls = Tls(ca=authority(tmp_path)[1])
            await asyncio.gather(*(session.request("GET", url, tls=tls) for _ in range(3)))
        assert len([it for it in gc.get_objects() if type(it) is aiohttp.ClientSession and not it.closed]) == 32


async def test_broken_tls_material_is_said_without_quoting_it() -> None:
    async with Session() as session:
        with pytest.raises(HttpError, match="cannot be read") as caught:
            await session.request("GET", "https://127.0.0.1:9/", tls=Tls(ca=b"secret nonsense"))
    assert "nonsense" not in str(caught.value)
