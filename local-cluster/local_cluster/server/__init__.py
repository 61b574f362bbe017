"""From an HTTP request to a verb on a resource, and from its outcome back to an HTTP answer."""
