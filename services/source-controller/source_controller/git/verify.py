"""Is it signed by someone we trust? Runs in a child only."""

from collections.abc import Mapping
from pathlib import Path

import git

from source_controller.git import openpgp, signed, sshsig
from source_controller.git.jobs import Cause, Verification
from source_controller.git.refs import TAGS, Candidate
from source_controller.git.signed import Signed
from source_controller.git.sshsig import SignatureError


class NotVerified(Exception):
    """The signature that is asked for is not there, or no good."""

    def __init__(self, cause: Cause, message: str) -> None:
        super().__init__(message)
        self.cause: Cause = cause


def verify(repository: git.Repo, taken: Candidate, wanted: Verification, private: Path) -> str:
    """Whom the commit, the tag or both are signed by, for people. Raises `NotVerified`."""
    found = []
    if wanted.tag:
        found.append(_tag(repository, taken, wanted.keys, private))
    if wanted.commit:
        found.append(_commit(repository, taken.commit, wanted.keys, private))
    return "\n\t- ".join(["verified signature of", *found])


def _tag(repository: git.Repo, taken: Candidate, keys: Mapping[str, bytes], private: Path) -> str:
    stream = repository.odb.stream(bytes.fromhex(taken.object))
    name = taken.ref.removeprefix(TAGS)
    if stream.type != b"tag":
        message = f"cannot verify tag '{name}': it is a lightweight tag, which has no signature"
        raise NotVerified("InvalidGitObject", message)
    parts = signed.tag(stream.read())
    if not parts.signature:
        raise NotVerified("InvalidGitObject", f"cannot verify tag '{name}@{taken.object}': it has no signature")
    try:
        who = _who(parts, keys, private)
    except SignatureError as error:
        message = f"signature verification of tag '{name}@{taken.object}' failed: {error}"
        raise NotVerified("InvalidTagSignature", message) from error
    return f"tag '{name}@{taken.object}' with key '{who}'"


def _commit(repository: git.Repo, name: str, keys: Mapping[str, bytes], private: Path) -> str:
    parts = signed.commit(repository.odb.stream(bytes.fromhex(name)).read())
    try:
        who = _who(parts, keys, private)
    except SignatureError as error:
        message = f"signature verification of commit '{name}' failed: {error}"
        raise NotVerified("InvalidCommitSignature", message) from error
    return f"commit '{name}' with key '{who}'"


def _who(parts: Signed, keys: Mapping[str, bytes], private: Path) -> str:
    if not parts.signature:
        raise SignatureError("it is not signed")
    if parts.ssh:
        trusted = [sshsig.keys(_text(value)) for name, value in keys.items() if name.endswith(".sshpub")]
        if not trusted:
            raise SignatureError("it has an SSH signature, and no key of the Secret ends with '.sshpub'")
        return sshsig.verify(parts.content, parts.signature, [key for some in trusted for key in some])
    if parts.pgp:
        rings = [value for name, value in keys.items() if not name.endswith(".sshpub")]
        if not rings:
            raise SignatureError("it has an OpenPGP signature, and no key of the Secret ends with '.asc'")
        return openpgp.verify(parts.content, parts.signature, rings, private)
    raise SignatureError("its kind of signature is not supported: OpenPGP and SSH are")


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
