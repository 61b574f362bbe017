import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_controller.git import command
from source_controller.git.auth import Credentials, address
from source_controller.git.complaint import explain, secrets
from source_controller.git.jobs import Access

URL = "https://git.example/app"


def test_nothing_from_outside_stands_before_the_end_of_options() -> None:
    for arguments in (
        command.list_remote("git", URL, everything=False),
        command.fetch("git", "/m", URL, ["+refs/heads/a:refs/weir/b"], command.LATEST),
    ):
        end = arguments.index("--end-of-options")
        assert URL in arguments[end:]
        assert URL not in arguments[:end]


def test_git_runs_without_hooks_helpers_redirects_and_other_protocols() -> None:
    words = command.git("git", "fetch")
    settings = dict(word.split("=", 1) for word in words if "=" in word)
    assert settings["protocol.allow"] == "never"
    assert settings["protocol.ext.allow"] == "never"
    assert settings["http.followRedirects"] == "false"
    assert settings["core.hooksPath"] == "/dev/null"
    assert settings["credential.helper"] == ""
    assert settings["core.fsmonitor"] == "false"


def test_the_environment_is_made_and_not_inherited() -> None:
    inherited = {
        "PATH": "/bin",
        "HTTPS_PROXY": "http://proxy",
        "GIT_SSH_COMMAND": "evil",
        "GIT_CONFIG_COUNT": "1",
        "TOKEN": "s3cr3t",
        "LD_PRELOAD": "evil.so",
    }
    assert command.environment(inherited, "/private") == {
        "PATH": "/bin",
        "HTTPS_PROXY": "http://proxy",
        "LC_ALL": "C.UTF-8",
        "HOME": "/private",
        "XDG_CONFIG_HOME": "/private",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/private/config",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "https:http:ssh",
        "SSH_ASKPASS": "/private/askpass",
        "SSH_ASKPASS_REQUIRE": "force",
    }


def test_ssh_checks_host_keys_and_asks_nobody() -> None:
    opened = Credentials(identity=b"k", known_hosts=b"h")
    access = Access(address("ssh://h/a"), opened, ssh_algorithms=("curve25519-sha256", "ssh-ed25519"))
    files = command.files(access, "/p q", b"")
    assert set(files) == {"config", "identity", "known_hosts"}
    config = files["config"].decode()
    for word in (
        "StrictHostKeyChecking=yes",
        "'UserKnownHostsFile=/p q/known_hosts'",
        "GlobalKnownHostsFile=/dev/null",
        "IdentitiesOnly=yes",
        "BatchMode=yes",
        "KexAlgorithms=curve25519-sha256",
        "HostKeyAlgorithms=ssh-ed25519",
    ):
        assert word in config


@given(st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_git_reads_back_what_was_written(value: str) -> None:
    files = command.files(Access(address(URL), Credentials(authorization=value)), "/p", b"")
    config = Path(f"/tmp/weir-config-{os.getpid()}")
    config.write_bytes(files["config"])
    try:
        key = "http.https://git.example.extraHeader"
        done = subprocess.run(["git", "config", "-z", "-f", str(config), key], capture_output=True, check=True)
    finally:
        config.unlink()
    assert done.stdout.decode() == f"Authorization: {value}\0"


COMPLAINTS: dict[str, tuple[str, str, str, str]] = {
    "no credentials": (
        "fatal: could not read Username for 'https://git.example': terminal prompts disabled",
        URL,
        "",
        (
            "authentication required: git.example wants credentials and spec.secretRef is not set (could not "
            "read Username for 'https://git.example': terminal prompts disabled)"
        ),
    ),
    "wrong credentials": (
        "fatal: Authentication failed for 'https://git.example/app/'",
        URL,
        "ns/s",
        (
            "authentication failed: git.example refused the credentials of Secret ns/s (Authentication failed for "
            "'https://git.example/app/')"
        ),
    ),
    "a wrong user in the url": (
        "fatal: Authentication failed for 'https://git.example/app/'",
        "https://me@git.example/app",
        "",
        (
            "authentication failed: git.example refused the user in spec.url (Authentication failed for "
            "'https://git.example/app/')"
        ),
    ),
    "a wrong key": (
        (
            "git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.\n\nPlease make sure "
            "you have the correct access rights\nand the repository exists."
        ),
        "ssh://h/a",
        "ns/s",
        "authentication failed: h refused the credentials of Secret ns/s (git@h: Permission denied (publickey).)",
    ),
    "a wrong host key": (
        (
            "No ED25519 host key is known for [h]:22 and you have requested strict checking.\nHost key verification "
            "failed.\nfatal: Could not read from remote repository."
        ),
        "ssh://h/a",
        "ns/s",
        (
            "the host key of h is not the one in key 'known_hosts' of the Secret (No ED25519 host key is known for "
            "[h]:22 and you have requested strict checking.; Host key verification failed.)"
        ),
    ),
    "a redirect": (
        "fatal: unable to access 'https://git.example/app/': The requested URL returned error: 302",
        URL,
        "",
        (
            "git.example redirects elsewhere, which is not followed: https://git.example/app (unable to "
            "access 'https://git.example/app/': The requested URL returned error: 302)"
        ),
    ),
    "not found": (
        "fatal: repository 'https://git.example/app/' not found",
        URL,
        "",
        "not found: https://git.example/app (repository 'https://git.example/app/' not found)",
    ),
    "a host that is not there": (
        "fatal: unable to access 'https://git.example/app/': Could not resolve host: git.example",
        URL,
        "",
        "unable to access 'https://git.example/app/': Could not resolve host: git.example",
    ),
    "a secret in the answer": (
        "remote: your token t0k3n-value is no good\nfatal: unable to access 'x': error: 500",
        URL,
        "ns/s",
        "your token ***** is no good; unable to access 'x': error: 500",
    ),
    "control characters": ("remote: \x1b[31mred\x1b[0m", URL, "", " [31mred [0m"),
    "nothing": ("git ended with signal SIGKILL", URL, "", "git ended with signal SIGKILL"),
}


@pytest.mark.parametrize("case", COMPLAINTS)
def test_complaints_say_what_to_do(case: str) -> None:
    said, url, secret, expected = COMPLAINTS[case]
    hidden = secrets(Access(address(url), Credentials(authorization="Bearer t0k3n-value"), "http://me:pr0xy@h"))
    assert "pr0xy" in hidden
    assert explain(said, address(url), secret, hidden) == expected


def test_complaints_are_short() -> None:
    assert len(explain("x" * 10_000, address(URL), "")) == 600
