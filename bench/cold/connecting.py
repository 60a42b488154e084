"""The least program with click that reads a row through SQLAlchemy and shows it as JSON."""

import json

import click
from sqlalchemy import create_engine, text


@click.command()
@click.option("--db", required=True)
@click.argument("ref")
def main(db: str, ref: str) -> None:
    """Show a case."""
    engine = create_engine(db)
    with engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM duban_cases WHERE ref = :ref"), {"ref": ref}).mappings().one()
    click.echo(json.dumps(dict(row), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
