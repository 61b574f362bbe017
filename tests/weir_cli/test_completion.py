"""What the shell offers."""

import pytest

from tests.weir_cli.stage import Stage

COMPLETIONS = {
    "a kind in the plural": ("weir get kus", ["kustomizations"]),
    "the second word of a kind": ("weir get sources ", ["all", "external", "git"]),
    "a kind in the singular": ("weir suspend so", ["source"]),
    "names": ("weir reconcile kustomization ", ["bad", "good", "slow"]),
    "names that are left": ("weir resume ks bad ", ["good", "slow"]),
    "namespaces": ("weir get all -n kube-s", ["kube-system"]),
    "contexts": ("weir --context lo", ["local"]),
}


@pytest.mark.parametrize(("line", "expected"), COMPLETIONS.values(), ids=COMPLETIONS.keys())
def test_the_shell_offers(stage: Stage, line: str, expected: list[str]) -> None:
    words = line.split(" ")
    shown = stage.weir(env={"_WEIR_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)})
    assert [found.partition(",")[2] for found in shown.out.splitlines()] == expected
