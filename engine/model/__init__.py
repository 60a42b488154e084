"""Values that everybody speaks in: definitions, organisations, cases. Frozen, without behaviour of their own."""
