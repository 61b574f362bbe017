import gzip
import io
import tarfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weir.archive import ArchiveError, File, Limits, Writer, algorithm_of, digest, extract, matches, pack, unpack

TREE = {"b/c.yaml": b"c", "a.yaml": b"a", "b-c/d": b"d", "b/" + "x" * 120 + "/" + "y" * 120: b"long", "empty": b""}


def test_a_tree_comes_back() -> None:
    assert unpack(pack(TREE)) == TREE


def test_equal_trees_give_equal_bytes_whatever_their_order() -> None:
    assert pack(TREE) == pack(dict(reversed(TREE.items())))


def test_entries_are_normalised_and_sorted_per_directory() -> None:
    with tarfile.open(fileobj=io.BytesIO(pack({"b/c": b"1", "b-c": b"2", "a": b"3"}))) as archive:
        assert [
            (m.name, m.type, m.mode, m.uid, m.gid, m.uname, m.gname, m.mtime, m.size) for m in archive.getmembers()
        ] == [
            (".", tarfile.DIRTYPE, 0o750, 0, 0, "", "", 0, 0),
            ("a", tarfile.REGTYPE, 0o600, 0, 0, "", "", 0, 1),
            ("b", tarfile.DIRTYPE, 0o750, 0, 0, "", "", 0, 0),
            ("b/c", tarfile.REGTYPE, 0o600, 0, 0, "", "", 0, 1),
            ("b-c", tarfile.REGTYPE, 0o600, 0, 0, "", "", 0, 1),
        ]


def test_tarfile_reads_long_and_foreign_names() -> None:
    tree = {"é" * 90 + "/" + "ü" * 60: b"1", "z" * 300: b"2", "p" * 150 + "/" + "n" * 100: b"3"}
    with tarfile.open(fileobj=io.BytesIO(pack(tree))) as archive:
        assert {m.name for m in archive.getmembers() if m.isfile()} == set(tree)
    assert unpack(pack(tree)) == tree


def test_the_writer_says_digest_and_size_of_what_it_wrote() -> None:
    file = io.BytesIO()
    writer = Writer(file, "sha512")
    writer.file("run.sh", b"#!/bin/sh\n", executable=True)
    packed = writer.close()
    assert packed == (digest(file.getvalue(), "sha512"), len(file.getvalue()))
    with tarfile.open(fileobj=io.BytesIO(file.getvalue())) as archive:
        assert archive.getmember("run.sh").mode == 0o700
    assert extract(file.getvalue()) == {"run.sh": File(b"#!/bin/sh\n", executable=True)}


def test_large_content_passes_through_in_blocks() -> None:
    tree = {f"f{number}": bytes([number]) * 700_001 for number in range(9)}
    assert unpack(pack(tree)) == tree


