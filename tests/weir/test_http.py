"""The way out, against real servers on the loopback."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import IPv4Address
from pathlib import Path

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


async def test_a_proxy_that_cannot_be_used_is_refused() -> None:
    async with Session() as session:
        with pytest.raises(HttpError, match="'socks5' is not supported"):
            await session.request("GET", "http://x/", proxy="socks5://proxy:1080")


def authority(directory: Path) -> tuple[ssl.SSLContext, bytes]:
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
    return context, pem


async def test_tls_trusts_the_given_ca_and_nobody_else(tmp_path: Path) -> None:
    context, pem = authority(tmp_path)
    async with server(answering(web.Response(text="ok")), context) as url, Session() as session:
        assert (await session.request("GET", url, tls=Tls(ca=pem))).body == b"ok"
        with pytest.raises(HttpError, match="certificate not trusted") as caught:
            await session.request("GET", url)
    assert caught.value.final


async def test_broken_tls_material_is_said_without_quoting_it() -> None:
    async with Session() as session:
        with pytest.raises(HttpError, match="cannot be read") as caught:
            await session.request("GET", "https://127.0.0.1:9/", tls=Tls(ca=b"secret nonsense"))
    assert "nonsense" not in str(caught.value)
