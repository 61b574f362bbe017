"""Tar headers, written and read: POSIX.1-1988 ustar, POSIX.1-2001 pax, GNU long names."""

from collections.abc import Mapping

BLOCK = 512
"""Bytes of a header; contents are padded to it."""

FILES = b"0\0007"
"""Types of regular files."""

NAMES = b"xLKg"
"""Types of the records that speak of the entry after them."""

_MAX_NAME_RECORD = 1 << 16


class TarError(Exception):
    """A header or a name record is broken."""


def headers(path: bytes, type_: bytes, mode: int, size: int) -> bytes:
    """The header of one entry, after a pax record when the path fits no ustar header."""
    name, prefix = _split(path)
    if name is not None:
        return _header(name, prefix, type_, mode, size)
    record = b" path=" + path + b"\n"
    length = len(record) + len(str(len(record)))
    length = len(record) + len(str(length))
    record = str(length).encode() + record
    return (
        _header(b"././@PaxHeader", b"", b"x", 0o600, len(record))
        + record
        + bytes(-len(record) % BLOCK)
        + _header(path[:100], b"", type_, mode, size)
    )


def _split(path: bytes) -> tuple[bytes | None, bytes]:
    if len(path) <= 100:
        return path, b""
    slash = path.find(b"/", len(path) - 101)
    if 0 < slash <= 155:
        return path[slash + 1 :], path[:slash]
    return None, b""


def _header(name: bytes, prefix: bytes, type_: bytes, mode: int, size: int) -> bytes:
    head = name.ljust(100, b"\0") + b"%07o\0%07o\0%07o\0%011o\0%011o\0" % (mode, 0, 0, size, 0)
    tail = (
        type_
        + bytes(100)
        + b"ustar\00000"
        + bytes(64)
        + b"%07o\0%07o\0" % (0, 0)
        + prefix.ljust(155, b"\0")
        + bytes(12)
    )
    return head + b"%06o\0 " % (sum(head) + sum(tail) + 8 * 0x20) + tail


def check(header: bytes) -> None:
    """Raises `TarError` unless the checksum fits."""
    try:
        wanted = _octal(header[148:156])
    except TarError:
        wanted = -1
    if sum(header) - sum(header[148:156]) + 8 * 0x20 != wanted:
        raise TarError("not a tar archive, or a damaged header")


def _octal(field: bytes) -> int:
    digits = field.split(b"\0", 1)[0].strip()
    try:
        value = int(digits or b"0", 8)
    except ValueError as error:
        raise TarError("a header holds a broken number") from error
    if value < 0:
        raise TarError("a header holds a negative number")
    return value


def size_of(header: bytes, override: Mapping[str, bytes]) -> int:
    """Bytes of content after the header; `override` holds the pax records before it."""
    field = header[124:136]
    if header[156:157] not in FILES + NAMES:
        return 0  # links, devices and directories have no content, whatever their header says
    if "size" in override and header[156:157] not in NAMES:
        text = override["size"]
        if not text.isdigit() or len(text) > 19:
            raise TarError("a pax header holds a broken size")
        return int(text)
    if field[0] & 0x80:
        return int.from_bytes(field, "big") & ((1 << 88) - 1)
    return _octal(field)


def executable(header: bytes) -> bool:
    """Whether any execute bit is set."""
    return bool(_octal(header[100:108]) & 0o111)


def stored_name(header: bytes) -> bytes:
    """The name that the header itself gives."""
    name = header[:100].split(b"\0", 1)[0]
    prefix = header[345:500].split(b"\0", 1)[0] if header[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def names(type_: bytes, data: bytes) -> dict[str, bytes]:
    """What a name record says of the entry after it: `path`, `size` and other pax keys."""
    if len(data) > _MAX_NAME_RECORD:
        raise TarError(f"a name of more than {_MAX_NAME_RECORD} bytes")
    if type_ == b"L":
        return {"path": data.split(b"\0", 1)[0]}
    if type_ in b"Kg":  # names of links, and global records, change nothing that we keep
        return {}
    records: dict[str, bytes] = {}
    while data:
        head, space, _ = data.partition(b" ")
        length = int(head) if space and head.isdigit() and len(head) < 7 else 0
        if not len(head) + 2 < length <= len(data) or data[length - 1 : length] != b"\n":
            raise TarError("a broken pax header")
        key, _, value = data[len(head) + 1 : length - 1].partition(b"=")
        if key.startswith(b"GNU.sparse"):
            raise TarError("a sparse file")
        records[key.decode("utf-8", "replace")] = value
        data = data[length:]
    return records
