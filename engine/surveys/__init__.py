"""Samples, answer sheets and rates: pure, exact, the same on every machine."""
