"""Objects as they were sent."""

import pytest

from weir.api.source import GitRepository
from weir.kube.errors import Undecodable
from weir.kube.object import Key, read, read_page

GIT = (
    b'{"apiVersion":"source.toolkit.fluxcd.io/v1","kind":"GitRepository",'
    b'"metadata":{"name":"a","namespace":"n"},"spec":%s}'
)


def test_metadata_is_read_and_the_body_kept() -> None:
    raw = b'{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","labels":{"x":"y"}},"data":{"k":"v"}}'
    found = read(raw)
    assert (found.key, found.metadata.labels, found.raw) == (Key("", "a"), {"x": "y"}, raw)
    assert found.body()["data"] == {"k": "v"}


def test_items_of_a_list_get_its_kind() -> None:
    page = read_page(
        b'{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"t"},'
        b'"items":[{"metadata":{"name":"a"}}]}'
    )
    (found,) = page.objects()
    assert (found.kind, found.api_version, found.body()["kind"]) == ("ConfigMap", "v1", "ConfigMap")
    assert (page.metadata.resource_version, page.metadata.continue_) == ("7", "t")


def test_a_list_without_items_is_empty() -> None:
    assert read_page(b'{"kind":"ConfigMapList","apiVersion":"v1","metadata":{},"items":null}').objects() == []


def test_decodes_as_one_of_ours() -> None:
    found = read(GIT % b'{"url":"https://x/y.git","interval":"1m"}').decode(GitRepository)
    assert found.spec.url == "https://x/y.git"


def test_an_object_of_another_shape_names_the_field() -> None:
    with pytest.raises(Undecodable, match=r"spec\.interval"):
        read(GIT % b'{"url":"https://x/y.git","interval":"tomorrow"}').decode(GitRepository)


def test_keys_print_as_people_write_them() -> None:
    assert (str(Key("ns", "a")), str(Key("", "a"))) == ("ns/a", "a")
