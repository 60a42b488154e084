"""A pack that was read and checked is kept, and taken from there until something changes. See docs/decisions/0025."""
