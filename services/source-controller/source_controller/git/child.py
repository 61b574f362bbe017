"""What a child does with its one job; it was forked, runs alone in its process group, and ends with it."""

import os
import signal
import ssl
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from resource import RLIMIT_CORE, RLIMIT_FSIZE, setrlimit

import git

from source_controller.git import command, refs, tree
from source_controller.git.jobs import Access, Failure, Fetch, Fetched, Job, Listed, Probe, Reply
from source_controller.git.mirror import HISTORY, Mirror, MirrorError, local
from source_controller.git.pack import CopyError, pack
from source_controller.git.refs import Candidate
from source_controller.git.verify import NotVerified, verify

_REFUSES_COMMITS = ("not our ref", "unadvertised object", "couldn't find remote ref")
_DAMAGED = ("bad object", "corrupt", "unable to read", "shallow file has changed", "did not send all", "missing")
_TAGS_IN_TAGS = 10


class GitFailed(Exception):
    """A git process ended badly; the text is what it said."""


class Child:
    """One job at one remote, with a private directory for its secrets."""

    def __init__(self, executable: str, private: Path) -> None:
        self._git = executable
        self._private = private

    def do(self, job: Job) -> Reply:
        """Do the job; whatever goes wrong is an answer too."""
        try:
            return self._list(job) if isinstance(job, Probe) else self._fetch(job)
        except GitFailed as error:
            return Failure(str(error), "remote")
        except NotVerified as error:
            return Failure(str(error), error.cause)
        except CopyError as error:
            return Failure(str(error), "copy")
        except (tree.TreeError, MirrorError) as error:
            return Failure(str(error))
        except OSError as error:
            return Failure(f"the disk of the source-controller fails: {error.strerror}", "storage")
        except (git.GitError, git.ODBError, ValueError) as error:
            return Failure(f"the repository cannot be read: {type(error).__name__}: {error}")

    def tidy(self, job: Job) -> None:
        """Pack the mirror anew when it has become untidy; nobody waits for it."""
        if not isinstance(job, Fetch) or not Mirror(Path(job.mirror)).untidy():
            return
        mirror = Mirror(Path(job.mirror))
        with mirror.locked(), suppress(GitFailed):
            mirror.drop_unused(time.time())
            self._run(command.git(self._git, f"--git-dir={mirror.directory}", "gc", "--quiet", "--prune=now"))

    def _list(self, job: Probe) -> Listed:
        self._prepare(job.access)
        lines = command.list_remote(self._git, job.access.address.url, everything=job.everything)
        return Listed(refs.listing(self._run(lines)))

    def _fetch(self, job: Fetch) -> Fetched:
        setrlimit(RLIMIT_FSIZE, (job.packing.limits.fetch_bytes, job.packing.limits.fetch_bytes))
        self._prepare(job.access)
        mirror = Mirror(Path(job.mirror))
        os.environ["GIT_DIR"] = job.mirror
        with mirror.locked():
            if not all(mirror.holds(candidate) for candidate in job.candidates):
                self._bring(mirror, job)
            try:
                return self._take(mirror, job)
            except (git.GitError, git.ODBError, ValueError, MirrorError):
                mirror.wipe()  # damaged on disk: everything can be had again
                self._bring(mirror, job)
                return self._take(mirror, job)

    def _bring(self, mirror: Mirror, job: Fetch) -> None:
        try:
            self._network(mirror, job)
        except GitFailed as error:
            if mirror.fresh or not any(word in str(error) for word in _DAMAGED):
                raise
            mirror.wipe()
            self._network(mirror, job)

    def _network(self, mirror: Mirror, job: Fetch) -> None:
        url = job.access.address.url
        specs = [f"+{candidate.ref or candidate.commit}:{local(candidate)}" for candidate in job.candidates]
        try:
            self._run(command.fetch(self._git, str(mirror.directory), url, specs, command.LATEST))
        except GitFailed as error:
            if job.candidates[0].ref or not any(words in str(error) for words in _REFUSES_COMMITS):
                raise
            self._history(mirror, job)

    def _history(self, mirror: Mirror, job: Fetch) -> None:
        """The remote gives no commit by its name: fetch the branches that may hold it, whole."""
        spec = f"+{job.branch}:{HISTORY}{job.branch}" if job.branch else f"+refs/heads/*:{HISTORY}refs/heads/*"
        url = job.access.address.url
        history = [command.UNCUT] if mirror.shallow else []
        self._run(command.fetch(self._git, str(mirror.directory), url, [spec], *history))
        with mirror.open() as repository:
            mirror.keep(repository, job.candidates[0])

    def _take(self, mirror: Mirror, job: Fetch) -> Fetched:
        with mirror.open() as repository:
            found = [(_commit(repository, mirror.object(each)), each) for each in job.candidates]
            commit, candidate = max(found, key=lambda pair: pair[0].committed_date)
            mirror.touch(candidate)
            taken = Candidate(candidate.label, candidate.ref, mirror.object(candidate), commit.hexsha)
            subject = _subject(commit)
            signers = verify(repository, taken, job.verification, self._private) if job.verification else ""
            if taken.revision == job.known:
                return Fetched(taken, subject, verified=signers)
            packed, skipped = pack(commit, job.packing)
            return Fetched(taken, subject, packed.digest, packed.size, signers, skipped)

    def _prepare(self, access: Access) -> None:
        setrlimit(RLIMIT_CORE, (0, 0))
        private = str(self._private)
        authorities = _system_authorities() if access.credentials.ca else b""
        files = command.files(access, private, authorities)
        for name, content in files.items():
            mode = 0o700 if name == command.ASKPASS else 0o600
            with os.fdopen(os.open(self._private / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(content)
        environment = command.environment(os.environ, private)
        os.environ.clear()
        os.environ.update(environment)

    def _run(self, arguments: Sequence[str]) -> bytes:
        done = subprocess.run(  # noqa: S603  the arguments are ours, or checked and behind --end-of-options
            arguments, stdin=subprocess.DEVNULL, capture_output=True, check=False, cwd=self._private
        )
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()
            raise GitFailed(said or f"git ended with {_ending(done.returncode)}")
        return done.stdout


def _commit(repository: git.Repo, name: str) -> git.Commit:
    found = git.Object.new_from_sha(repository, bytes.fromhex(name))
    for _ in range(_TAGS_IN_TAGS):
        if not isinstance(found, git.TagObject):
            break
        found = found.object
    if not isinstance(found, git.Commit):
        raise tree.TreeError(f"object {name} is a {found.type}, not a commit")
    return found


def _subject(commit: git.Commit) -> str:
    message = commit.message
    text = message if isinstance(message, str) else message.decode("utf-8", "replace")
    return text.strip().partition("\n")[0]


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"


def _system_authorities() -> bytes:
    places = ssl.get_default_verify_paths()
    for place in (places.cafile, "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"):
        if place and Path(place).is_file():
            return Path(place).read_bytes()
    return b""
