"""Carries posts, placements, recusals and disputes over to the grids that new boundaries bring."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from gisapp.actions.import_job import Job
from gisapp.actions.posts import make_posts
from gisapp.actions.redrawing import Redrawn
from gisapp.core.lineage import apportion
from gisapp.store import carrying, places, revisions
from gisapp.store.models import Grid, Post


def carry(job: Job, drawn: Redrawn) -> None:
    """
    Let grids that go end with yesterday, and hand what was theirs to those after them.

    A new grid takes over the posts of the grid whose heir it is, with their seats; the others
    get what rules say. Recusals and links hold in every grid that took land. A dispute goes
    where its place lies; those without one are divided by the shares. Placements in force on
    posts that end are laid into a draft, for a person to publish.
    """
    session, batch, today = job.session, job.origin, job.today
    last = today - timedelta(days=1)
    ids = job.known(Grid, "code", "id", "area_code")
    numbers = dict(zip(drawn.old, drawn.old_ids, strict=True))
    shares = {(numbers[old], ids[new][0]): part for (old, new), part in drawn.shares.items()}
    revisions.descend(session, job.revisions[1] or 0, shares)
    going = drawn.going
    posts = carrying.posts_at(session, going.values(), today)
    held = carrying.in_force(session, [post.id for post in posts], today)
    carrying.end(session, batch, Grid, list(going.values()), last)
    carrying.end(session, batch, Post, [post.id for post in posts], last)
    taken = {going[old]: (new, *ids[new]) for new, old in _donors(drawn).items()}
    carrying.copy_posts(session, batch, posts, taken, today)
    places.join_again(session, places.ground(session))
    ties = {old: {new: ids[new][1] for new in heirs} for old, heirs in drawn.heirs.items()}
    carrying.copy_ties(session, batch, ties, today)
    left = carrying.placeless(session, [going[old] for old in drawn.heirs])
    cases: list[Any] = []
    homes: list[Any] = []
    for old, heirs in sorted(drawn.heirs.items()):
        mine, after = left.get(going[old], []), sorted(heirs)
        divided = apportion(len(mine), [heirs[new] for new in after])
        cases += mine
        homes += [ids[new] for new, part in zip(after, divided, strict=True) for _ in range(part)]
    carrying.rehome(session, batch, cases, homes)
    make_posts(session)
    after_posts = _posts_after(job, drawn, {post.id: post.code for post in posts})
    job.drafts = [carrying.redraft(session, plan, after_posts) for plan in held]


def _posts_after(
    job: Job, drawn: Redrawn, codes: Mapping[int, str]
) -> dict[int, tuple[int, str] | None]:
    """Return id and area of the post that follows each one that ends; none where none does."""
    there = job.known(Post, "code", "id", "area_code")
    found: dict[int, tuple[int, str] | None] = {}
    for pk, code in codes.items():
        place, _, role = code.rpartition(":")
        heir = drawn.heir(place)
        after = None if heir is None else there.get(f"{heir}:{role}")
        found[pk] = None if after is None else (after[0], after[1])
    return found


def _donors(drawn: Redrawn) -> dict[str, str]:
    """Return the grid whose posts each new one takes over: it is its heir and mostly made of it."""
    places = {code: place for place, code in enumerate(drawn.new)}
    numbers = {code: place for place, code in enumerate(drawn.old)}
    found: dict[str, tuple[float, str]] = {}
    for old in drawn.heirs:
        new = drawn.heir(old)
        if new is not None and new in drawn.coming:
            share = drawn.of_new.get((numbers[old], places[new]), 0.0)
            found[new] = min(found.get(new, (0.0, "~")), (-share, old))
    return {new: old for new, (_, old) in found.items()}
