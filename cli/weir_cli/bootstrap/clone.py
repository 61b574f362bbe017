"""A clone of the fleet repository in a folder of its own, by the Git of the user: configuration, credentials."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import git
from git.exc import GitCommandError

from weir_cli.bootstrap.target import Target
from weir_cli.terminal import Halt

_ASK = (
    '#!/bin/sh\ncase "$1" in Username*) printf %s "$WEIR_GIT_USERNAME" ;; *) printf %s "$WEIR_GIT_PASSWORD" ;; esac\n'
)


@dataclass(frozen=True)
class Access:
    """Files that Git is to use besides what the user has configured; empty: none."""

    private_key: str = ""
    ca: str = ""


@dataclass(frozen=True)
class Author:
    """Who commits, and what stands below the message."""

    name: str
    email: str
    appendix: str = ""


class Clone:
    """A working copy of one branch, which may have no commit yet."""

    def __init__(self, repository: git.Repo, target: Target) -> None:
        self._repository = repository
        self._target = target
        self.root = Path(repository.working_dir)

    @property
    def head(self) -> str:
        """The commit it is at; empty: there is none."""
        return self._repository.head.commit.hexsha if self._repository.head.is_valid() else ""

    def write(self, files: Mapping[str, str], *, keep: bool = False) -> str:
        """Write and stage files, with `keep` only those that are not there; the difference to HEAD as text."""
        for path, text in files.items():
            place = self.root / path
            if not place.resolve().is_relative_to(self.root.resolve()) or place.is_symlink():
                raise Halt(f"{path} is or goes through a link in the repository: make it a plain file")
            if keep and place.exists():
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
            self._repository.git.add("--force", "--", path)
        return str(self._repository.git.diff("--cached", "--no-color", "--no-ext-diff"))

    def commit(self, message: str, author: Author) -> str:
        """Commit what is staged, as the user's Git signs or not; the commit, empty when nothing is staged."""
        if not self._repository.git.diff("--cached", "--name-only"):
            return ""
        text = f"{message}\n\n{author.appendix}" if author.appendix else message
        who = {
            f"GIT_{role}_{word}": value
            for role in ("AUTHOR", "COMMITTER")
            for word, value in (("NAME", author.name), ("EMAIL", author.email))
        }
        with self._repository.git.custom_environment(**who):
            _git(lambda: self._repository.git.commit("--quiet", "--message", text), "commit")
        return self.head

    def push(self) -> bool:
        """Push; whether the server took it: not when somebody else has pushed meanwhile. Raises `Halt` when refused."""
        try:
            self._repository.git.push("--quiet", "origin", f"HEAD:refs/heads/{self._target.branch}")
        except GitCommandError as error:
            if "fetch first" in str(error.stderr) or "non-fast-forward" in str(error.stderr):
                return False
            raise Halt(f"cannot push to {self._target.url}: {_last(error)}") from None
        return True


@contextmanager
def cloned(target: Target, access: Access) -> Iterator[Clone]:
    """A clone that goes at the end. Raises `Halt` with what Git says."""
    with TemporaryDirectory(prefix="weir-bootstrap-") as place:
        ask = Path(place, "ask")
        ask.write_text(_ASK, encoding="utf-8")
        ask.chmod(0o700)
        repository = git.Repo.init(Path(place, "clone"), initial_branch=target.branch)
        try:
            repository.git.update_environment(**_environment(target, access, str(ask)))
            repository.git.remote("add", "origin", target.url)
            _fetch(repository, target)
            yield Clone(repository, target)
        finally:
            repository.close()


def _fetch(repository: git.Repo, target: Target) -> None:
    """Take the branch as it is at the server; an empty repository is fine."""
    reference = f"refs/heads/{target.branch}"
    try:
        heads = str(repository.git.ls_remote("--heads", "origin"))
        if not heads:
            return
        start = reference if any(line.endswith(f"\t{reference}") for line in heads.splitlines()) else "HEAD"
        repository.git.fetch("--quiet", "--depth=1", "origin", start)
        repository.git.reset("--hard", "--quiet", "FETCH_HEAD")
    except GitCommandError as error:
        raise Halt(f"cannot clone {target.url}: {_last(error)}") from None


def _environment(target: Target, access: Access, ask: str) -> dict[str, str]:
    environment = {"GIT_TERMINAL_PROMPT": "0"}
    if target.password:
        # What is given counts, and what a helper has stored does not.
        environment |= {"GIT_ASKPASS": ask, "WEIR_GIT_USERNAME": target.username, "WEIR_GIT_PASSWORD": target.password}
        environment |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "credential.helper", "GIT_CONFIG_VALUE_0": ""}
    if access.private_key:
        ssh = os.environ.get("GIT_SSH_COMMAND", "ssh")
        environment["WEIR_GIT_KEY"] = str(Path(access.private_key).absolute())
        environment["GIT_SSH_COMMAND"] = f'{ssh} -o BatchMode=yes -o IdentitiesOnly=yes -i "$WEIR_GIT_KEY"'
    if access.ca:
        environment["GIT_SSL_CAINFO"] = str(Path(access.ca).absolute())
    return environment


def _git(work: object, what: str) -> None:
    assert callable(work)
    try:
        work()
    except GitCommandError as error:
        raise Halt(f"git {what} failed: {_last(error)}") from None


def _last(error: GitCommandError) -> str:
    """What Git says, without the noise."""
    text = str(error.stderr).strip().removeprefix("stderr: '").removesuffix("'")
    return " ".join(text.split()) or f"git ended with {error.status}"
