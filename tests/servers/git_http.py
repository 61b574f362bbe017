"""Git over HTTP for tests: the server that the product brings along, and certificates for it."""

import ssl
from pathlib import Path

from local_cluster import certificates
from local_cluster.git_server.http import GitHttpServer

__all__ = ["GitHttpServer", "server_tls"]


def server_tls(directory: Path) -> tuple[ssl.SSLContext, bytes]:
    """A server's TLS context, and the CA (PEM) that signed its certificate."""
    certificates.ensure(directory)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(directory / "server.crt", directory / "server.key")
    return context, (directory / "ca.crt").read_bytes()
