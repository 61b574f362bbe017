"""Artifacts on disk: written whole or not at all, collected when old, checked whenever their object is visited."""
