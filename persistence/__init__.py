"""Where cases are kept: tables, the store over them, migrations, and the folder of evidence files.

One port (:mod:`duban.engine.ports.store`), one store for SQLite and PostgreSQL, one contract suite for both.
"""
