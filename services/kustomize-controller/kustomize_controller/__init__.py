"""Builds overlays from artifacts, applies them, and keeps clusters as Git says."""
