"""What the parts of Weir share."""

__version__ = "0.1.0"
