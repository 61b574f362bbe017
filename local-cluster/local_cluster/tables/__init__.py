"""Objects as rows, the way `kubectl get` prints them."""

from local_cluster.tables.table import Tables

__all__ = ["Tables"]
