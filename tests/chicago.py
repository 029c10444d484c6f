"""Draws departments, offices and cadres for Chicago: the city publishes none, so all are invented.

Everything comes from one seed. Only the places of offices are chosen: all lie in the city.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

SEED = 20130101
AREA = "990001"
DEPARTMENTS = (
    ("LAW", "Department of Law", 220, ("contract_law", "labour_law", "lawyer")),
    ("CRT", "Municipal Court", 160, ("judge", "family_mediation", "general_mediation")),
    ("PRO", "Prosecutor's Office", 120, ("prosecutor",)),
    ("POL", "Police Department", 420, ("police", "traffic", "neighbour_mediation")),
    ("HSG", "Department of Housing", 180, ("property_management", "construction")),
    ("BLD", "Department of Buildings", 150, ("construction", "land")),
    ("ENV", "Department of Environment", 140, ("environment",)),
    ("SAN", "Department of Streets and Sanitation", 260, ("environment", "neighbour_mediation")),
    ("HLT", "Department of Public Health", 170, ("medical", "consumer")),
    ("CON", "Department of Consumer Protection", 110, ("consumer", "contract_law")),
    ("LAB", "Office of Labor Standards", 80, ("labour_law",)),
    ("FAM", "Department of Family Services", 130, ("family_mediation", "general_mediation")),
)
CENTRES = ((-87.632, 41.884), (-87.72, 41.95), (-87.64, 41.78), (-87.75, 41.88), (-87.68, 41.99))
"""City Hall and four district centres."""
SHARE = 0.6
"""Of the headcount, how many can be sent at all."""


def write_people(folder: Path, seed: int = SEED) -> None:
    """Write departments.csv, offices.csv and cadres.csv into ``folder``; same seed, same files."""
    rng = np.random.default_rng(seed)
    departments = [(code, name, headcount, AREA) for code, name, headcount, _ in DEPARTMENTS]
    _write(folder / "departments.csv", "code name headcount area", departments)
    offices: list[tuple[str, ...]] = []
    cadres: list[tuple[Any, ...]] = []
    for code, name, headcount, specialties in DEPARTMENTS:
        here = [0, *sorted(rng.choice(np.arange(1, len(CENTRES)), 2, replace=False).tolist())]
        for number, centre in enumerate(here, 1):
            lon, lat = np.array(CENTRES[centre]) + rng.normal(0, 0.006, 2)
            office = f"{code}-{number}"
            offices.append((office, f"{name}, office {number}", code, f"{lon:.6f}", f"{lat:.6f}"))
        cadres += [
            _cadre(rng, code, number, len(here), specialties)
            for number in range(1, int(headcount * SHARE) + 1)
        ]
    _write(folder / "offices.csv", "code name department lon lat", offices)
    columns = "staff_number name department office rank capacity specialties"
    _write(folder / "cadres.csv", columns, cadres)


def _cadre(
    rng: np.random.Generator, code: str, number: int, offices: int, specialties: Sequence[str]
) -> tuple[Any, ...]:
    staff_number = f"{code}-{number:04d}"
    known = rng.choice(len(specialties), rng.integers(1, len(specialties) + 1), replace=False)
    levels = ";".join(f"{specialties[which]}:{rng.integers(1, 4)}" for which in sorted(known))
    rank = "leader" if rng.random() < 0.12 else "staff"
    office = f"{code}-{rng.integers(1, offices + 1)}"
    return staff_number, f"Drawn {code} {number}", code, office, rank, rng.integers(1, 4), levels


def _write(path: Path, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(columns.split())
        table.writerows(rows)
