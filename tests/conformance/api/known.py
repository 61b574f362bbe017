"""Where the local cluster does not answer as a real API server, and why. What has become equal fails: take it out."""

_CEL = "expressions are compiled when they are first used, not when a definition is written"

KNOWN: dict[str, str] = {
    "a definition with a rule that costs too much": _CEL,
    "a definition with a rule that does not compile": _CEL,
    "a definition with a rule that is no boolean": _CEL,
}
