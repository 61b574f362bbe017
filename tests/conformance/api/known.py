"""Where the local cluster does not answer as a real API server, and why. What has become equal fails: take it out."""

KNOWN: dict[str, str] = {
    "a definition with a rule that costs too much": "rules are not priced: the server's estimate needs a type checker",
}
