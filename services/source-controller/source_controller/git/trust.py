"""Whose signatures a GitRepository asks for, and what was verified already."""

import hashlib

import msgspec

from source_controller.errors import AuthenticationFailed, InvalidVerificationMode, NotVerified
from source_controller.git.access import read_secret
from source_controller.git.jobs import Verification
from source_controller.git.refs import TAGS, Mode, Wanted
from weir.api.source import GitRepository, GitRepositorySpec
from weir.kube.object import Key
from weir.runtime.run import Run


class Trust:
    """Remembers what was verified, so that a changed key is noticed though the revision is the same."""

    def __init__(self) -> None:
        self._verified: dict[Key, str] = {}

    def knows(self, key: Key, wanted: Verification | None, revision: str) -> bool:
        """Whether the revision was verified with these very keys; also when nothing has to be."""
        return wanted is None or self._verified.get(key) == _fingerprint(wanted, revision)

    def note(self, key: Key, wanted: Verification | None, revision: str) -> None:
        """It was verified."""
        if wanted:
            self._verified[key] = _fingerprint(wanted, revision)
        else:
            self.forget(key)

    def forget(self, key: Key) -> None:
        """The object is gone, or asks for nothing any more."""
        self._verified.pop(key, None)


def mode(spec: GitRepositorySpec) -> str:
    """The mode as the status has it; empty when nothing is verified."""
    return {"head": "HEAD"}.get(spec.verify.mode, spec.verify.mode) if spec.verify else ""


async def read_verification(run: Run[GitRepository], want: Wanted) -> Verification | None:
    """What has to be signed, and the trusted keys. Raises `InvalidVerificationMode`, `NotVerified`."""
    verify = run.object.spec.verify
    if verify is None:
        return None
    wanted = mode(run.object.spec)
    if wanted != "HEAD" and want.mode is not Mode.SEMVER and not want.ref.startswith(TAGS):
        raise InvalidVerificationMode(f"spec.verify.mode {wanted} needs a tag in spec.ref")
    try:
        secret = await read_secret(run, verify.secret_ref.name)
    except AuthenticationFailed as error:
        raise NotVerified(error.message) from error
    if not secret.data:
        raise NotVerified(f"Secret {secret.name} holds no public keys")
    return Verification(commit=wanted != "Tag", tag=wanted != "HEAD", keys=secret.data)


def _fingerprint(wanted: Verification, revision: str) -> str:
    return hashlib.sha256(msgspec.json.encode((wanted, revision), order="sorted")).hexdigest()
