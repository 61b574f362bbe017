# ruff: noqa: E501  a table of hostile input reads best with one case a line
"""URLs, references and redirects that have carried attacks before, against the running suite."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from source_controller.git.auth import AddressError, address
from tests.hostile.city import City, ready
from tests.servers.git_http import GitHttpServer
from tests.servers.git_repository import Repository
from tests.servers.git_ssh import GitSshServer
from tests.servers.sink import Sink
from weir.kube.errors import Invalid

URLS: dict[str, str] = {
    "CVE-2022-24439: a helper program": "ext::sh -c touch% {marker}",
    "CVE-2023-40267: a helper behind a scheme": "https::ext::sh -c touch% {marker}",
    "go-git CVE-2025-21613: an option": "--upload-pack=touch {marker}",
    "go-git CVE-2025-21613: an option behind a scheme": "ssh://--upload-pack=touch {marker}/x",
    "CVE-2017-1000117: an option of ssh as the host": "ssh://-oProxyCommand=touch%20{marker}/x",
    "CVE-2017-1000117: an option of ssh as the user": "ssh://-oProxyCommand=touch%20{marker}@127.0.0.1/x",
    "an option of ssh, encoded": "ssh://%2doProxyCommand=touch%20{marker}@127.0.0.1/x",
    "local files": "file:///etc",
    "a path": "/etc",
    "no host": "https:///etc",
    "git's own protocol": "git://127.0.0.1/x",
    "an scp address": "git@127.0.0.1:x",
    "a line break: CVE-2026 wave, newline in configuration": 'https://127.0.0.1/x\n[core]\n\tsshCommand = "touch {marker}"',
    "a line break in the host": "https://127.0.0.1\n/x",
    "a line break, encoded, in the user": "ssh://git%0aProxyCommand@127.0.0.1/x",
    "a backslash": "https://127.0.0.1\\@example.org/x",
    "a blank": "https://127.0.0.1/x --upload-pack=y",
    "a port that is none": "https://127.0.0.1:99999/x",
    "half an IPv6 address": "https://[::1/x",
}


@pytest.mark.parametrize("case", URLS)
def test_urls_that_run_something_are_none(case: str, marker: Path) -> None:
    with pytest.raises(AddressError) as caught:
        address(URLS[case].format(marker=marker))
    assert str(marker) not in str(caught.value)


async def test_cve_2022_24439_hostile_urls_end_in_a_condition_or_are_refused_by_the_api(
    city: City, marker: Path
) -> None:
    made = []
    for number, url in enumerate(URLS.values()):
        try:
            await city.repository(f"r{number}", url.format(marker=marker))
        except Invalid:
            continue
        made.append(f"r{number}")
    assert len(made) >= 5
    for name in made:
        assert "URL" in await city.failed("GitRepository", name)


async def test_cve_2026_gitpython_environment_expansion_variables_and_tildes_arrive_literally(
    city: City, sink: Sink
) -> None:
    sink.status = 404
    for number, path in enumerate(
        ("$HOME/app.git", "${PATH}/app.git", "~/app.git", "~root/app.git", "%24HOME/$(id)/`id`")
    ):
        await city.repository(f"r{number}", f"{sink.url}/{path}")
        await city.failed("GitRepository", f"r{number}")
        asked = [request.target.partition("?")[0] for request in sink.requests]
        assert set(asked) == {f"/{path}/info/refs"}
        sink.requests.clear()


async def test_go_git_cve_2026_45570_a_path_over_ssh_is_one_literal_word(
    city: City, repository: Repository, tmp_path: Path, marker: Path
) -> None:
    name = f"a'b;touch {marker.name};$(touch {marker.name}).git".replace(" ", "$IFS")
    repository.bare.rename(tmp_path / "git" / name)
    async with GitSshServer(tmp_path / "git") as server:
        await city.secret("ssh", {"identity": server.identity, "known_hosts": server.known_hosts})
        await city.repository("app", f"{server.url}/{name}", secretRef={"name": "ssh"})
        await city.ready("GitRepository", "app")
        assert server.commands
        assert not any("touch " in command for command in server.commands)


REFS: dict[str, tuple[Mapping[str, str], str]] = {
    "CVE-2023-41040: out of the directory of references": ({"name": "refs/heads/../../../etc/passwd"}, "name"),
    "go-git CVE-2026-71556: a branch with ..": ({"branch": "../../x"}, "branch"),
    "an option as a branch": ({"branch": "--upload-pack=touch"}, "couldn't find"),
    "an option as a name": ({"name": "--upload-pack=touch"}, "name"),
    "an option as a tag": ({"tag": "-x"}, "couldn't find"),
    "a refspec": ({"branch": "main:refs/heads/x"}, "branch"),
    "a forced refspec": ({"name": "+refs/heads/main"}, "couldn't find"),
    "a glob": ({"name": "refs/heads/*"}, "name"),
    "a line break": ({"branch": "main\nrefs/heads/other"}, "branch"),
    "a NUL": ({"branch": "main\0"}, "branch"),
    "reflog syntax": ({"branch": "main@{1}"}, "branch"),
    "an absolute path": ({"name": "/etc/passwd"}, "name"),
    "a lock file": ({"branch": "main.lock"}, "branch"),
    "a commit that is an option": ({"commit": "--output=/tmp/x"}, "commit"),
    "a commit that is a revision": ({"commit": "HEAD~1"}, "commit"),
    "a range with a shell in it": ({"semver": "1.x; touch /tmp/x"}, "semver"),
    "a range that explodes": ({"semver": " || ".join([">=1.0.0"] * 20_000)}, "semver"),
    "a very long name": ({"branch": "x" * 5000}, "branch"),
}


async def test_cve_2023_41040_hostile_references_are_refused_or_absent(
    city: City, repository: Repository, server: GitHttpServer
) -> None:
    for number, (ref, _) in enumerate(REFS.values()):
        await city.repository(f"r{number}", f"{server.url}/app.git", ref=ref)
    for number, (case, (_, text)) in enumerate(REFS.items()):
        assert text in await city.failed("GitRepository", f"r{number}"), case
    await city.repository("app", f"{server.url}/app.git")
    await city.ready("GitRepository", "app")


REDIRECTS = {
    "another port": "{url}",
    "another scheme": "ssh://git@127.0.0.1:{port}",
    "a file": "file:///etc",
    "a helper": "ext::sh -c true",
}


@pytest.mark.parametrize("case", REDIRECTS)
async def test_go_git_cve_2026_41506_credentials_do_not_follow_a_redirect(case: str, city: City, sink: Sink) -> None:
    other = Sink()
    await other.start()
    target = REDIRECTS[case].format(url=other.url, port=other.port)
    sink.status, sink.reply_headers = 302, {"Location": f"{target}/app.git/info/refs?service=git-upload-pack"}
    await city.secret("login", {"username": "git", "password": "canary-redirect"})
    await city.repository("app", f"{sink.url}/app.git", secretRef={"name": "login"})
    message = await city.failed("GitRepository", "app")
    await other.stop()
    assert "redirects elsewhere, which is not followed" in message
    assert sink.requests
    assert other.requests == []
    assert "canary-redirect" not in message


async def test_fleet_cve_2025_23390_an_unknown_or_changed_host_key_ends_the_connection(
    city: City, repository: Repository, tmp_path: Path
) -> None:
    async with GitSshServer(tmp_path / "git") as server, GitSshServer(tmp_path / "git") as other:
        place, _, _ = server.known_hosts.partition(" ")
        cases = {
            "changed": f"{place} {other.known_hosts.partition(' ')[2]}",
            "unknown": other.known_hosts,
            "rubbish": "not a line of known_hosts",
            "somebody-elses": f"example.org {server.known_hosts.partition(' ')[2]}",
            "an-authority-of-nobody": f"@cert-authority {server.known_hosts}",
            "revoked": f"@revoked {server.known_hosts}",
        }
        for name, hosts in cases.items():
            await city.secret(name, {"identity": server.identity, "known_hosts": hosts})
            await city.repository(name, f"{server.url}/app.git", secretRef={"name": name})
        for name in cases:
            assert "the host key of 127.0.0.1" in await city.failed("GitRepository", name), name
        await city.secret("empty", {"identity": server.identity, "known_hosts": ""})
        await city.repository("empty", f"{server.url}/app.git", secretRef={"name": "empty"})
        assert "'known_hosts' is required" in await city.failed("GitRepository", "empty")
        assert server.commands == []


def packets(*lines: str) -> bytes:
    """Lines as Git frames them; an empty one is a flush (gitprotocol-common)."""
    return b"".join(b"%04x%b" % (len(line.encode()) + 4, line.encode()) if line else b"0000" for line in lines)


async def test_go_git_cve_2026_71556_references_that_a_hostile_server_invents_go_nowhere(
    city: City, sink: Sink
) -> None:
    commit = "1" * 40
    names = [
        "refs/heads/../../../../etc/x",
        "refs/tags/../../hooks/post-update",
        "refs/tags/v1.0.0/../x",
        "--upload-pack=x",
    ]
    first = f"{commit} HEAD\0multi_ack side-band-64k ofs-delta\n"
    sink.reply = packets("# service=git-upload-pack\n", "", first, *(f"{commit} {name}\n" for name in names), "")
    sink.reply_headers = {"Content-Type": "application/x-git-upload-pack-advertisement"}
    refs: dict[str, dict[str, Any]] = {"branch": {"branch": "main"}, "range": {"semver": "*"}, "tag": {"tag": "v1.0.0"}}
    for name, ref in refs.items():
        await city.repository(name, f"{sink.url}/app.git", ref=ref)
    for name in refs:
        message = await city.failed("GitRepository", name)
        assert ready(await city.read("GitRepository", name))["reason"] == "GitOperationFailed", message
    assert {request.method for request in sink.requests} == {"GET"}, "nothing was fetched"


@pytest.mark.parametrize(
    "reply",
    [b"", b"0000", b"ffff", b"zzzz", b"001e# service=git-upload-pack\n0000" + b"0004" * 10_000, b"\xff" * 100_000],
)
async def test_go_git_cve_2023_49568_rubbish_from_a_server_is_an_error_in_time(
    reply: bytes, city: City, sink: Sink
) -> None:
    sink.reply, sink.reply_headers = reply, {"Content-Type": "application/x-git-upload-pack-advertisement"}
    await city.repository("app", f"{sink.url}/app.git", timeout="5s")
    assert await city.failed("GitRepository", "app")
