"""The one gate through which files come in."""
