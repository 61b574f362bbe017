"""Is this object healthy? Plain functions of its JSON: `rules` for kinds we know, `expressions` for all others."""
