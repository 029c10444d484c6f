"""Questions about gatherings that were told, and about the last calibration."""

from sqlalchemy import func, select

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


def newest(session: Session, month: int | None, most: int) -> list[Alert]:
    """Read those not over, or those last told after ``month``; what was told last comes first."""
    question = select(Alert).order_by(Alert.told_month.desc(), Alert.id).limit(most)
    if month is None:
        return list(session.scalars(question.where(Alert.over.is_(False))))
    return list(session.scalars(question.where(Alert.told_month == month)))


def calibrated(session: Session) -> list[str]:
    """List the categories for which alerts were calibrated."""
    found = session.scalars(select(Calibration.category_code).distinct())
    return sorted(code for code in found if code is not None)


def calibration(session: Session, category: str | None) -> Calibration | None:
    """Find the newest calibration of a category, that of the largest area first."""
    question = (
        select(Calibration)
        .where(Calibration.category_code.is_not_distinct_from(category))
        .order_by(func.length(Calibration.area_code), Calibration.id.desc())
        .limit(1)
    )
    return session.scalars(question).first()
