"""Floors: the same durable effect, written by hand on the driver as a careful developer would, and nothing else."""
