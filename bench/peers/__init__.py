"""Peers: other ways to take the same step, as their documentation suggests. Installed for the benchmark only."""
