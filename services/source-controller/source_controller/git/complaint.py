"""What git said, in a sentence that tells what to do; nothing secret in it."""

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from source_controller.git.auth import Address
from source_controller.git.jobs import Access

_LONGEST = 600

_KNOWN: tuple[tuple[str, str], ...] = (
    (
        r"could not read (User|Pass)|Authentication failed|error: 40[13]|Permission denied \(|Load key|passphrase",
        "{refused}",
    ),
    (
        r"Host key verification failed|host key is known|REMOTE HOST IDENTIFICATION",
        "the host key of {host} is not the one in key 'known_hosts' of the Secret",
    ),
    (r"no matching host key type", "{host} offers no host key of a kind that key 'known_hosts' of the Secret lists"),
    (r"returned error: 30\d|unable to update url base", "{host} redirects elsewhere, which is not followed: {url}"),
    (r"returned error: 404|repository '.*' not found|does not appear to be a git repository", "not found: {url}"),
    (r"certificate|SSL|TLS|gnutls", "TLS with {host} failed"),
    (r"File size limit exceeded|SIGXFSZ", "the repository is larger than allowed"),
)


def explain(said: str, where: Address, secret_name: str, values: Iterable[str] = ()) -> str:
    """A message for people: the likely cause first, git's own last words in brackets after it.

    `values` are secrets that must not appear.
    """
    words = _last_words(said, values)
    for pattern, text in _KNOWN:
        if re.search(pattern, said):
            return f"{text.format(host=where.host, url=where.url, refused=_refused(where, secret_name))} ({words})"
    return words


def _refused(where: Address, secret_name: str) -> str:
    if secret_name:
        return f"authentication failed: {where.host} refused the credentials of Secret {secret_name}"
    if where.user:
        return f"authentication failed: {where.host} refused the user in spec.url"
    return f"authentication required: {where.host} wants credentials and spec.secretRef is not set"


def secrets(access: Access) -> tuple[str, ...]:
    """The texts that no message may hold."""
    header = access.credentials.authorization.partition(" ")[2]
    passphrase = access.credentials.passphrase.decode("utf-8", "replace")
    proxy = urlsplit(access.proxy).password or ""
    return tuple(text for text in (header, passphrase, proxy, unquote(proxy)) if len(text) > 3)


def _last_words(said: str, values: Iterable[str]) -> str:
    lines = [line.strip() for line in said.splitlines()]
    kept = [re.sub(r"^(fatal|error|remote): ", "", line) for line in lines if line and not _NOISE.search(line)]
    text = "; ".join(dict.fromkeys(kept)) or said.strip()
    for value in values:
        text = text.replace(value, "*****")
    text = "".join(character if character.isprintable() else " " for character in text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


_NOISE = re.compile(
    r"^(Please make sure you have the correct access rights|and the repository exists|warning:|@@@|hint:)"
    r"|^fatal: Could not read from remote repository\.$"
)
