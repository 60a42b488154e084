"""The assessment system: a table of its hierarchy is checked and loaded, and told how far it is."""
