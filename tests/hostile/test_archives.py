"""Artifacts that were made to hurt whoever unpacks them (tarfile CVE-2025-4517 and its kin, Argo CD CVE-2023-40584)."""

import asyncio
import gzip
import io
import tarfile
import time
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.hostile.city import GOOD, City
from tests.servers.sink import Sink
from weir import archive


def unique() -> bytes:
    """A good artifact that nobody has seen yet: what is known by its digest is not fetched."""
    return archive.pack({**GOOD, "number": str(time.monotonic_ns()).encode()})


def entry(name: str, type_: bytes = tarfile.REGTYPE, target: str = "", data: bytes = b"x", **pax: str) -> bytes:
    """A tar.gz of one entry, after a good one."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.PAX_FORMAT) as tar:
        good = tarfile.TarInfo("kustomization.yaml")
        tar.addfile(good, io.BytesIO(b""))
        info = tarfile.TarInfo(name)
        info.type, info.linkname, info.size, info.pax_headers = type_, target, len(data), pax
        tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def raw(*, name: bytes = b"a", size: bytes = b"00000000001\0", type_: bytes = b"0") -> bytes:
    """A tar.gz of one header with any bytes in its fields."""
    header = bytearray(name.ljust(124, b"\0") + size.ljust(32, b"\0")[:32] + type_.ljust(356, b"\0"))
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return gzip.compress(bytes(header) + b"x".ljust(512, b"\0") + bytes(1024))


def zeros(count: int) -> bytes:
    """A gzip of a tar with one file of that many zeros, made without holding them."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    info = tarfile.TarInfo("zeros")
    info.size = count
    parts = [packer.compress(info.tobuf())]
    parts += [packer.compress(bytes(1 << 20)) for _ in range(count >> 20)]
    return b"".join(parts) + packer.flush()


