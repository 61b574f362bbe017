"""Putting objects into a cluster: order, drift, field managers, and the sending."""
