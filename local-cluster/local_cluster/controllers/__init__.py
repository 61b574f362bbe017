"""What happens behind the API: custom resources become served, namespaces are furnished and emptied, dependents go."""

from local_cluster.controllers.control import controlling

__all__ = ["controlling"]
