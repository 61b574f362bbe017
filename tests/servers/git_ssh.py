"""Git over SSH for tests: the server that the product brings along."""

from local_cluster.git_server.ssh import GitSshServer

__all__ = ["GitSshServer"]
