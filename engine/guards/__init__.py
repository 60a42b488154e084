"""Conditions in CEL, behind the port of :mod:`duban.engine.ports.guards`."""
