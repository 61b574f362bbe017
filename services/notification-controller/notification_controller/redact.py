"""Taking what is secret out of an error before anyone reads it. Pure."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from notification_controller.message import Config

MASK = "*****"
_SHORTEST, _SHORTEST_PART = 4, 8
"""Shorter values, and shorter parts of an address, occur by chance in any text."""


def redact(text: str, config: Config) -> str:
    """The text without the Provider's token, password, headers, keys, and the secret parts of its addresses."""
    token = config.token_text
    if len(token) > 1:
        text = _mask_token(text, token)
    for secret in sorted(set(_secrets(config)), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def _mask_token(text: str, token: str) -> str:
    """Also mask a token cut by its last character, or with that character repeated."""
    stem, last = token[:-1], token[-1]
    pieces = text.split(stem)
    return MASK.join([pieces[0], *(piece.lstrip(last) for piece in pieces[1:])])


def _secrets(config: Config) -> Iterator[str]:
    values = [config.password, config.nkey, *config.headers.values(), *config.creds.splitlines()]
    for address in (config.address, config.proxy):
        values += _address_secrets(address)
    yield from (value.strip() for value in values if len(value.strip()) >= _SHORTEST)


def _address_secrets(address: str) -> list[str]:
    """The whole address, user information, query, and path: webhook URLs are their own password."""
    try:
        parsed = urlsplit(address)
    except ValueError:
        return [address]
    whole = [address] if parsed.path.strip("/") or parsed.query or parsed.username else []
    parts = [part for part in (parsed.query, parsed.path.strip("/")) if len(part) >= _SHORTEST_PART]
    return [*whole, *parts, parsed.username or "", parsed.password or ""]
