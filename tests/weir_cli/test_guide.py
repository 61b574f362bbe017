"""The guide: the API server takes every manifest, the command line every `weir` line, every link leads somewhere."""

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest

from tests.weir_cli.stage import Stage
from weir import yaml
from weir_cli.main import cli

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs/guide").glob("*.md"))


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


MANIFESTS = [(page.stem, text) for page in PAGES for text in blocks(page, "yaml")]
LINES = sorted(
    {
        line.partition(" #")[0].strip()
        for page in (*PAGES, ROOT / "README.md")
        for text in blocks(page, "sh") + blocks(page, "")
        for line in text.splitlines()
        if line.startswith("weir ")
    }
)


@pytest.mark.parametrize(("page", "text"), MANIFESTS, ids=[page for page, _text in MANIFESTS])
def test_manifests_are_taken(stage: Stage, page: str, text: str) -> None:
    documents: list[dict[str, Any]] = yaml.load_all(text)
    for body in documents:
        if body["metadata"].get("namespace") == "team-a":
            body["metadata"]["namespace"] = "default"  # a dry run makes no namespace for what comes after it
    applied = "---\n".join(map(yaml.dump, documents))
    stage.kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", stdin=applied)


@pytest.mark.parametrize("line", LINES)
def test_commands_are_understood(line: str) -> None:
    there = line.replace("~/.kube/config", __file__)  # some file that exists
    words = shlex.split(there.replace("~", "/tmp"))[1:]
    with cli.make_context("weir", words) as ctx:
        rest = [*ctx._protected_args, *ctx.args]  # noqa: SLF001  what a group hands on
        command: click.Command | None = cli
        while isinstance(command, click.Group):
            command = command.get_command(ctx, rest.pop(0))
        assert command is not None
        command.make_context(command.name, rest, parent=ctx)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
