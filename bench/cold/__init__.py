"""Bare programs, beside which the start of ``duban`` is timed."""
