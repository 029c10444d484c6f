"""Questions about gatherings that were told, and about the last calibration."""

from sqlalchemy import select

from gisapp.store.models import Alert, Calibration
from gisapp.store.session import Session


def open_ones(session: Session, area: str, category: str | None) -> list[Alert]:
    """Read those of one area and category that are not over, the earliest first."""
    question = (
        select(Alert)
        .where(Alert.area_code == area, Alert.category_code.is_not_distinct_from(category))
        .where(Alert.over.is_(False))
        .order_by(Alert.id)
    )
    return list(session.scalars(question))


def newest(session: Session, area: str, month: int | None, most: int) -> list[Alert]:
    """Read an area's that are not over, or were last told after ``month``; told last come first."""
    question = select(Alert).where(Alert.area_code == area)
    question = question.order_by(Alert.told_month.desc(), Alert.id).limit(most)
    if month is None:
        return list(session.scalars(question.where(Alert.over.is_(False))))
    return list(session.scalars(question.where(Alert.told_month == month)))


def calibrated(session: Session, area: str) -> list[str]:
    """List the categories for which alerts of an area were calibrated."""
    question = select(Calibration.category_code).where(Calibration.area_code == area).distinct()
    return sorted(code for code in session.scalars(question) if code is not None)


def calibration(session: Session, area: str, category: str | None) -> Calibration | None:
    """Find the newest calibration of an area and a category."""
    question = (
        select(Calibration)
        .where(Calibration.area_code == area)
        .where(Calibration.category_code.is_not_distinct_from(category))
        .order_by(Calibration.id.desc())
        .limit(1)
    )
    return session.scalars(question).first()
