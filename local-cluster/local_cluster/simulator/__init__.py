"""Controllers and a kubelet that only pretend: workloads roll out, fail and end as on a cluster, without a container.

`run.simulate` works against any API server through `weir.kube`. Each controller is a pure `plan` from an object and the
world around it to writes (`plan.py`); `pods.py` plays the life of a Pod, `logs.py` writes what it would have logged.
"""
