"""The order in which kustomize prints the keys of a mapping (`spec/overlays.md` 23.2)."""

from functools import cmp_to_key, lru_cache

from weir.yaml.errors import YamlError


@lru_cache(maxsize=8192)
def ordered(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys sorted. Cached: manifests repeat the same few sets of keys."""
    if all(type(key) is str and key.isalpha() for key in keys):
        return tuple(sorted(keys))
    if not all(isinstance(key, str) for key in keys):
        raise YamlError("a key must be a string")
    return tuple(sorted(keys, key=cmp_to_key(_compare)))


def _compare(left: str, right: str) -> int:
    for place, (a, b) in enumerate(zip(left, right, strict=False)):
        if a == b:
            continue
        if a.isalpha() and b.isalpha():
            return -1 if a < b else 1
        if a.isalpha() or b.isalpha():
            return 1 if a.isalpha() else -1
        return _numbers(left, right, place)
    return len(left) - len(right)


def _numbers(left: str, right: str, place: int) -> int:
    a, b = _run(left, place), _run(right, place)
    lead = 0
    if left[place] == "0" or right[place] == "0":
        before = place - 1
        while before >= 0 and left[before].isdecimal() and not lead:
            lead = int(left[before] != "0")
            before -= 1
    first, second = _number(a, lead), _number(b, lead)
    if first != second:
        return -1 if first < second else 1
    if len(a) != len(b):
        return len(a) - len(b)
    return -1 if left[place] < right[place] else 1


def _number(digits: str, lead: int) -> int:
    """As kustomize counts: any script's digits by their distance from `0`, in 64 bits that overflow."""
    for digit in digits:
        lead = (lead * 10 + ord(digit) - ord("0")) % (1 << 64)
    return lead - (1 << 64) if lead >> 63 else lead


def _run(text: str, start: int) -> str:
    end = start
    while end < len(text) and text[end].isdecimal():
        end += 1
    return text[start:end]
