"""Trees that take very long to build: the build ends when its time is up."""

import pytest

from weir import overlay
from weir.overlay.options import Limits, Options

K = "kustomization.yaml"
CM = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n"
PORTS = b"apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [%s]}\n"
LONG: dict[str, dict[str, bytes]] = {
    "lists of thousands with two keys": {
        K: b"resources: [r.yaml]\npatches: [{path: p.yaml}]",
        "r.yaml": PORTS % b", ".join(b"{port: %d, protocol: TCP}" % n for n in range(4000)),
        "p.yaml": PORTS % b"{port: 1, protocol: TCP, name: x}",
    },
    "patches of everything, ten thousand times": {
        K: b"resources: [r.yaml]\npatches: ["
        + b", ".join([b"{patch: '- {op: test, path: /x}', target: {}}"] * 10_000)
        + b"]",
        "r.yaml": b"---\n".join(CM.replace(b"cm", b"c%d" % n) for n in range(100)),
    },
    "files without end": {
        K: b"resources: [" + b", ".join(b"%d.yaml" % n for n in range(15_000)) + b"]",
        **{f"{n}.yaml": CM.replace(b"cm", b"c%d" % n) for n in range(15_000)},
    },
}


@pytest.mark.parametrize("case", LONG)
def test_a_build_ends_when_its_time_is_up(case: str) -> None:
    with pytest.raises(overlay.BuildError, match=r"takes more than 0\.05 seconds: Limits\.seconds"):
        overlay.build(LONG[case], "", options=Options(limits=Limits(seconds=0.05, growth=1 << 40)))
