"""Which modules a page's script imports, so that the page can ask for all of them at once."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

IMPORTS: Final = re.compile(r'^(?:import|export)\b[^"]*"(\.[^"]+)";', re.MULTILINE)
"""``import … from "./a.js";`` of ours; vendored modules are named in the page's import map."""


@cache
def modules(static: Path) -> Callable[[str], list[str]]:
    """Read who imports whom under ``static``; return what lists all that a script needs.

    A browser learns of an import only when it has read the module above it: without the list the
    deepest module of a map waits for four answers before it.
    """
    home = static.resolve()
    imports = {
        path.relative_to(home).as_posix(): [
            (path.parent / name).resolve().relative_to(home).as_posix()
            for name in IMPORTS.findall(path.read_text("utf-8"))
        ]
        for path in sorted((home / "js").rglob("*.js"))
    }

    def needed(entry: str) -> list[str]:
        found = [entry]
        for name in found:
            found.extend(more for more in imports[name] if more not in found)
        return found

    return needed
