"""Compiles snapshots: figures and tables of cases as of one moment, in a form that is the same byte for byte."""
