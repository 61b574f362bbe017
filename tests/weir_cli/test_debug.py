"""`weir debug` against the running suite, and variables as a dotenv file."""

from collections.abc import Iterator

import pytest

from tests.weir_cli.stage import Stage, full, kustomization
from weir import yaml
from weir_cli.debug import Variable, dotenv

_VALUES = {
    "plain text stands as it is": ("cluster-1.example.com:80", "cluster-1.example.com:80"),
    "nothing": ("", ""),
    "what a shell would read is quoted": ("a b $c `d`", '"a b \\$c \\`d\\`"'),
    "quotes, backslashes and lines": ('say "hi"\\\nbye', '"say \\"hi\\"\\\\\\nbye"'),
}


@pytest.mark.parametrize(("value", "written"), _VALUES.values(), ids=_VALUES.keys())
def test_values_in_a_dotenv_file(value: str, written: str) -> None:
    assert dotenv([Variable("KEY", value, "substitute")]) == f"KEY={written}\n"


@pytest.fixture
def furnished(stage: Stage) -> Iterator[None]:
    """A Kustomization with variables from everywhere."""
    origins = [
        {"kind": "ConfigMap", "name": "plain"},
        {"kind": "Secret", "name": "hidden"},
        {"kind": "ConfigMap", "name": "none", "optional": True},
    ]
    post = {"substitute": {"zone": "b"}, "substituteFrom": origins}
    lacking = {"substituteFrom": [{"kind": "Secret", "name": "none"}]}
    stage.apply(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "plain", "namespace": "default"},
            "data": {"zone": "a", "region": "north", "key": "overruled"},
        },
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "hidden", "namespace": "default"},
            "stringData": {"key": "s3cret"},
        },
        kustomization("variables", "default", suspend=True, postBuild=post),
        kustomization("lacking", "default", suspend=True, postBuild=lacking),
    )
    yield
    stage.kubectl("delete", "ks/variables", "ks/lacking", "configmap/plain", "secret/hidden", "-n", "default")


@pytest.mark.usefixtures("furnished")
def test_variables_of_secrets_are_masked_unless_asked_for(stage: Stage) -> None:
    command = ["debug", "kustomization", "variables", "-n", "default", "--show-vars"]
    assert stage.weir(*command) == (0, "key=***\nregion=north\nzone=b\n", "")
    assert stage.weir(*command, "--show-secrets").out == "key=s3cret\nregion=north\nzone=b\n"


@pytest.mark.usefixtures("furnished")
def test_what_is_missing_is_named(stage: Stage) -> None:
    assert stage.weir("debug", "ks", "lacking", "-n", "default", "--show-vars") == (
        1,
        "",
        (
            "✗ Kustomization lacking: substituteFrom Secret/none does not exist in default: "
            "create it or mark it optional\n"
        ),
    )


def test_status_and_history(stage: Stage) -> None:
    status = stage.weir("debug", "ks", "good", "--show-status").out
    history = stage.weir("debug", "ks", "good", "--show-history").out
    assert status.startswith("# Status of the Kustomization flux-system/good\n")
    found = yaml.load(status)
    assert (found["lastAppliedRevision"], found["history"]) == (full(stage), yaml.load(history))


def test_one_thing_at_a_time(stage: Stage) -> None:
    wrong = "✗ give one of --show-status, --show-vars and --show-history\n"
    assert stage.weir("debug", "ks", "good") == (1, "", wrong)
    assert stage.weir("debug", "ks", "good", "--show-vars", "--show-status").err == wrong
