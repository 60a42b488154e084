"""How the tables came to be, one revision after another. Run by :func:`duban.persistence.schema.migrate`."""
