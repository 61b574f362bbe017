import base64

import asyncssh
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from source_controller.git.auth import (
    Address,
    AddressError,
    Credentials,
    CredentialsError,
    Secret,
    address,
    credentials,
    proxy,
)

KEY = asyncssh.generate_private_key("ssh-ed25519").export_private_key()
ENCRYPTED = rsa.generate_private_key(65537, 2048).private_bytes(
    Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"open sesame")
)
HOSTS = b"github.com ssh-ed25519 AAAA\n"

ADDRESSES: dict[str, tuple[str, Address]] = {
    "https": ("https://github.com/org/app.git", Address("https", "github.com", "https://github.com/org/app.git")),
    "a port": ("http://git.example:8080/app", Address("http", "git.example", "http://git.example:8080/app")),
    "a user with a password": (
        "https://me:p%40ss@git.example/app",
        Address("https", "git.example", "https://git.example/app", "me", "p@ss"),
    ),
    "ssh without a user": ("ssh://git.example/app", Address("ssh", "git.example", "ssh://git@git.example/app", "git")),
    "ssh with a user": ("ssh://me@git.example:22/a", Address("ssh", "git.example", "ssh://me@git.example:22/a", "me")),
    "a password for ssh goes": ("ssh://me:x@host/a", Address("ssh", "host", "ssh://me@host/a", "me", "x")),
    "IPv6": ("http://[::1]:80/a", Address("http", "::1", "http://[::1]:80/a")),
    "variables stay as they are": (
        "https://host/$HOME/${TOKEN}/~x",
        Address("https", "host", "https://host/$HOME/${TOKEN}/~x"),
    ),
    "a fragment goes": ("https://host/a?b=c#d", Address("https", "host", "https://host/a?b=c")),
}

REFUSED: dict[str, tuple[str, str]] = {
    "another scheme": ("file:///etc", "URL scheme 'file' is not supported"),
    "a remote helper": ("ext::sh -c x", "URL scheme 'ext' is not supported"),
    "no scheme": ("git@github.com:a/b", "URL scheme '' is not supported"),
    "no host": ("https:///a", "URL needs a host"),
    "a host with a dash": ("ssh://-oProxyCommand=x/a", "neither host nor user of a URL may begin with a dash"),
    "a user with a dash": ("ssh://-oProxyCommand=x@host/a", "neither host nor user of a URL may begin with a dash"),
    "an escaped blank in the user": ("ssh://a%20b@host/a", "neither host nor user of a URL may begin with a dash"),
    "a blank": ("https://host/a b", "may hold no blanks"),
    "a line break": ("https://host/a\nb", "may hold no blanks"),
    "a backslash": ("https://host\\@evil/a", "may hold no blanks"),
    "a broken port": ("https://host:port/a", "URL is malformed"),
    "a broken IPv6 address": ("https://[::1/a", "URL is malformed"),
}


def _basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


HTTP, SSH = "https://git.example/app", "ssh://git@git.example/app"
OPENED: dict[str, tuple[str, dict[str, bytes] | None, Credentials]] = {
    "nothing": (HTTP, None, Credentials()),
    "basic": (HTTP, {"username": b"me", "password": b"pw"}, Credentials(authorization=_basic("me:pw"))),
    "a user without a password": (HTTP, {"username": b"me"}, Credentials(authorization=_basic("me:"))),
    "a user in the url": ("https://me:p%40@h/a", None, Credentials(authorization=_basic("me:p@"))),
    "the Secret's before the url's": (
        "https://me:x@h/a",
        {"username": b"you", "password": b"pw"},
        Credentials(authorization=_basic("you:pw")),
    ),
    "bearer": (HTTP, {"bearerToken": b"t0ken\n"}, Credentials(authorization="Bearer t0ken")),
    "bearer before basic": (
        HTTP,
        {"bearerToken": b"t0ken", "username": b"me", "password": b"\xff"},
        Credentials(authorization="Bearer t0ken"),
    ),
    "ssh": (
        SSH,
        {"identity": KEY, "known_hosts": HOSTS, "username": b"ignored"},
        Credentials(identity=KEY.rstrip() + b"\n", known_hosts=HOSTS),
    ),
    "an encrypted key": (
        SSH,
        {"identity": ENCRYPTED, "known_hosts": HOSTS, "password": b"open sesame"},
        Credentials(identity=ENCRYPTED.rstrip() + b"\n", known_hosts=HOSTS, passphrase=b"open sesame"),
    ),
    "a password that no key needs": (
        SSH,
        {"identity": KEY, "known_hosts": HOSTS, "password": b"unused"},
        Credentials(identity=KEY.rstrip() + b"\n", known_hosts=HOSTS),
    ),
}

