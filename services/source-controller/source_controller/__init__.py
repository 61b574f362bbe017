"""Turns sources into revisioned artifacts and serves them over HTTP."""
