"""Which files stay out of an artifact: `.sourceignore` and `spec.ignore`.

The language is gitignore's with the differences that Flux inherits from go-git: the last match over the whole list wins
and each path is judged on its own, so a file below an excluded directory can be included again.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

FILE = ".sourceignore"
"""Name of the file of rules; it is read in every directory."""

VCS = (".git/", ".gitignore", ".gitmodules", ".gitattributes")
"""Always excluded, with the lowest priority."""

DEFAULTS = (
    *VCS,
    *("*.jpg", "*.jpeg", "*.gif", "*.png", "*.wmv", "*.flv", "*.tar.gz", "*.zip"),
    *(".github/", ".circleci/", ".travis.yml", ".gitlab-ci.yml", "appveyor.yml", ".drone.yml"),
    *("cloudbuild.yaml", "codeship-services.yml", "codeship-steps.yml"),
    *("**/.goreleaser.yml", "**/.sops.yaml", "**/.flux.yaml"),
)
"""Excluded when there is no rule anywhere."""

Parts = Sequence[str]
"""A path, split at its slashes."""


class Glob(NamedTuple):
    """One element of a pattern, in the grammar of Go's `path.Match`; `tokens` None never matches."""

    text: str
    tokens: tuple["Token", ...] | None
    literal: bool
    """Whether only the text itself matches."""
    suffix: str
    """Of a star and plain text, which most patterns are: the plain text."""


class Token(NamedTuple):
    """What matches one character: a set of ranges, maybe negated; `star` any number of any character."""

    ranges: tuple[tuple[str, str], ...] = ()
    negated: bool = False
    star: bool = False


class Pattern(NamedTuple):
    """One rule, scoped to a directory."""

    domain: tuple[str, ...]
    globs: tuple[Glob, ...]
    include: bool
    directories_only: bool


def read(text: str, domain: Iterable[str] = ()) -> tuple[Pattern, ...]:
    """The rules of a file in that directory; blank lines and those that begin with `#` hold none."""
    lines = (line.removesuffix("\r") for line in text.split("\n"))
    return tuple(_pattern(line, tuple(domain)) for line in lines if line.strip() and not line.startswith("#"))


def complete(found: Sequence[Pattern]) -> tuple[Pattern, ...]:
    """The rules with the defaults below them: only those of version control as soon as there is a rule at all."""
    return (*read("\n".join(VCS if found else DEFAULTS)), *found)


def excluded(patterns: Sequence[Pattern], path: Parts, *, directory: bool) -> bool:
    """Whether the path stays out: the last rule that matches decides."""
    for pattern in reversed(patterns):
        if _matches(pattern, path, directory=directory):
            return not pattern.include
    return False


def _pattern(line: str, domain: tuple[str, ...]) -> Pattern:
    include = line.startswith("!")
    text = line[1:] if include else line
    if not text.endswith("\\ "):
        text = text.rstrip(" ")
    directories_only = text.endswith("/")
    text = text.removesuffix("/")
    return Pattern(domain, tuple(_glob(part) for part in text.split("/")), include, directories_only)


def _matches(pattern: Pattern, path: Parts, *, directory: bool) -> bool:
    depth = len(pattern.domain)
    if len(path) <= depth or tuple(path[:depth]) != pattern.domain:
        return False
    rest = path[depth:]
    if len(pattern.globs) == 1:
        return _matches_any_element(pattern, rest, directory=directory)
    return _matches_anchored(pattern, rest, directory=directory)


def _matches_any_element(pattern: Pattern, path: Parts, *, directory: bool) -> bool:
    glob = pattern.globs[0]
    if glob.tokens is None:
        return False
    for index, name in enumerate(path):
        if _element(glob, name):
            # Only the first hit counts: the path itself must be a directory, a leading part always is one.
            return directory or index < len(path) - 1 or not pattern.directories_only
    return False


def _matches_anchored(pattern: Pattern, path: Parts, *, directory: bool) -> bool:
    position, matched, across = 0, False, False
    for index, glob in enumerate(pattern.globs):
        if not glob.text:
            across = False
            continue
        if glob.text == "**":
            if index == len(pattern.globs) - 1:
                break
            across = True
            continue
        if "**" in glob.text or glob.tokens is None or position >= len(path):
            return False
        if across:  # the first hit is taken, without trying later ones
            position, matched = _first_hit(glob, path, position)
            across = False
        elif _element(glob, path[position]):
            position, matched = position + 1, True
        else:
            return False
    return matched and (directory or position < len(path) or not pattern.directories_only)


def _first_hit(glob: Glob, path: Parts, position: int) -> tuple[int, bool]:
    for index in range(position, len(path)):
        if _element(glob, path[index]):
            return index + 1, True
    return len(path), False


def _glob(text: str) -> Glob:
    suffix = text[1:] if text.startswith("*") and _plain(text[1:]) else ""
    return Glob(text, _tokens(text), _plain(text), suffix)


def _plain(text: str) -> bool:
    return not any(character in text for character in "*?[\\")


def _element(glob: Glob, name: str) -> bool:
    if glob.literal:
        return name == glob.text
    return name.endswith(glob.suffix) if glob.suffix else _wildcard(glob.tokens or (), name)


def _wildcard(tokens: tuple[Token, ...], name: str) -> bool:
    """Whether tokens match the whole name; one point of return is enough, so time is bounded by their product."""
    token = at = 0
    star, resume = -1, 0
    while at < len(name):
        if token < len(tokens) and tokens[token].star:
            star, resume = token, at
            token += 1
        elif token < len(tokens) and _accepts(tokens[token], name[at]):
            token, at = token + 1, at + 1
        elif star >= 0:
            resume += 1
            token, at = star + 1, resume
        else:
            return False
    return all(rest.star for rest in tokens[token:])


def _accepts(token: Token, character: str) -> bool:
    return any(low <= character <= high for low, high in token.ranges) != token.negated


def _tokens(text: str) -> tuple[Token, ...] | None:
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        character = text[at]
        if character == "*":
            tokens.append(Token(star=True))
        elif character == "?":
            tokens.append(Token(negated=True))
        elif character == "[":
            found = _character_class(text, at + 1)
            if found is None:
                return None
            token, at = found
            tokens.append(token)
            continue
        else:
            at += character == "\\"
            if at == len(text):
                return None
            tokens.append(Token(((text[at], text[at]),)))
        at += 1
    return tuple(tokens)


def _character_class(text: str, at: int) -> tuple[Token, int] | None:
    negated = text[at : at + 1] == "^"
    at += negated
    ranges: list[tuple[str, str]] = []
    while text[at : at + 1] != "]" or not ranges:
        low, at = _class_character(text, at)
        high = low
        if low and text[at : at + 1] == "-":
            high, at = _class_character(text, at + 1)
        if not low or not high:
            return None
        ranges.append((low, high))
    return Token(tuple(ranges), negated), at + 1


def _class_character(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 1] in {"-", "]"}:
        return "", at
    at += text[at : at + 1] == "\\"
    return text[at : at + 1], at + 1
