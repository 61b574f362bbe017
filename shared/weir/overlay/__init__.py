"""The kustomize build engine: a tree in, objects out, no file opened.

    from weir import overlay
    built = overlay.build({"kustomization.yaml": b"resources: [a.yaml]", "a.yaml": b"..."}, ".")
    print(overlay.yaml_text(built))

The order of a build is told in `build.py` and `layer.py`; `spec/overlays.md` is the contract.
"""

from weir.overlay.build import Built, build, yaml_text
from weir.overlay.charts import Chart
from weir.overlay.errors import BuildError, HelmNeeded, OverlayError, RemotesNeeded
from weir.overlay.options import Limits, Options
from weir.overlay.resource import Origin
from weir.overlay.spec import build_spec, generate, overlay
from weir.overlay.tree import Closure, Indexed

__all__ = [
    "BuildError",
    "Built",
    "Chart",
    "Closure",
    "HelmNeeded",
    "Indexed",
    "Limits",
    "Options",
    "Origin",
    "OverlayError",
    "RemotesNeeded",
    "build",
    "build_spec",
    "generate",
    "overlay",
    "yaml_text",
]
