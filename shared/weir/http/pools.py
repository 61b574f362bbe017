"""Connections by TLS material."""

import asyncio
import hashlib
import os
import ssl
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from weir.api.base import Struct
from weir.http.errors import HttpError

_MOST_POOLS = 32
"""Pools that are kept although nobody uses them."""


class Tls(Struct):
    """PEM texts. A CA replaces the system's; certificate and key come together or not at all."""

    ca: bytes = b""
    certificate: bytes = b""
    key: bytes = b""


class _Pool:
    """The connections of one set of TLS material, and how many requests use them now."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session
        self.users = 0


class Pools:
    """The pools of all TLS material in use, and of some that was lately."""

    def __init__(self, user_agent: str) -> None:
        self._user_agent = user_agent
        self._pools: dict[str, _Pool] = {}
        """By fingerprint, the last used at the end."""

    async def close(self) -> None:
        """Close every connection."""
        while self._pools:
            await self._pools.popitem()[1].session.close()

    @asynccontextmanager
    async def of(self, tls: Tls, host: str) -> AsyncIterator[aiohttp.ClientSession]:
        """The pool of the material, kept open while it is used."""
        fingerprint = hashlib.sha256(b"\0".join((tls.ca, tls.certificate, tls.key))).hexdigest()
        if fingerprint not in self._pools:
            try:
                context = await asyncio.to_thread(_context, tls)
            except (ssl.SSLError, ValueError):
                raise HttpError(f"{host}: the TLS certificate, key or CA cannot be read", final=True) from None
            if fingerprint not in self._pools:  # nobody else made it meanwhile
                self._pools[fingerprint] = _Pool(self._session(context))
        pool = self._pools[fingerprint] = self._pools.pop(fingerprint)
        pool.users += 1
        try:
            yield pool.session
        finally:
            pool.users -= 1
            await self._trim()

    def _session(self, context: ssl.SSLContext) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=context, limit_per_host=32),
            # One object's cookies are not another's, and a netrc file is nobody's here (trust_env would read it).
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=30),
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "identity"},
            auto_decompress=False,
        )

    async def _trim(self) -> None:
        """Close what was not used for long: tenants change their certificates as often as they like."""
        for fingerprint in [name for name, pool in self._pools.items() if not pool.users][:-_MOST_POOLS]:
            await self._pools.pop(fingerprint).session.close()


def _context(tls: Tls) -> ssl.SSLContext:
    """The TLS settings of the material; verification is always on."""
    if bool(tls.certificate) != bool(tls.key):
        raise ValueError("a certificate needs its key and a key its certificate")
    context = ssl.create_default_context(cadata=tls.ca.decode() if tls.ca else None)
    if tls.certificate:
        # Python's ssl reads key pairs from files only.
        descriptor, name = tempfile.mkstemp()
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(tls.certificate + b"\n" + tls.key)
            context.load_cert_chain(name, password=lambda: "")  # OpenSSL would ask the terminal
        finally:
            Path(name).unlink()
    return context
