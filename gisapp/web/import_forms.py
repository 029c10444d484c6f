"""The form in which people say how a file is read, and the profile that it means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gisapp.intake import profile_text, profiles
from gisapp.intake.kinds import KINDS, Kind
from gisapp.intake.profiles import Profile

COLUMN, CONSTANT, MADE = "col:", "=", "made"
"""What the choice of a field begins with."""

OTHER: Final = "other"
SYSTEMS: Final = ("EPSG:4326", "EPSG:4490", "gcj02", "bd09", "EPSG:4326-swapped")
ENCODINGS: Final = ("utf-8", "gb18030", "utf-16")


@dataclass(frozen=True, slots=True)
class Wish:
    """How a file is to be read: by a profile, or as proposed for a kind and a layer."""

    profile: Profile | None
    kind: str | None
    layer: str | None

    def arguments(self) -> dict[str, Any]:
        """Say it to the action."""
        if self.profile is not None:
            return {"profile": profile_text.written(self.profile)}
        told = {"kind": self.kind, "layer": self.layer}
        return {name: said for name, said in told.items() if said}


def wish(form: Mapping[str, str], file: str) -> Wish:
    """Read the form; another kind or layer than before is proposed anew."""
    if given := form.get("given", "").strip():
        return Wish(profiles.parse(given.encode(), file), None, None)
    base = form.get("base", "")
    kind, layer = form.get("kind") or None, form.get("layer") or None
    if not base:
        return Wish(None, kind if kind in KINDS else None, layer)
    before = profiles.parse(base.encode(), file)
    if kind != before.kind or layer != before.layer:
        return Wish(None, kind if kind in KINDS else None, layer)
    meant = _meant(form, before, KINDS[str(kind)])
    # What a form cannot say right is said wrong in one place.
    return Wish(profiles.parse(profile_text.written(meant).encode(), file), None, None)


def _meant(form: Mapping[str, str], before: Profile, kind: Kind) -> Profile:
    given: dict[str, dict[str, Any]] = {"columns": {}, "constants": {}, "templates": {}}
    for field in kind.fields:
        said = form.get(f"f-{field.name}")
        if said is None:  # the form showed no fields: they stay as they were
            for part, rows in given.items():
                if field.name in getattr(before, part):
                    rows[field.name] = getattr(before, part)[field.name]
        elif said.startswith(COLUMN):
            given["columns"][field.name] = said.removeprefix(COLUMN)
        elif said == CONSTANT and (text := form.get(f"c-{field.name}", "").strip()):
            given["constants"][field.name] = text
        elif said == MADE and field.name in before.templates:
            given["templates"][field.name] = before.templates[field.name]
    kept = set().union(*given.values())
    crs = form.get("crs", before.crs or "")
    more = {
        "values": {name: book for name, book in before.values.items() if name in kept},
        "crs": (form.get("crs-other", "").strip() if crs == OTHER else crs) or None,
        "encoding": form.get("encoding", before.encoding or "") or None,
        "area": form.get("area", before.area or "").strip() or None,
    }
    return before.model_copy(update=given | more)