@pytest.mark.parametrize("format_", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_archives_of_others_are_read(format_: int) -> None:
    buffer = io.BytesIO()
    names = ["./a", "dir/b", "d" * 90 + "/" + "e" * 90]
    with tarfile.open(fileobj=buffer, mode="w:gz", format=format_) as archive:
        directory = tarfile.TarInfo("dir")
        directory.type = tarfile.DIRTYPE
        archive.addfile(directory)
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = 3
            archive.addfile(info, io.BytesIO(b"abc"))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert unpack(buffer.getvalue()) == {name.removeprefix("./"): b"abc" for name in names}


def _entry(name: str, type_: bytes = tarfile.REGTYPE, size: int = 0) -> bytes:
    buffer = io.BytesIO()
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = type_, "target", size
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info, io.BytesIO(bytes(size)))
    return gzip.compress(buffer.getvalue())


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a path with ..": (lambda: _entry("a/../../b"), "entry 'a/../../b' would leave the root"),
    "an absolute path": (lambda: _entry("/etc/passwd"), "entry '/etc/passwd' would leave the root"),
    "a backslash": (lambda: _entry("a\\b"), "entry 'a\\\\b' would leave the root"),
    "a hard link": (lambda: _entry("a", tarfile.LNKTYPE), "entry 'a' is a hard link"),
    "a character device": (lambda: _entry("a", tarfile.CHRTYPE), "entry 'a' is a device"),
    "a block device": (lambda: _entry("a", tarfile.BLKTYPE), "entry 'a' is a device"),
    "a FIFO": (lambda: _entry("a", tarfile.FIFOTYPE), "entry 'a' is a FIFO"),
    "a sparse file": (lambda: _entry("a", b"S"), "entry 'a' is a sparse file"),
    "an unknown type": (lambda: _entry("a", b"Q"), "entry 'a' has the unknown type b'Q'"),
    "a file below a file": (lambda: pack({"a": b"", "a/b": b""}), "entry 'a/b' lies below the file 'a'"),
    "no gzip": (lambda: b"plain text", "not a gzip file, or a damaged one"),
    "no tar": (lambda: gzip.compress(b"x" * 2000), "not a tar archive, or a damaged header"),
    "a truncated gzip": (lambda: pack(TREE)[:-9], "the gzip file ends too early"),
    "a truncated header": (lambda: gzip.compress(b"x" * 100), "the archive ends within a header"),
    "a truncated file": (lambda: gzip.compress(gzip.decompress(_entry("a", size=900))[:1000]), "within a file"),
    "a flipped bit": (lambda: pack(TREE)[:-6] + b"\0" + pack(TREE)[-5:], "not a gzip file, or a damaged one"),
    "an entry without a name": (lambda: _entry("."), "an entry has no name"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_archives_are_refused(case: str) -> None:
    make, message = HOSTILE[case]
    with pytest.raises(ArchiveError) as caught:
        unpack(make())
    assert message in str(caught.value)


def test_a_bomb_stops_at_the_limit() -> None:
    bomb = pack({"zeros": bytes(50 << 20)})
    assert len(bomb) < 1 << 20
    with pytest.raises(ArchiveError, match="larger than 1048576 bytes unpacked"):
        unpack(bomb, Limits(total_bytes=1 << 20))


def test_too_many_entries_stop_at_the_limit() -> None:
    with pytest.raises(ArchiveError, match="more than 10 entries"):
        unpack(pack({str(number): b"" for number in range(20)}), Limits(entries=10))


def test_negative_and_huge_sizes_end_in_an_error() -> None:
    header = bytearray(gzip.decompress(_entry("a", size=1))[:512])
    for field in (b"\xff" * 12, b"\x80" + b"\xff" * 11, b"-0000000001\0"):
        header[124:136] = field
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
        with pytest.raises(ArchiveError):
            unpack(gzip.compress(bytes(header)))


def test_digests_name_their_algorithm() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest(b"") == f"sha256:{empty}"
    assert matches(b"", f"sha256:{empty}")
    assert matches(b"", empty)
    assert not matches(b"x", empty)
    assert matches(b"x", digest(b"x", "sha512"))
    with pytest.raises(ArchiveError, match="'md5' is not one of"):
        algorithm_of("md5:00")


_NAME = st.text(st.characters(exclude_characters="/\\\0", exclude_categories=["Cs"]), min_size=1, max_size=60)
_PATHS = st.lists(_NAME.filter(lambda name: name not in {".", ".."}), min_size=1, max_size=6).map("/".join)


@given(st.dictionaries(_PATHS, st.binary(max_size=2000), max_size=8))
def test_any_tree_comes_back(tree: dict[str, bytes]) -> None:
    tree = {path: data for path, data in tree.items() if not any(other.startswith(path + "/") for other in tree)}
    assert unpack(pack(tree)) == tree


@given(st.binary(max_size=3000))
def test_any_bytes_are_a_tree_or_an_error(data: bytes) -> None:
    for stream in (data, gzip.compress(data)):
        try:
            unpack(stream)
        except ArchiveError:
            continue
