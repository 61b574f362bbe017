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
    first, second = int(a or "0"), int(b or "0")
    if left[place] == "0" or right[place] == "0":
        before = place - 1
        while before >= 0 and _digit(left[before]):
            if left[before] != "0":
                first, second = int("1" + a), int("1" + b)
                break
            before -= 1
    if first != second:
        return -1 if first < second else 1
    if len(a) != len(b):
        return len(a) - len(b)
    return -1 if left[place] < right[place] else 1


def _run(text: str, start: int) -> str:
    end = start
    while end < len(text) and _digit(text[end]):
        end += 1
    return text[start:end]


def _digit(character: str) -> bool:
    return "0" <= character <= "9"
