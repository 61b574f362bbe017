"""`weir deps`: a graph in its three forms, and that of the running suite."""

from collections.abc import Callable, Sequence

import pytest

from tests.weir_cli.stage import Stage, kustomization
from weir_cli.deps import Dependent, dot, mermaid, text

_CHAIN = [
    Dependent("a/apps", "not ready", ("a/base", "b/gone")),
    Dependent("a/base", "ready"),
    Dependent("a/web", "suspended", ("a/apps",)),
    Dependent("b/gone", "missing"),
]
_CIRCLE = [
    Dependent("a/one", "not ready", ("a/two",)),
    Dependent("a/three", "not ready", ("a/one", "a/zero")),
    Dependent("a/two", "not ready", ("a/one",)),
    Dependent("a/zero", "ready"),
]
_HOSTILE = [Dependent('a/"];evil\n', "missing")]
_FORMS: dict[str, tuple[Callable[[Sequence[Dependent]], str], list[Dependent], str]] = {
    "text has below each those that wait for it": (
        text,
        _CHAIN,
        (
            "a/base  ready\n"
            "  a/apps  not ready\n"
            "    a/web  suspended\n"
            "b/gone  missing\n"
            "  a/apps  not ready (shown above)\n"
        ),
    ),
    "text of a circle": (
        text,
        _CIRCLE,
        (
            "a/zero  ready\n"
            "  a/three  not ready\n"
            "a/one  not ready (in a circle, or behind one)\n"
            "a/two  not ready (in a circle, or behind one)\n"
        ),
    ),
    "dot": (
        dot,
        [*_CHAIN[1:2], Dependent("a/web", "suspended", ("a/base",))],
        (
            "digraph kustomizations {\n"
            "  rankdir=RL;\n"
            "  node [shape=box, style=filled];\n"
            '  k0 [label="a/base\\nready", fillcolor=palegreen];\n'
            '  k1 [label="a/web\\nsuspended", fillcolor=lightgrey];\n'
            "  k1 -> k0;\n"
            "}\n"
        ),
    ),
    "a name that would break out of its quotes": (
        mermaid,
        _HOSTILE,
        'graph RL\n  k0["a/___evil_<br>missing"]\n  style k0 fill:white\n',
    ),
    "mermaid": (
        mermaid,
        [*_CHAIN[1:2], Dependent("a/end", "not ready", ("a/base",))],
        (
            "graph RL\n"
            '  k0["a/base<br>ready"]\n'
            '  k1["a/end<br>not ready"]\n'
            "  k1 --> k0\n"
            "  style k0 fill:palegreen\n"
            "  style k1 fill:lightsalmon\n"
        ),
    ),
}


@pytest.mark.parametrize(("form", "found", "expected"), _FORMS.values(), ids=_FORMS.keys())
def test_forms(form: Callable[[Sequence[Dependent]], str], found: list[Dependent], expected: str) -> None:
    assert form(found) == expected


def test_across_namespaces(stage: Stage) -> None:
    needs = [{"name": "good", "namespace": "flux-system"}, {"name": "never"}]
    stage.apply(kustomization("later", "default", suspend=True, dependsOn=needs))
    shown = stage.weir("deps", "-n", "default")
    stage.kubectl("delete", "kustomization", "later", "-n", "default")
    assert shown == (
        0,
        "default/never  missing\n  default/later  suspended\nflux-system/good  ready\n  default/later  suspended\n",
        "",
    )


def test_nothing_there(stage: Stage) -> None:
    assert stage.weir("deps", "-n", "kube-system") == (
        1,
        "",
        '✗ no Kustomization objects found in "kube-system" namespace\n',
    )


def test_what_may_not_be_read_does_not_hide_the_rest(stage: Stage) -> None:
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": "looker", "namespace": "default"}}
    rule = {"apiGroups": ["kustomize.toolkit.fluxcd.io"], "resources": ["kustomizations"], "verbs": ["get", "list"]}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "looker"}
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "looker"}
    needs = [{"name": "good", "namespace": "flux-system"}]
    stage.apply(
        {**role, "kind": "Role", "rules": [rule]},
        {**role, "kind": "RoleBinding", "roleRef": reference, "subjects": [subject]},
        kustomization("later", "default", suspend=True, dependsOn=needs),
    )
    shown = stage.weir("deps", "-n", "default", "--as", "looker")
    stage.kubectl("delete", "ks/later", "role/looker", "rolebinding/looker", "-n", "default")
    assert shown == (0, "flux-system/good  unknown\n  default/later  suspended\n", "")
