"""Side effects, one file each, carried out by the outbox worker and found by name in the registry."""
