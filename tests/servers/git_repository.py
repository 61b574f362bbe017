"""A bare repository and its working copy, for tests: commit, tag, push."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

_IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "PATH": os.environ.get("PATH", os.defpath),
}


class Repository:
    """`root/name.git`, made with one branch, `main`."""

    def __init__(self, root: Path, name: str = "app") -> None:
        self.bare = root / f"{name}.git"
        self.work = root / f"{name}-work"
        self.name = f"{name}.git"
        root.mkdir(parents=True, exist_ok=True)
        run("init", "--quiet", "--bare", "--initial-branch=main", str(self.bare))
        run("init", "--quiet", "--initial-branch=main", str(self.work))
        self.git("remote", "add", "origin", str(self.bare))

    def git(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        """Run git in the working copy."""
        return run("-C", str(self.work), *arguments, env=env)

    def commit(
        self, files: Mapping[str, str | bytes | None], message: str = "Change", *, branch: str = "main", when: int = 0
    ) -> str:
        """Write files (None removes), commit, push; the commit's name."""
        for path, content in files.items():
            place = self.work / path
            if content is None:
                place.unlink()
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
        self.git("add", "--all", "--force")
        dates = {f"GIT_{role}_DATE": f"@{when} +0000" for role in ("AUTHOR", "COMMITTER")} if when else {}
        self.git("commit", "--quiet", "--allow-empty", "--message", message, env=dates)
        self.git("push", "--quiet", "--force", "origin", f"HEAD:refs/heads/{branch}")
        return self.head()

    def tag(self, name: str, *, annotated: bool = False) -> None:
        """Tag HEAD and push the tag."""
        self.git("tag", "--force", *(("--annotate", "--message", name) if annotated else ()), name)
        self.git("push", "--quiet", "--force", "origin", f"refs/tags/{name}")

    def head(self) -> str:
        """The commit that HEAD is at."""
        return self.git("rev-parse", "HEAD").strip()


def run(*arguments: str, env: Mapping[str, str] | None = None) -> str:
    """Run git; its output."""
    done = subprocess.run(["git", *arguments], env=_IDENTITY | dict(env or {}), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()
