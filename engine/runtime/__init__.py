"""Loads, judges, writes: what happens when an event is fired, a step is due, a message is delivered."""
