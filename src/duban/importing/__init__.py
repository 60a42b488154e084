"""Imports tables: rows become cases by a declared map, once each, and may be replayed along their recorded course."""
