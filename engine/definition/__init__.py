"""The language: strict YAML in, checked and frozen definitions out. Every error names its file, line and column."""