USELESS: dict[str, tuple[str, dict[str, bytes] | None, str]] = {
    "ssh without a Secret": (SSH, None, "spec.secretRef is needed for ssh"),
    "ssh without a key": (SSH, {"known_hosts": HOSTS}, "Secret ns/s: key 'identity' is required for ssh"),
    "ssh without known hosts": (SSH, {"identity": KEY, "known_hosts": b" \n"}, "key 'known_hosts' is required for ssh"),
    "no key at all": (
        SSH,
        {"identity": b"hello", "known_hosts": HOSTS},
        "key 'identity' is not a private key",
    ),
    "an encrypted key without a passphrase": (
        SSH,
        {"identity": ENCRYPTED, "known_hosts": HOSTS},
        "Secret ns/s: key 'identity' is encrypted and needs its passphrase in key 'password'",
    ),
    "an encrypted key with a wrong passphrase": (
        SSH,
        {"identity": ENCRYPTED, "known_hosts": HOSTS, "password": b"wr0ng"},
        "Secret ns/s: key 'password' does not open key 'identity'",
    ),
    "a password alone": (HTTP, {"password": b"s3cr3t"}, "Secret ns/s: key 'password' needs key 'username' beside it"),
    "bearer and a user": ("https://me@h/a", {"bearerToken": b"t0ken"}, "key 'bearerToken' excludes a user in spec.url"),
    "an empty token": (HTTP, {"bearerToken": b" "}, "key 'bearerToken' is empty"),
    "a token of two lines": (HTTP, {"bearerToken": b"s3cr3t\r\nX-Evil: 1"}, "key 'bearerToken' is empty or no single"),
    "no text": (HTTP, {"username": b"\xff\xfe"}, "Secret ns/s: key 'username' is not UTF-8 text"),
    "a certificate without its key": (HTTP, {"tls.crt": b"x"}, "keys 'tls.crt' and 'tls.key' only work together"),
    "no certificate": (HTTP, {"ca.crt": b"hello"}, "Secret ns/s: key 'ca.crt' holds no PEM certificate"),
    "no certificate, the old name": (HTTP, {"caFile": b"hello"}, "Secret ns/s: key 'caFile' holds no PEM certificate"),
    "a GitHub App": (HTTP, {"githubAppID": b"1"}, "Secret ns/s holds a GitHub App; set spec.provider to github"),
}


@pytest.mark.parametrize("case", ADDRESSES)
def test_addresses_carry_no_password(case: str) -> None:
    url, expected = ADDRESSES[case]
    assert address(url) == expected
    assert not expected.password or expected.password not in repr(address(url))


@pytest.mark.parametrize("case", REFUSED)
def test_addresses_that_nothing_is_fetched_from(case: str) -> None:
    url, words = REFUSED[case]
    with pytest.raises(AddressError) as caught:
        address(url)
    assert words in str(caught.value)


@pytest.mark.parametrize("case", OPENED)
def test_secrets_open_repositories(case: str) -> None:
    url, data, expected = OPENED[case]
    secret = None if data is None else Secret("ns/s", data)
    found = credentials(address(url), secret)
    assert found == expected
    assert repr(found) == "Credentials(...)"


@pytest.mark.parametrize("case", USELESS)
def test_useless_secrets_are_named_but_not_told(case: str) -> None:
    url, data, words = USELESS[case]
    with pytest.raises(CredentialsError) as caught:
        credentials(address(url), None if data is None else Secret("ns/s", data))
    assert words in str(caught.value)
    assert not any(value in str(caught.value) for value in ("s3cr3t", "wr0ng", "t0ken"))


PROXIES: dict[str, tuple[dict[str, bytes], str]] = {
    "an address": ({"address": b"http://proxy:3128\n"}, "http://proxy:3128"),
    "with credentials": (
        {"address": b"socks5://proxy:1080", "username": b"me", "password": b"p@ss/w"},
        "socks5://me:p%40ss%2Fw@proxy:1080",
    ),
}

NO_PROXIES: dict[str, tuple[dict[str, bytes], str]] = {
    "no address": ({}, "Secret ns/s: key 'address' is no URL with one of http, https, socks5"),
    "another scheme": ({"address": b"ftp://proxy"}, "Secret ns/s: key 'address' is no URL"),
    "a broken port": ({"address": b"http://proxy:x"}, "Secret ns/s: key 'address' is no URL"),
    "too long": ({"address": b"http://" + b"a" * 3000}, "Secret ns/s: key 'address' is no URL"),
    "a password alone": ({"address": b"http://p", "password": b"x"}, "key 'password' needs key 'username' beside it"),
}


@pytest.mark.parametrize("case", PROXIES)
def test_secrets_name_proxies(case: str) -> None:
    data, expected = PROXIES[case]
    assert proxy(Secret("ns/s", data)) == expected


@pytest.mark.parametrize("case", NO_PROXIES)
def test_secrets_that_name_no_proxy(case: str) -> None:
    data, words = NO_PROXIES[case]
    with pytest.raises(CredentialsError) as caught:
        proxy(Secret("ns/s", data))
    assert words in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_an_error(text: str) -> None:
    for url in (text, f"https://{text}", f"ssh://{text}/x"):
        try:
            found = address(url)
        except AddressError:
            continue
        assert found.url.startswith(("http://", "https://", "ssh://"))
        assert not set(found.url) & set(" \n\r\t\0\\")
