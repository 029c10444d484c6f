"""``python -m gisapp``."""

from gisapp.cli import cli

if __name__ == "__main__":
    cli()
