"""The words of the protocol: served resources, discovery, selectors, refusals."""
