"""What the controller asks of a child, and what the child answers: JSON over a socket."""

from collections.abc import Mapping
from typing import Literal

from source_controller.git.auth import Address, Credentials
from source_controller.git.refs import Candidate
from weir.api.base import Struct

Cause = Literal[
    "read", "remote", "copy", "storage", "InvalidGitObject", "InvalidTagSignature", "InvalidCommitSignature"
]
"""What failed: reading the tree, the network step, copying an include, the disk, or a verification."""


class Access(Struct):
    """A remote and what opens it."""

    address: Address
    credentials: Credentials
    proxy: str = ""
    """URL of the proxy with its credentials; empty: what the environment says."""
    ssh_algorithms: tuple[str, str] = ("", "")
    """Comma lists for ssh: key exchange, host keys; empty means the defaults."""


class Limits(Struct):
    """What one tree may cost."""

    entries: int = 200_000
    total_bytes: int = 2 << 30
    file_bytes: int = 512 << 20
    depth: int = 100
    fetch_bytes: int = 4 << 30
    """The largest file that git may write, so the largest pack."""


class Include(Struct):
    """An archive that is copied into the tree."""

    archive: str
    """Its file."""
    digest: str
    name: str
    """Of the included object, for messages."""
    source: str = ""
    """The directory of it that is copied; empty: all of it."""
    target: str = ""
    """The directory that is made of it."""


class Packing(Struct):
    """How a tree becomes an archive."""

    target: str
    """The file to write."""
    algorithm: str
    ignore: str | None = None
    sparse: tuple[str, ...] = ()
    includes: tuple[Include, ...] = ()
    limits: Limits = Limits()


class Verification(Struct):
    """What has to be signed, and by whom."""

    commit: bool
    tag: bool
    keys: Mapping[str, bytes]
    """Public keys as in the Secret: `.sshpub` for SSH, everything else OpenPGP."""


class Probe(Struct, tag=True):
    """List branches and tags of a remote, or everything."""

    access: Access
    everything: bool = False


class Fetch(Struct, tag=True):
    """Bring the candidates into the mirror, take the one with the latest commit, pack its tree."""

    access: Access
    mirror: str
    candidates: tuple[Candidate, ...]
    packing: Packing
    verification: Verification | None = None
    branch: str = ""
    """Where a commit is searched when the remote does not give it by name: a full reference, or all branches."""
    known: str = ""
    """The revision that is packed already: when it turns out the same, nothing is packed."""


class Listed(Struct, tag=True):
    """References of a remote and their objects; peeled tags carry the suffix `^{}`."""

    refs: dict[str, str]


class Fetched(Struct, tag=True):
    """The commit that was taken, and the archive of its tree; `digest` is empty when it was known."""

    candidate: Candidate
    subject: str
    digest: str = ""
    size: int = 0
    verified: str = ""
    """Whose signature it carries, for people; empty when nobody asked."""
    skipped: tuple[str, ...] = ()
    """Entries left out because an artifact cannot hold them: links, submodules, odd names; the first few."""


class Failure(Struct, tag=True):
    """It went wrong: what git or the reader said, and at which step."""

    message: str
    cause: Cause = "read"


Job = Probe | Fetch
Reply = Listed | Fetched | Failure
