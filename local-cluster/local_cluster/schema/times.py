"""Times as Go reads them from JSON (apimachinery `meta/v1`, `Time` and `MicroTime`). Pure."""

import re

_LAYOUTS = {
    "meta.v1.Time": (
        "2006-01-02T15:04:05Z07:00",
        re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)"),
    ),
    "meta.v1.MicroTime": (
        "2006-01-02T15:04:05.000000Z07:00",
        re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{6})(Z|[+-]\d\d:\d\d)"),
    ),
}
_SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


def unreadable(text: str, component: str) -> str:
    """Why a text is no time of this type, in Go's words; empty when it is one, or the type has no times."""
    layout, pattern = _LAYOUTS.get(component, ("", None))
    if pattern is None or pattern.fullmatch(text):
        return ""
    found = _SECONDS.match(text)
    rest, wanted = (text[found.end() :], ".000000") if found and "Micro" in component else (text, "2006")
    return f'parsing time "{text}" as "{layout}": cannot parse "{rest}" as "{wanted}"'
