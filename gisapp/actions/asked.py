"""Finds what somebody asks about: a post or a cadre of a plan, or the plan in force for one."""

from gisapp.errors import InvalidInput, NotFound
from gisapp.i18n import N_
from gisapp.store import cadres, force, plans, posts
from gisapp.store.matching import Muster
from gisapp.store.models import Plan, Post
from gisapp.store.session import Session


class NoSuchPost(NotFound):
    """No post has the code today."""

    code = "no_such_post"
    message = N_(
        "There is no post {post} today. A post's code is that of its grid or area, then “:member” "
        "or “:chief”."
    )


class PostElsewhere(InvalidInput):
    """The post is not in the plan's area."""

    code = "post_elsewhere"
    message = N_("{post} lies outside {area}, the area of plan {plan}.")


class PostPlaceless(InvalidInput):
    """The place of the post has no shape, so that no way to it is known."""

    code = "post_placeless"
    message = N_("The place of {post} has no boundary. Import it, then ask again.")


class NoSuchCadre(NotFound):
    """Nobody on the staff has the number."""

    code = "no_such_cadre"
    message = N_("Nobody on the staff today has the number {cadre}.")


class CadreElsewhere(InvalidInput):
    """The plan has no way to place the person."""

    code = "cadre_elsewhere"
    message = N_("{cadre} cannot be placed by plan {plan}: the department is not of {area}.")


class NoPlanInForce(NotFound):
    """No plan is in force for what is asked about."""

    code = "no_plan_in_force"
    message = N_("No plan is in force today for {subject}. Name one with --plan.")


class SeveralPlansInForce(InvalidInput):
    """Several plans are in force where the cadre could serve."""

    code = "several_plans_in_force"
    message = N_("Plans {plans} are in force where {cadre} could serve. Name one with --plan.")


def post(session: Session, code: str) -> Post:
    """Find a post of today."""
    found = posts.by_code(session, session.today, code)
    if found is None:
        raise NoSuchPost(post=code)
    return found


def cadre(session: Session, staff_number: str) -> int:
    """Find who has a staff number today: its id."""
    found = cadres.on_staff(session, session.today, staff_number)
    if found is None:
        raise NoSuchCadre(cadre=staff_number)
    return found


def post_at(session: Session, plan: Plan, town: Muster, code: str) -> int:
    """Find the position of a post in the problem of a plan."""
    if code in town.problem.posts.codes:
        return town.problem.posts.codes.index(code)
    if not post(session, code).area_code.startswith(plan.area_code):
        raise PostElsewhere(post=code, area=plan.area_code, plan=plans.code(plan))
    raise PostPlaceless(post=code)


def cadre_at(session: Session, plan: Plan, area: str, town: Muster, staff_number: str) -> int:
    """Find the position of a cadre in the problem of a plan within an area."""
    found = cadre(session, staff_number)
    if found not in town.cadre_ids:
        raise CadreElsewhere(cadre=staff_number, area=area, plan=plans.code(plan))
    return town.cadre_ids.index(found)


def plan_of_post(session: Session, code: str) -> str:
    """Find the plan that a post follows today."""
    holds = force.of_area(plans.in_force(session, session.today), post(session, code).area_code)
    if holds is None:
        raise NoPlanInForce(subject=code)
    return plans.code(holds.plan)


def plan_of_cadre(session: Session, staff_number: str) -> str:
    """Find the plan that holds today where a cadre's department belongs, or the one below it."""
    home = cadres.persons(session)[cadre(session, staff_number)].area_code
    published = plans.in_force(session, session.today)
    holds = force.of_area(published, home)
    if holds is not None:
        return plans.code(holds.plan)
    below = sorted({plans.code(each.plan) for each in published if each.area_code.startswith(home)})
    if not below:
        raise NoPlanInForce(subject=staff_number)
    if len(below) > 1:
        raise SeveralPlansInForce(plans=below, cadre=staff_number)
    return below[0]
