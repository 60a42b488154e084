"""The tables of surveys: plans, answer sheets by community, and the keys of sheets that were taken."""

from typing import Final

from sqlalchemy import Column, Table, Text

from duban.persistence.columns import Document
from duban.persistence.metadata import metadata, of_case

survey_plans: Final = Table(
    "duban_survey_plans",
    metadata,
    of_case(primary_key=True, autoincrement=False),
    Column("plan", Document, nullable=False),
    sqlite_with_rowid=False,
)

answers: Final = Table(
    "duban_answers",
    metadata,
    of_case(primary_key=True, autoincrement=False),
    Column("community", Text, primary_key=True),
    Column("sheets", Document, nullable=False),
    sqlite_with_rowid=False,
)

answer_keys: Final = Table(
    "duban_answer_keys",
    metadata,
    of_case(primary_key=True, autoincrement=False),
    Column("digest", Text, primary_key=True),
    sqlite_with_rowid=False,
)
