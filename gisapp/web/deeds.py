"""/api/v1/drafts: a draft made, changed, branched and given up; each write is one transaction."""

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, Response

from gisapp.actions import comments, draft_heads, drafting, editing, history
from gisapp.actions.desk import Desk
from gisapp.auth import Scope
from gisapp.query import InvalidParameter
from gisapp.web.answers import answer
from gisapp.web.context import actor, asked, now, session, state
from gisapp.web.deed_forms import SENT, Branch, Named, Remark, Sent, Start, Step
from gisapp.web.desks import kept, opened
from gisapp.web.writing import done_once, seen_version

deeds = Blueprint("deeds", __name__, url_prefix="/api/v1/drafts")

CREATED: Final = 201
NOTHING: Final = 204


@deeds.post("")
def start() -> Response:
    """Make a draft of what is in force, or of a plan."""
    _plan_writer()
    form = Start.read()
    drafting.ready(session(), form.based_on, form.mode, kept)
    made = done_once(
        form,
        lambda writing: _new(
            drafting.create(writing, form.id, form.based_on, form.mode, keep=kept)
        ),
    )
    return _head(made["plan"])


@deeds.post("/<plan>/branch")
def branch(plan: str) -> Response:
    """Make a draft of what a plan was at a version, with one deed more or none."""
    _plan_writer()
    form = Branch.read()

    opened(session(), plan)

    def own_desk(writing: Any, code: str) -> Desk:
        return drafting.own_desk(writing, code, kept)

    def deed(writing: Any) -> dict[str, Any]:
        other = drafting.branch(writing, form.id, plan, form.version, keep=kept)
        made = _new(other)
        if form.deed is not None:
            own = form.deed.made(writing, plan, form.version)
            editing.do(writing, own_desk, made["plan"], other.version, own)
        return made

    return _head(done_once(form, deed)["plan"])


@deeds.post("/<plan>/deeds")
def do(plan: str) -> Response:
    """Change a draft; a preview says what would come of it."""
    _plan_writer()
    form = SENT[Named.read().deed].read()
    version = seen_version()
    return _change(
        plan,
        form,
        lambda session_: editing.do(
            session_,
            opened,
            plan,
            version,
            form.made(session_, plan, version),
            form.id,
            preview=form.preview,
        ),
    )


@deeds.post("/<plan>/undo", defaults={"kind": "undo"})
@deeds.post("/<plan>/redo", defaults={"kind": "redo"})
def step(plan: str, kind: editing.Step) -> Response:
    """Take the latest change back, or do the one again that was taken back last."""
    _plan_writer()
    form, version = Step.read(), seen_version()
    return _change(
        plan,
        form,
        lambda session_: editing.step(
            session_, opened, plan, version, kind, form.id, preview=form.preview
        ),
    )


@deeds.delete("/<plan>")
def delete(plan: str) -> Response:
    """Delete a draft."""
    _plan_writer()
    version = seen_version()
    with state().runtime.sessions.write(actor(), now()) as writing:
        drafting.delete(writing, plan, version)
    return _nothing()


@deeds.get("/<plan>/history")
def changes(plan: str) -> Response:
    """List what was done to a draft, the latest first."""
    text = asked("page").get("page", "1")
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 9 and int(text)):  # noqa: PLR2004
        raise InvalidParameter(name="page", value=text[:80])
    return answer(history.page(session(), plan, int(text)))


@deeds.get("/<plan>/comments")
def remarks(plan: str) -> Response:
    """List what was said about the grids of a draft."""
    place = asked("place").get("place")
    return answer({"rows": comments.read(session(), plan, place)})


@deeds.post("/<plan>/comments")
def remark(plan: str) -> Response:
    """Comment on a grid."""
    _plan_writer()
    form = Remark.read()
    made = done_once(
        form, lambda writing: comments.make(writing, form.id, plan, form.place, form.text)
    )
    response = answer(made)
    response.status_code = CREATED
    return response


@deeds.delete("/<plan>/comments/<int:comment>")
def unsay(plan: str, comment: int) -> Response:
    """Delete one's own comment."""
    _plan_writer()
    version = seen_version()
    with state().runtime.sessions.write(actor(), now()) as writing:
        comments.delete(writing, plan, comment, version)
    return _nothing()


def _plan_writer() -> None:
    """Raise for whoever may change no plan, before anything is said of what was sent."""
    asked()
    actor().must(Scope.PLANS_WRITE)


def _change(plan: str, form: Sent, deed: Callable[[Any], dict[str, Any]]) -> Response:
    if form.preview:
        # Nothing is stored, so that nothing is written under the id either.
        return answer(deed(session()))
    # What is read once for all is read before others have to wait for this transaction.
    opened(session(), plan).now(session())

    def again(session_: Any, kept_: dict[str, Any]) -> dict[str, Any]:
        return editing.again(session_, opened, kept_["plan"], kept_["version"])

    return answer(done_once(form, deed, brief=("plan", "version"), again=again))


def _new(made: Any) -> dict[str, Any]:
    return {"plan": f"{made.area_code}-{made.number}"}


def _head(plan: str) -> Response:
    """Tell about a draft that has just been made, as it is now."""
    with state().runtime.sessions.read(actor(), now()) as fresh:
        response = answer(draft_heads.head(fresh, opened(fresh, plan)))
    response.status_code = CREATED
    return response


def _nothing() -> Response:
    return Response(status=NOTHING)
