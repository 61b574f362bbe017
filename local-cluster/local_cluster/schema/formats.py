"""The formats of strings that the API server checks in custom resources (kube-openapi `strfmt`)."""

import base64
import binascii
import datetime as dt
import ipaddress
import re
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

from weir.api.duration import seconds

_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})")
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_HOSTNAME = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_MAC = re.compile(r"([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_LONG_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


def _reads(read: Callable[[str], object]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            read(text)
        except (ValueError, binascii.Error):
            return False
        return True

    return check


def _uri(text: str) -> bool:
    parts = urlsplit(text)
    return (bool(parts.scheme) and " " not in text) or text.startswith("/")


CHECKS: dict[str, Callable[[str], object]] = {
    "date": _reads(dt.date.fromisoformat),
    "date-time": _DATE_TIME.fullmatch,
    "datetime": _DATE_TIME.fullmatch,
    "duration": _reads(seconds),
    "email": _EMAIL.fullmatch,
    "hostname": _HOSTNAME.fullmatch,
    "ipv4": _reads(ipaddress.IPv4Address),
    "ipv6": _reads(ipaddress.IPv6Address),
    "ip": _reads(ipaddress.ip_address),
    "cidr": _reads(ipaddress.ip_network),
    "mac": _MAC.fullmatch,
    "uri": _uri,
    "uuid": _reads(uuid.UUID),
    "byte": _reads(lambda text: base64.b64decode(text, validate=True)),
    "k8s-short-name": _LABEL.fullmatch,
    "k8s-long-name": _LONG_NAME.fullmatch,
}
