"""Questions about comments on the grids of a draft."""

from sqlalchemy import select

from gisapp.store.days import valid_on
from gisapp.store.models import Comment, Grid, Plan
from gisapp.store.session import Session


def of_plan(session: Session, plan: Plan, place: str | None) -> list[Comment]:
    """Read the comments of a plan, or those on one place, the earliest first."""
    question = select(Comment).where(Comment.plan_id == plan.id).order_by(Comment.id)
    if place is not None:
        question = question.where(Comment.place_code == place)
    return list(session.scalars(question))


def find(session: Session, plan: Plan, comment_id: int) -> Comment | None:
    """Find one comment of a plan."""
    mine = (Comment.plan_id == plan.id) & (Comment.id == comment_id)
    return session.scalars(select(Comment).where(mine)).first()


def area_of_grid(session: Session, place: str) -> str | None:
    """Find the area of a grid of today."""
    valid = valid_on(Grid, session.today)
    return session.scalars(select(Grid.area_code).where(Grid.code == place, valid)).first()
