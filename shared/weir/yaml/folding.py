"""What becomes of a folded text (`>`) that kustomize writes and reads again on its way to the output.

go-yaml puts a line too many before lines that are indented more, and folds too much when the first line is indented.
Results have to be the same.
"""

import re

_UNFIT = "[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff\U00010000-\U0010ffff]| \n| \\Z"
"""It writes a text with one of these in double quotes, and that loses nothing."""
_BLANK = frozenset((" ", "\t"))


def refolded(text: str) -> str:
    """The text of a folded scalar after it was written and read once."""
    body = text.lstrip("\n")
    if "\n" not in body or re.search(_UNFIT, text):
        return text
    spaced = body[0] not in _BLANK
    pieces = re.split("(\n+)", body)
    for place in range(1, len(pieces), 2):
        before, breaks, after = pieces[place - 1 : place + 2]
        if before[0] not in _BLANK:
            pieces[place] = _between(len(breaks), after, spaced=spaced)
    return text[: len(text) - len(body)] + "".join(pieces)


def _between(breaks: int, after: str, *, spaced: bool) -> str:
    """The line breaks behind a line that is not indented; `spaced`: one more was written."""
    if not after:
        return "\n" * (breaks + (spaced and breaks > 1))
    if after[0] in _BLANK:
        return "\n" * (breaks + spaced)
    return "\n" * breaks if spaced else "\n" * (breaks - 1) or " "
