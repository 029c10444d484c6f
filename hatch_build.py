"""Compile the message catalogues while the wheel is built."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileMessages(BuildHookInterface[Any]):
    """Write a ``.mo`` beside every ``.po``; git ignores them, the wheel ships them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for source in Path(self.root, "gisapp", "translations").rglob("*.po"):
            # A program that runs from the checkout reads the old one or the new, never half of it.
            aside = source.with_suffix(".part.mo")
            with source.open("rb") as po, aside.open("wb") as mo:
                write_mo(mo, read_po(po))
            aside.replace(source.with_suffix(".mo"))
