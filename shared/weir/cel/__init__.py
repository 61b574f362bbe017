"""CEL, the language of tenants' conditions: compiled, checked and evaluated in one way.

The engine is CEL with the libraries `strings`, `sets` and `encoders`; optional field selection (`a.?b`) and `format`
are not there. Evaluating runs a tenant's program: do it in a process of its own, with a deadline.
"""

from weir.cel.engine import MAX_LENGTH, CelError, check, evaluate, holds, optional, program

__all__ = ["MAX_LENGTH", "CelError", "check", "evaluate", "holds", "optional", "program"]
