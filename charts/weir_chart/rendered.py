"""`python -m weir_chart.rendered HELM CHART FILE`: write what `weir install` applies, as the chart renders it.

Without what is Helm's own, without definitions (the command line has the API's words), and without a password.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from weir import yaml
from weir.apply.changes import Reference
from weir.apply.stages import order

Body = dict[str, Any]

HEAD = "# Written by `make rendered` from charts/weir: change it there.\n"
SET = ("installCRDs=false", "nats.auth.existingSecret=nats-auth")
_LABELS = ("app.kubernetes.io/managed-by", "helm.sh/chart")
_ANNOTATION = "helm.sh/resource-policy"


def main() -> None:
    """Render and write."""
    helm, chart, file = sys.argv[1:]
    values = [word for value in SET for word in ("--set", value)]
    command = [helm, "template", "weir", chart, "--namespace", "flux-system", *values]
    rendered = subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603  a developer's own Helm
    bodies = [without_helm(body) for body in yaml.load_all(rendered)]
    text = yaml.dump_all(sorted(bodies, key=lambda body: order(Reference.read(body))))
    Path(file).write_text(HEAD + text, encoding="utf-8")


def without_helm(body: Body) -> Body:
    """The object without what says that Helm manages it, its pods' template too; changed in place."""
    template = (body.get("spec") or {}).get("template") or {}
    for metadata in (body["metadata"], template.get("metadata") or {}):
        for label in _LABELS:
            (metadata.get("labels") or {}).pop(label, None)
        annotations = metadata.get("annotations") or {}
        if annotations.pop(_ANNOTATION, None) and not annotations:
            del metadata["annotations"]
    return body


if __name__ == "__main__":
    main()