def many(count: int) -> bytes:
    """Empty files."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    template = bytearray(tarfile.TarInfo("0" * 7).tobuf())
    base = sum(template) - sum(template[148:156]) + 8 * 0x20 - 7 * 0x30
    parts = []
    for number in range(count):
        name = b"%07d" % number
        template[:7] = name
        template[148:156] = b"%06o\0 " % (base + sum(name))
        parts.append(packer.compress(bytes(template)))
    return b"".join(parts) + packer.flush()


CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    "CVE-2007-4559: out of the root by ..": (lambda: entry("../../../tmp/pwned"), "would leave the root"),
    "CVE-2007-4559: an absolute path": (lambda: entry("/tmp/pwned"), "would leave the root"),
    "a path with .. in its middle": (lambda: entry("a/../../b"), "would leave the root"),
    "CVE-2026-47680: a backslash": (lambda: entry("..\\..\\pwned"), "would leave the root"),
    "a NUL in a pax path": (lambda: entry("a", path="a\0b"), ""),
    "a pax path out of the root": (lambda: entry("a", path="../b"), "would leave the root"),
    "CVE-2025-4138: a link out, and a file through it": (lambda: entry("l", tarfile.SYMTYPE, "/etc", b""), ""),
    "CVE-2025-4517: a long chain of links": (lambda: entry("d" * 247, tarfile.SYMTYPE, "../" * 300, b""), ""),
    "a hard link": (lambda: entry("h", tarfile.LNKTYPE, "../../etc/passwd", b""), "hard link"),
    "a character device": (lambda: entry("d", tarfile.CHRTYPE, data=b""), "device"),
    "a block device": (lambda: entry("d", tarfile.BLKTYPE, data=b""), "device"),
    "a FIFO": (lambda: entry("f", tarfile.FIFOTYPE, data=b""), "FIFO"),
    "a sparse file of a tebibyte": (lambda: entry("s", **{"GNU.sparse.realsize": str(1 << 40)}), "sparse"),
    "an old sparse file": (lambda: entry("s", b"S", data=b""), "sparse"),
    "CVE-2025-8194: a negative size": (lambda: raw(size=b"-0000000001\0"), "negative"),
    "CVE-2025-8194: a negative size in base 256": (lambda: raw(size=b"\xff" * 12), ""),
    "a size beyond everything": (lambda: raw(size=b"77777777777\0"), "ends within a file"),
    "a size that is no number": (lambda: raw(size=b"0x10\0"), "broken number"),
    "a pax size beyond everything": (lambda: entry("a", size="9" * 30), "size"),
    "a pax record that lies about its length": (lambda: raw(name=b"p", type_=b"x"), ""),
    "a name record without an end": (lambda: raw(name=b"././@LongLink", size=b"77777777777\0", type_=b"L"), ""),
    "CVE-2023-40584: zeros, a thousandfold": (lambda: zeros(600 << 20), "larger than"),
    "CVE-2023-40584: two hundred thousand files and some": (lambda: many(200_100), "more than 200000 entries"),
    "half a gzip": (lambda: archive.pack({"a.yaml": bytes(range(256)) * 100})[:-20], "ends too early"),
    "a gzip of a gzip": (lambda: gzip.compress(archive.pack({"a": b"a"})), "ends within a header"),
    "a quine of headers": (lambda: gzip.compress(b"\x1f\x8b" * 5000), "not a tar archive"),
    "no gzip": (lambda: b"PK\x03\x04" + bytes(100), "not a gzip file"),
    "nothing": (lambda: b"", ""),
}


LINKS = ("CVE-2025-4138", "CVE-2025-4517")
"""Symbolic links are left out; what is left is an empty kustomization."""


@pytest.mark.timeout(120)
async def test_tarfile_cve_2025_4517_hostile_artifacts_name_their_entry_and_the_next_one_is_applied(city: City) -> None:
    names = {case: f"case-{number}" for number, case in enumerate(CASES)}
    for case, (make, _) in CASES.items():
        await city.artifact(names[case], await asyncio.to_thread(make))
        await city.kustomization(names[case])
    for case, (_, text) in CASES.items():
        if case.startswith(LINKS):
            await city.ready("Kustomization", names[case])
            continue
        message = await city.failed("Kustomization", names[case], within=60)
        assert text in message, (case, message)
        assert "unexpected" not in message, (case, message)
        assert "artifact" in message, (case, message)
    assert city.suite.memory("kustomize-controller") < 1200 << 20
    await city.goes_on()


DIGESTS = {
    "another content": {"digest": "sha256:" + "0" * 64},
    "no digest to speak of": {"digest": "sha256:e3b0"},
    "CVE-2024-31989: an algorithm that is broken": {"digest": "md5:d41d8cd98f00b204e9800998ecf8427e"},
    "a checksum": {"digest": "crc32:00000000"},
}


async def test_cve_2024_31989_an_artifact_that_was_swapped_is_not_applied(city: City) -> None:
    for number, told in enumerate(DIGESTS.values()):
        await city.artifact(f"d{number}", archive.pack(GOOD), **told)
        await city.kustomization(f"d{number}")
    for number, case in enumerate(DIGESTS):
        assert "digest" in await city.failed("Kustomization", f"d{number}"), case
    assert not await city.has_config("a")


ADDRESSES = (
    "file:///etc/passwd",
    "ftp://127.0.0.1/x",
    "http://[::1",
    "//x",
    "/etc/passwd",
    "http://127.0.0.1:99999/x",
    "data:,x",
)


async def test_argo_cve_2022_24348_an_artifact_is_only_ever_fetched_over_http(city: City) -> None:
    for number, url in enumerate(ADDRESSES):
        await city.artifact(f"u{number}", unique(), url=url)
        await city.kustomization(f"u{number}")
    for number, url in enumerate(ADDRESSES):
        message = await city.failed("Kustomization", f"u{number}")
        assert "artifact cannot be fetched" in message, (url, message)


@pytest.mark.parametrize("status", [403, 404])
async def test_cve_2024_31216_a_token_in_an_address_is_not_told(status: int, city: City, sink: Sink) -> None:
    sink.status = status
    url = sink.url.replace("://", "://canary-user:canary-password@") + "/x.tar.gz?sig=canary-signature"
    await city.artifact("sas", unique(), url=url)
    await city.kustomization("sas")
    await sink.wait()
    message = await city.failed("Kustomization", "sas")
    assert "canary" not in message, message
    assert "canary-" not in city.suite.logs()


async def test_argo_cve_2024_29893_an_answer_of_ten_gibibytes_is_not_read(city: City) -> None:
    async def promise(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.CancelledError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n")
            while True:
                writer.write(bytes(1 << 16))
                await writer.drain()
                await asyncio.sleep(0.01)

    giant = await asyncio.start_server(promise, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{giant.sockets[0].getsockname()[1]}/x"
    await city.artifact("giant", unique(), url=url)
    await city.kustomization("giant")
    assert "artifact cannot be fetched" in await city.failed("Kustomization", "giant", within=30)
    giant.close()
