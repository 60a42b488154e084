"""Looks into evidence files: what a file is by its content, and what is taken out of it before it is kept."""
