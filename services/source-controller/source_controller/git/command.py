"""The command lines of git and its configuration: constants, and values that are checked and quoted.

Nothing secret is on a command line or in the environment: it is in files of a private directory. Nothing from a tenant
becomes an option: URLs begin with their scheme, references were checked, and both stand after `--end-of-options`.
"""

import re
import shlex
from collections.abc import Mapping, Sequence

from source_controller.git.auth import Address
from source_controller.git.jobs import Access

HARDENING: Mapping[str, str] = {
    "protocol.allow": "never",
    "protocol.https.allow": "always",
    "protocol.http.allow": "always",
    "protocol.ssh.allow": "always",
    "protocol.ext.allow": "never",
    "protocol.file.allow": "never",
    "http.followRedirects": "false",
    "credential.helper": "",
    "core.askPass": "",
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.attributesFile": "/dev/null",
    "core.excludesFile": "/dev/null",
    "core.alternateRefsCommand": "",
    "init.templateDir": "",
    "fetch.recurseSubmodules": "false",
    "submodule.recurse": "false",
    "filter.lfs.process": "",
    "filter.lfs.smudge": "",
    "filter.lfs.required": "false",
    "transfer.bundleURI": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "fetch.writeCommitGraph": "false",
    "protocol.version": "2",
}
"""What every git process is started with: no code of others, no other protocol, no redirects, no helpers."""

LATEST = "--depth=1"
UNCUT = "--unshallow"
CONFIG = "config"
CA, CERTIFICATE, KEY = "ca.crt", "tls.crt", "tls.key"
IDENTITY, KNOWN_HOSTS, ASKPASS, PASSPHRASE = "identity", "known_hosts", "askpass", "passphrase"


def git(executable: str, *arguments: str) -> list[str]:
    """A hardened git command."""
    settings = [part for key, value in HARDENING.items() for part in ("-c", f"{key}={value}")]
    return [executable, *settings, *arguments]


def list_remote(executable: str, url: str, *, everything: bool) -> list[str]:
    """The command that lists branches and tags of a remote, or all of its references."""
    scope = () if everything else ("--heads", "--tags")
    return git(executable, "ls-remote", "--quiet", *scope, "--end-of-options", url)


def fetch(executable: str, mirror: str, url: str, refspecs: Sequence[str], *history: str) -> list[str]:
    """The command that fetches into a bare mirror; `history` is `LATEST`, `UNCUT`, or nothing for all of it."""
    options = ("--quiet", "--no-progress", "--no-tags", "--force", "--no-write-fetch-head", "--no-recurse-submodules")
    return git(executable, f"--git-dir={mirror}", "fetch", *options, *history, "--end-of-options", url, *refspecs)


def environment(inherited: Mapping[str, str], private: str) -> dict[str, str]:
    """The whole environment of a git process: proxies and trust of the controller, the private configuration."""
    kept = {key: value for key, value in inherited.items() if key in INHERITED}
    return {
        **kept,
        "LC_ALL": "C.UTF-8",
        "HOME": private,
        "XDG_CONFIG_HOME": private,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": f"{private}/{CONFIG}",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "https:http:ssh",
        "SSH_ASKPASS": f"{private}/{ASKPASS}",
        "SSH_ASKPASS_REQUIRE": "force",
    }


INHERITED = frozenset(
    {"PATH", "SSL_CERT_FILE", "SSL_CERT_DIR"}
    | {name for proxy in ("http_proxy", "https_proxy", "no_proxy", "all_proxy") for name in (proxy, proxy.upper())}
)


def files(access: Access, private: str, system_ca: bytes) -> dict[str, bytes]:
    """Files of the private directory, by name: git's configuration and what it points to."""
    where, secret = access.address, access.credentials
    made: dict[str, bytes] = {}
    config: list[tuple[str, str, str]] = []
    if secret.authorization:
        config.append(("http", "extraHeader", f"Authorization: {secret.authorization}"))
    if access.proxy:
        config.append(("http", "proxy", access.proxy))
    if secret.ca:
        made[CA] = system_ca.rstrip() + b"\n" + secret.ca
        config.append(("http", "sslCAInfo", f"{private}/{CA}"))
    if secret.key:
        made |= {CERTIFICATE: secret.certificate, KEY: secret.key}
        config += [("http", "sslCert", f"{private}/{CERTIFICATE}"), ("http", "sslKey", f"{private}/{KEY}")]
    if secret.identity:
        made |= {IDENTITY: secret.identity, KNOWN_HOSTS: secret.known_hosts}
        config.append(("core", "sshCommand", _ssh(private, access.ssh_algorithms, encrypted=bool(secret.passphrase))))
        config.append(("ssh", "variant", "ssh"))
    if secret.passphrase:
        made[PASSPHRASE] = secret.passphrase
        made[ASKPASS] = f"#!/bin/sh\nexec cat {shlex.quote(f'{private}/{PASSPHRASE}')}\n".encode()
    made[CONFIG] = "".join(_setting(where, *entry) for entry in config).encode()
    return made


def _ssh(private: str, algorithms: tuple[str, str], *, encrypted: bool) -> str:
    exchange, host_keys = algorithms
    options = {
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": f"{private}/{KNOWN_HOSTS}",
        "GlobalKnownHostsFile": "/dev/null",
        "IdentitiesOnly": "yes",
        "IdentityAgent": "none",
        "PreferredAuthentications": "publickey",
        "PasswordAuthentication": "no",
        "KbdInteractiveAuthentication": "no",
        "NumberOfPasswordPrompts": "1",
        "ForwardAgent": "no",
        "PermitLocalCommand": "no",
        "UpdateHostKeys": "no",
        "ControlMaster": "no",
        "BatchMode": "no" if encrypted else "yes",
        "LogLevel": "ERROR",
        **({"KexAlgorithms": exchange} if exchange else {}),
        **({"HostKeyAlgorithms": host_keys} if host_keys else {}),
    }
    words = ["ssh", "-F", "/dev/null", "-i", f"{private}/{IDENTITY}"]
    words += [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
    return " ".join(shlex.quote(word) for word in words)


def _setting(where: Address, section: str, key: str, value: str) -> str:
    scope = f' "{_escaped(_origin(where))}"' if section == "http" else ""
    return f'[{section}{scope}]\n\t{key} = "{_escaped(value)}"\n'


def _origin(where: Address) -> str:
    match = re.match(r"https?://[^/?#]+", where.url)
    return match[0] if match else where.url


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
