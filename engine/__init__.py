"""The rules of a machine: what a case is, who may fire what, when it is due. Knows no database and no network."""
