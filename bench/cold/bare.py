"""The least program with click."""

import click


@click.group()
def main() -> None:
    """The least program."""


@main.command()
def show() -> None:
    """Show nothing."""


if __name__ == "__main__":
    main()
