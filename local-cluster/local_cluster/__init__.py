"""A Kubernetes API in Python: test bed, demo, and the engine of `weir local`."""
