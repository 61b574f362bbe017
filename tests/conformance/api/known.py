"""Where the local cluster does not answer as a real API server, and why. What has become equal fails: take it out."""

_STRUCTS = "the real server prints its Go structs"
_CEL = "expressions are compiled when they are first used, not when a definition is written"
_STEPS = "the real server establishes and ends a definition in steps that can be seen"

KNOWN: dict[str, str] = {
    "a JSON patch of the whole": "warnings of unknown fields are lost when the name is missing as well",
    "a definition is served, listed and taken away": _STEPS,
    "a definition may not change its names and scope": "the name is judged by the new group as well",
    "a definition with a rule that costs too much": _CEL,
    "a definition with a rule that does not compile": _CEL,
    "a definition with a rule that is no boolean": _CEL,
    "a job cannot change its template": _STRUCTS,
    "a job with a selector of its own": "a selector is taken as it is",
    "a pod cannot change": f"{_STRUCTS} as a diff; another number of nodes",
    "a service keeps its address": "fields that a change of type drops stay owned",
    "a strategic patch with a wrong type": "a typed merge fails in other words",
    "a token that dies with a secret": "the real server owns no dot under boundObjectRef",
    "a volume claim cannot change": f"{_STRUCTS} as a diff; claims are bound at once",
    "a watch of tables": "every event carries the columns, not only the first",
    "an apply in a list of keys: without the key": "an item without its key is refused before it is validated",
    "an apply of what is no object": "another YAML parser, which names lines and columns",
    "an event of the new group": "the newer rules of events are not asked",
    "impersonation by one who may not": "constrained impersonation is not offered",
    "rights cannot be handed on that one does not have": "the built-in role admin names fewer resources",
    "YAML is spoken": "another YAML parser, which names lines and columns",
}
