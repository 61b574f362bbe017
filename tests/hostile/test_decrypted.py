"""No value of a decrypted file is in any cache of the engine once it was built and printed, whatever was made of it.

Names of fields and paths are no values: what is encrypted shows them too.
"""

# ruff: noqa: E501  a file is one row

import base64
import gc
import sys
from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

from weir import overlay
from weir.overlay.documents import CACHE

CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"
K = "kustomization.yaml"
OPERATIONS = "patches: [{target: {name: d}, patch: '- {op: add, path: /data, value: {q: hunter2-operation}}'}]\n"
TREE = {
    K: "resources: [s.yaml, c.yaml, p.yaml, b]\npatches: [{path: m.yaml}, {path: o.yaml, target: {name: c}}]\n"
    "patchesStrategicMerge: [m.yaml]\nnamePrefix: p-\ncommonLabels: {a: b}\nimages: [{name: i, newTag: t}]\n"
    "secretGenerator: [{name: g, files: [f], envs: [e]}]\nconfigurations: [conf.yaml]\nreplacements: [{path: rep.yaml}]\n"
    "vars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: s}, fieldref: {fieldPath: data.k}}]\n"
    "transformers: [t.yaml]\n",
    "s.yaml": CM % "s" + "data: {k: hunter2-file, l: 'hunter2-quoted', m: [hunter2-item]}\nPLAIN-key: x\n",
    "c.yaml": CM % "c" + "data: {k: v}\n",
    "p.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i, args: [$(V)]}]}\n",
    "m.yaml": CM % "c" + "data: {k: hunter2-patch}\n",
    "o.yaml": "- {op: add, path: /data/o, value: hunter2-value}\n- {op: add, path: /data/PLAIN-pointer, value: x}\n",
    "f": "hunter2-content",
    "e": "K=hunter2-variable",
    "conf.yaml": "commonAnnotations: [{path: PLAIN-spec/x, create: true}]\n",
    "rep.yaml": "- {source: {kind: ConfigMap, name: s, fieldPath: data.k}, targets: [{select: {name: c}, fieldPaths: "
    "[data.PLAIN-path], options: {create: true}}]}\n",
    "t.yaml": "apiVersion: builtin\nkind: AnnotationsTransformer\nmetadata: {name: t}\nannotations: {a: hunter2-annotation}\n"
    "fieldSpecs: [{path: metadata/annotations, create: true}]\n",
    f"b/{K}": "configMapGenerator: [{name: h, literals: [a=hunter2-literal]}]\nnameSuffix: -z\nresources: [r.yaml]\n"
    + OPERATIONS,
    "b/r.yaml": CM % "d" + "data: {k: w}\n",
}
PUBLIC = (K, "c.yaml", "p.yaml", "b/r.yaml")
DERIVED = [base64.b64encode(text.encode()).decode() for text in ("hunter2-content", "hunter2-variable")]


def test_nothing_of_a_decrypted_file_stays() -> None:
    CACHE.clear()
    private = frozenset(TREE) - frozenset(PUBLIC)
    tree = {name: text.encode() for name, text in TREE.items()}
    built = overlay.build(tree, "", options=overlay.Options(uncached=private))
    text = overlay.yaml_text(built)
    assert text.count("hunter2") > 10
    del built
    held = set(_strings(name for name in sys.modules if name.partition(".")[0] == "weir"))
    assert "ConfigMap" in held
    assert sorted(it for it in held if "hunter2" in it or it in DERIVED) == []


def _strings(modules: Iterator[str]) -> Iterator[str]:
    """Every string that lives in modules: in what they hold, in what their functions remember, and so on."""
    seen: set[int] = set()
    stack: list[object] = [vars(sys.modules[name]) for name in modules]
    while stack:
        item = stack.pop()
        if isinstance(item, str | bytes):
            yield item.decode(errors="replace") if isinstance(item, bytes) else str(item)
        elif id(item) not in seen and not isinstance(item, _CLOSED):
            seen.add(id(item))
            stack += gc.get_referents(item)
            stack += item if isinstance(item, dict) else ()  # the collector does not tell of keys that are strings


_CLOSED = (ModuleType, FunctionType, MethodType, BuiltinFunctionType)
"""What leads to everything else; what a cached function remembers hangs on the wrapper around it."""
