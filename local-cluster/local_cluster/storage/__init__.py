"""Where objects are kept: encoded bytes by resource, one revision counter, a history for watches, a journal on disk."""
