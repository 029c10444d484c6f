"""Drafts changed on the workbench: a real server, a real browser, nothing mocked."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from gisapp.web.context import CSRF_COOKIE, CSRF_HEADER
from tests.web.browser import DESK, NO_BROWSER, PHONE, Visit, in_sight
from tests.web.routes import TOKEN

PLAN = "/plan/9901-1"
WIDE = (1440, 900)

pytestmark = NO_BROWSER

Open = Callable[..., Visit]


def a_draft(seen: Visit) -> Any:
    """Make a draft of the published plan as a program does, and open it."""
    seen.window.add_cookies([{"name": CSRF_COOKIE, "value": TOKEN, "url": seen.town}])
    made = seen.window.request.post(
        seen.town + "/api/v1/drafts",
        headers={CSRF_HEADER: TOKEN},
        data={"id": str(uuid4()), "based_on": PLAN.rpartition("/")[2], "mode": "normal"},
    )
    return seen.open(f"/plan/{made.json()['plan']}")


def on(seen: Visit, selector: str) -> str:
    """A script that is true once something is on the page and can be seen."""
    return f"document.querySelector('{selector}')?.checkVisibility()"


def total(page: Any) -> str:
    return str(page.locator("[data-figure=total] b").inner_text())


def pick_gap(seen: Visit) -> str:
    """Pick a gap that one more person fills: its own post has a free seat; returns its code."""
    rows = gaps(seen, "state=unserved&state=stretched")
    return pick(seen, next(row["code"] for row in rows if free(row)))


def gaps(seen: Visit, which: str) -> Iterator[Any]:
    """Read gaps one by one as their cards have them."""
    draft = f"/api/v1/drafts/{seen.page.evaluate('location.pathname').split('/')[2]}"
    for row in seen.api(f"{draft}/gaps?{which}")["rows"]:
        yield seen.api(f"{draft}/grids/{row['code']}")


def pick(seen: Visit, code: str) -> str:
    """Pick a gap from its list by its code."""
    page = seen.page
    page.fill("#gaps input[type=search]", code)
    seen.until("document.querySelectorAll('#gaps tbody tr').length === 1")
    page.click(f"#gaps tbody tr[data-key='{code}'] .place")
    seen.until(on(seen, "#card header"))
    return code


def own(grid: Any) -> Any:
    """Return the grid's own post, or nothing."""
    return next((post for post in grid["posts"] if post["place_code"] == grid["code"]), None)


def free(grid: Any) -> bool:
    """Say whether the grid's own post has a free seat."""
    post = own(grid)
    return post is not None and any(slot["filled"] < slot["wanted"] for slot in post["slots"])


def assign(seen: Visit) -> None:
    """Put the nearest candidate there; the bar then asks whether to keep it."""
    seen.until(on(seen, "#candidates .min button"))
    seen.page.click("#candidates .min button >> nth=0")
    seen.until(on(seen, "#trial[data-kind=asking] .go"))


def keep(seen: Visit) -> None:
    seen.page.keyboard.press("Enter")
    seen.until(on(seen, "#trial[data-kind=done] .go"))


def version(seen: Visit) -> int:
    path = seen.page.evaluate("location.pathname")
    return int(seen.api(f"/api/v1/drafts/{path.split('/')[2]}")["version"])


def changed(seen: Visit, grid: str) -> bool:
    path = seen.page.evaluate("location.pathname")
    row = seen.api(f"/api/v1/drafts/{path.split('/')[2]}/grids/{grid}")
    return bool(row["changed"])


def test_a_draft_is_made_of_the_plan_that_is_read(visit: Open) -> None:
    seen = visit()
    page = seen.open(PLAN)

    with page.expect_navigation():
        page.click("#make-draft")
    seen.ready()

    facts = seen.api(f"/api/v1/drafts/{page.evaluate('location.pathname').split('/')[2]}")
    assert (facts["state"], facts["based_on"]) == ("draft", "9901-1")
    assert page.locator("#make-draft").is_hidden()


def test_a_gap_is_filled_taken_back_and_filled_again(visit: Open) -> None:
    seen = visit(size=WIDE)
    page = a_draft(seen)
    began, number = total(page), version(seen)
    grid = pick_gap(seen)

    assign(seen)
    assert version(seen) == number
    assert total(page) == began
    keep(seen)
    filled = total(page)
    assert filled != began
    assert changed(seen, grid)
    assert page.locator("#card .verdict .chip.act").is_visible()

    page.keyboard.press("Control+z")
    seen.until(f"document.querySelector('[data-figure=total] b').textContent === '{began}'")
    assert not changed(seen, grid)
    page.keyboard.press("Control+Shift+z")
    seen.until(f"document.querySelector('[data-figure=total] b').textContent === '{filled}'")
    assert version(seen) == number + 3


def test_what_is_not_kept_leaves_the_draft_as_it_was(visit: Open) -> None:
    seen = visit()
    page = a_draft(seen)
    number = version(seen)
    pick_gap(seen)
    assign(seen)

    page.keyboard.press("Escape")

    seen.until("document.getElementById('trial').hidden")
    assert version(seen) == number
    assert page.locator("#undo").is_disabled()


def test_a_deed_whose_answer_is_lost_is_done_once(visit: Open) -> None:
    seen = visit()
    page = a_draft(seen)
    number = version(seen)
    pick_gap(seen)
    assign(seen)

    def lose(route: Any) -> None:
        route.fetch()  # the server does it, and the answer never arrives
        route.abort()

    page.route("**/deeds", lose, times=1)
    page.keyboard.press("Enter")
    seen.until(on(seen, "#trial[data-kind=wrong] .go"))
    assert version(seen) == number + 1
    page.click("#trial .go")
    seen.until(on(seen, "#trial[data-kind=done] .go"))

    assert version(seen) == number + 1
    assert all("ERR_FAILED" in fault for fault in seen.faults)
    seen.faults.clear()


def test_a_draft_is_edited_by_keyboard_alone(visit: Open) -> None:
    seen = visit()
    page = a_draft(seen)
    number = version(seen)
    page.focus("#map_grid")

    page.keyboard.press("n")
    seen.until(on(seen, "#card header"))
    first = page.evaluate("location.hash")
    page.keyboard.press("ArrowRight")
    seen.until(f"location.hash !== '{first}'")
    here = page.evaluate("location.hash")
    page.keyboard.press("Enter")
    seen.until("document.activeElement.id === 'card'")
    page.keyboard.press("Escape")
    seen.until("document.activeElement.id === 'map_grid'")
    assert page.locator("#card").is_hidden()
    assert page.evaluate("location.hash") == here
    page.keyboard.press("n")
    seen.until(on(seen, "#card header"))
    page.focus("#map_grid")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("n")
    seen.until("document.querySelector('#picked b')?.textContent.includes('1')")
    page.focus("#map_grid")
    page.keyboard.press("Shift+Enter")
    seen.until("document.querySelector('#picked b')?.textContent.includes('2')")
    page.keyboard.press("Escape")
    seen.until("document.getElementById('picked').hidden")
    page.focus("#lock-all")
    page.keyboard.press("Enter")
    seen.until(on(seen, "#trial[data-kind=asking] .go"))
    keep(seen)

    assert version(seen) == number + 1
    page.keyboard.press("Control+z")
    seen.until("!document.querySelector('#redo').disabled")
    assert version(seen) == number + 2


def test_an_area_is_picked_with_a_box_by_touch_and_by_keys(visit: Open) -> None:
    seen = visit("en")
    page = a_draft(seen)
    box = page.locator("#map_grid").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def draw(wide: int) -> int:
        page.mouse.move(middle[0] - wide, middle[1] - wide)
        page.mouse.down()
        page.mouse.move(middle[0] + wide, middle[1] + wide, steps=3)
        page.mouse.up()
        seen.until("!document.getElementById('picked').hidden")
        return int(page.inner_text("#picked b").split()[0])

    page.keyboard.down("Shift")
    few = draw(60)
    many = draw(120)
    page.keyboard.up("Shift")
    assert 0 < few < many
    page.keyboard.press("Escape")
    seen.until("document.getElementById('picked').hidden")

    page.focus("#pick-many")
    page.keyboard.press("Enter")
    assert page.get_attribute("#pick-many", "aria-pressed") == "true"
    assert draw(60) == few
    assert seen.axe() == []
    page.focus("#map_grid")
    page.keyboard.press("n")
    seen.until(on(seen, "#card header"))
    page.locator("#picked button").nth(1).press("Enter")
    seen.until(f"parseInt(document.querySelector('#picked b').textContent) > {few}")
    page.keyboard.press("l")
    seen.until(on(seen, "#trial[data-kind=asking] .go"))
    keep(seen)


def test_who_is_put_where_one_sits_takes_that_place(visit: Open) -> None:
    seen = visit()
    page = a_draft(seen)
    full = (row for row in gaps(seen, "state=specialty_missing") if own(row) and not free(row))
    grid = next(row for row in full if len(own(row)["holders"]) == 1 and row["candidates"])
    sits, comes = own(grid)["holders"][0], grid["candidates"][0]
    pick(seen, grid["code"])

    page.click("#card .under button >> nth=1")
    seen.until("document.activeElement.closest('#candidates')")
    whole = "[document.documentElement.scrollTop, document.documentElement.scrollHeight]"
    assert page.evaluate(whole) == [0, DESK[1]]
    page.fill("#candidates input", "9901")
    seen.until("document.querySelectorAll('#candidates .chosen li').length > 1")
    assert in_sight(seen, "#candidates input, #candidates .chosen li:first-child")
    assert page.evaluate(whole) == [0, DESK[1]]
    page.click("#candidates > .row button")
    assign(seen)

    # That all seats are taken is refused first.
    seen.faults[:] = [fault for fault in seen.faults if "422" not in fault]
    said = page.inner_text("#trial .said b")
    assert sits["name"] in said
    assert comes["name"] in said
    keep(seen)
    left = next(row for row in gaps(seen, "all=1&q=" + grid["code"]))
    assert [one["staff_number"] for one in own(left)["holders"]] == [comes["staff_number"]]


def test_why_not_is_answered_for_anybody(visit: Open) -> None:
    seen = visit()
    page = a_draft(seen)
    draft = page.evaluate("location.pathname").split("/")[2]
    row = seen.api(f"/api/v1/drafts/{draft}/gaps?all=1&state=served&size=1")["rows"][0]
    somebody = seen.api(f"/api/v1/drafts/{draft}/people?free=1&size=1")["rows"][0]
    page.evaluate("code => { location.hash = `place=${code}` }", row["code"])
    page.reload()
    seen.ready()
    seen.until(on(seen, "#card .choose input"))
    field = page.locator("#card section:has(.told) .choose input").first

    field.fill(somebody["staff_number"])
    seen.until(on(seen, "#card section:has(.told) .chosen button"))
    page.locator("#card section:has(.told) .chosen button").first.click()
    seen.until("document.querySelector('#card .told p')?.textContent.length > 4")

    said = page.locator("#card .told p").first.inner_text()
    post = row["code"] + ":member"
    why = seen.api(f"/api/v1/drafts/{draft}/posts/{post}/why?why_not={somebody['staff_number']}")
    assert said == why["why_not"]["sentence"]
    moves = [one["sentence"] for one in why["why_not"]["moves"]]
    assert page.locator("#card .told .moves li").all_inner_texts() == moves
    assert why["sentence"] in page.inner_text("#card .told")


def test_what_somebody_could_take_is_offered_to_whoever_has_time(visit: Open) -> None:
    seen = visit("en")
    page = a_draft(seen)
    people = f"/api/v1/drafts/{page.evaluate('location.pathname').split('/')[2]}/people"
    rows = seen.api(f"{people}?size=100")["rows"]
    has_time = next(row for row in rows if row["rank"] == "leader" and row["left"])
    is_full = next(row for row in rows if row["posts"] and not row["left"])

    pick_person(seen, has_time["staff_number"])
    offered = "#card section > div > .held li"
    seen.until(on(seen, offered))
    offers = seen.api(f"{people}/{has_time['staff_number']}/offers")["offers"]
    linked = page.locator(f"{offered} .linked").count()
    assert linked == sum(one["grid"] is not None for one in offers)
    assert linked < page.locator(offered).count() == len(offers)
    assert page.locator(f"{offered} > button").count() == len(offers)

    pick_person(seen, is_full["staff_number"])
    seen.until(on(seen, offered))
    assert page.locator(f"{offered} > button").count() == 0
    assert "Full:" in page.inner_text("#card .note")


def pick_person(seen: Visit, number: str) -> None:
    page = seen.page
    page.click("#tab-people")
    page.fill("#people input[type=search]", number)
    seen.until("document.querySelectorAll('#people tbody tr').length === 1")
    page.click(f"#people tbody tr[data-key='{number}'] .place")
    seen.until(f"document.querySelector('#card .code')?.textContent.startsWith('{number}')")


def test_the_program_proposes_and_its_plan_is_kept(visit: Open) -> None:
    seen = visit()
    page = a_draft(seen)
    number = version(seen)

    page.click("#propose")
    seen.until(on(seen, "#trial[data-kind=asking] .go"))
    said = page.locator("#trial .figures").inner_text()
    keep(seen)

    assert version(seen) == number + 1
    assert page.locator("#work").is_hidden()
    draft = page.evaluate("location.pathname").split("/")[2]
    states = seen.api(f"/api/v1/drafts/{draft}/history")["rows"][0]["effect"]["states"]
    words = {"specialty_missing": "缺专业", "far": "过远", "stretched": "吃紧"}
    moved = {word for state, word in words.items() if states[state]}
    assert len(moved) > 1
    assert {word for word in words.values() if word in said} == moved


def test_a_surge_is_rehearsed_beside_the_plan(visit: Open) -> None:
    seen = visit()
    page = seen.open(PLAN)

    with page.expect_navigation():
        page.click("#surge")
    seen.ready()
    seen.until(on(seen, "#trial[data-kind=asking] .go"))
    keep(seen)

    draft = page.evaluate("location.pathname").split("/")[2]
    facts = seen.api(f"/api/v1/drafts/{draft}")
    assert facts["mode"] == "surge"
    assert facts["figures"]["moved"] == 0
    assert page.locator("#limit").is_hidden()


def test_work_goes_on_when_the_page_is_loaded_again(visit: Open) -> None:
    seen = visit()
    page = a_draft(seen)
    number = version(seen)

    # A question that never arrived is no work that goes on.
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.ok):
        page.click("#propose")
    assert page.evaluate("sessionStorage.length > 0")
    page.reload()
    seen.ready()

    seen.until(on(seen, "#trial[data-kind=asking] .go"))
    page.keyboard.press("Escape")
    assert version(seen) == number


def test_the_curve_of_moves_has_a_slider_and_a_table(visit: Open) -> None:
    seen = visit()
    page = a_draft(seen)

    page.click("#limit .quiet")
    seen.until(on(seen, "#limit .curve svg"))
    page.focus("#limit input")
    page.keyboard.press("Home")

    assert page.locator("#limit input").get_attribute("aria-valuetext").startswith("0")
    assert page.locator("[data-figure=moved]").inner_text().endswith("0")
    page.click("#limit summary")
    assert page.locator("#limit tbody tr").count() >= 1


def test_two_planners_hear_of_each_other(visit: Open) -> None:
    first, second = visit(), visit()
    a_draft(first)
    page = second.open(first.page.evaluate("location.pathname"))
    first.page.click("#lock-all")
    first.until(on(first, "#trial[data-kind=asking] .go"))
    keep(first)
    number = version(first)

    pick_gap(second)
    second.until(on(second, "#candidates .min button"))
    page.click("#candidates .min button >> nth=0")
    second.until(on(second, "#trial[data-kind=clash] .go"))
    assert version(second) == number
    with page.expect_response(re.compile(r"/drafts/[^/]+$")):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.keyboard.press("Control+z")
    assert page.locator("#trial[data-kind=clash] button").count() == 3
    page.click("#trial .go")
    second.until(on(second, "#trial[data-kind=asking] .go"))
    keep(second)

    assert version(second) == number + 1
    second.faults[:] = [fault for fault in second.faults if "412" not in fault]

    draft = page.evaluate("location.pathname").split("/")[2]
    headers = {CSRF_HEADER: TOKEN, "If-Match": f'"{number + 1}"'}
    gone = first.window.request.delete(f"{second.town}/api/v1/drafts/{draft}", headers=headers)
    assert gone.status == 204
    page.click("#lock-all")
    second.until(on(second, "#trial[data-kind=wrong] a[href]"))
    edits = page.locator("#lock-all, #propose, #undo, #publish, #limit")
    assert not any(one.is_visible() for one in edits.all())
    assert second.axe() == []
    second.faults[:] = [fault for fault in second.faults if "404" not in fault]


def test_a_proposal_for_what_somebody_changed_meanwhile_is_kept_as_a_draft_of_its_own(
    visit: Open,
) -> None:
    first, second = visit("en", (800, 1000)), visit()
    page = a_draft(first)
    draft = page.evaluate("location.pathname")
    page.click("#propose")
    first.until(on(first, "#trial[data-kind=asking] .go"))
    edges = [
        f"document.querySelector('{one}').getBoundingClientRect().right"
        for one in ("#trial .figures", "#trial")
    ]
    assert page.evaluate(" < ".join(edges))
    second.open(draft).click("#lock-all")
    second.until(on(second, "#trial[data-kind=asking] .go"))
    keep(second)

    page.keyboard.press("Enter")
    first.until(on(first, "#trial[data-kind=clash] button"))
    assert page.locator("#trial button").count() == 2
    with page.expect_navigation():
        page.locator("#trial button").last.click()
    first.ready()

    assert page.evaluate("location.pathname") != draft
    assert page.locator("#undo").is_enabled()
    first.faults[:] = [fault for fault in first.faults if "412" not in fault]


def test_what_another_changed_is_taken_over_with_one_key(visit: Open) -> None:
    first, second = visit(), visit()
    page = a_draft(first)
    second.open(page.evaluate("location.pathname")).click("#lock-all")
    second.until(on(second, "#trial[data-kind=asking] .go"))
    keep(second)
    page.click("#lock-all")
    first.until(on(first, "#trial[data-kind=clash] .go"))

    page.keyboard.press("Escape")
    first.until(on(first, "#trial[data-kind=news]"))

    assert page.locator("#undo").is_enabled()
    first.faults[:] = [fault for fault in first.faults if "412" not in fault]


def test_a_comment_is_written_and_taken_back(visit: Open) -> None:
    seen = visit()
    page = a_draft(seen)
    pick_gap(seen)
    seen.until(on(seen, "#card textarea"))

    page.fill("#card textarea", "街道已确认。\n周四到岗。")
    page.click("#card .write button")
    seen.until("document.querySelectorAll('#card .comments li').length === 1")
    assert "街道已确认。\n周四到岗。" in page.locator("#card .comments").inner_text()
    page.click("#card .comments li button")

    seen.until("document.querySelectorAll('#card .comments li').length === 0")


def test_the_key_hides_a_class_on_map_and_list(visit: Open) -> None:
    seen = visit()
    page = a_draft(seen)
    before = page.locator("#gaps .pager").inner_text()

    page.click("#key-specialty_missing")

    seen.until(on(seen, "#hidden-note"))
    draft = page.evaluate("location.pathname").split("/")[2]
    rest = "&".join(f"state={state}" for state in ("unserved", "far", "stretched"))
    left = seen.api(f"/api/v1/drafts/{draft}/gaps?size=50&{rest}")
    rows = min(50, left["total"]) or 1
    seen.until(f"document.querySelectorAll('#gaps tbody tr').length === {rows}")
    assert before


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_the_bench_can_be_read_by_everybody(visit: Open, lang: str) -> None:
    seen = visit(lang, PHONE)
    page = a_draft(seen)
    page.click("#grip")
    pick_gap(seen)
    assign(seen)
    assert in_sight(seen, "#trial :is(.said, button)")
    page.keyboard.press("Escape")

    for size in (PHONE, DESK, WIDE):
        seen.resize(size)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size
        assert seen.axe() == [], size

    page.click("#gaps .menu summary")
    assert in_sight(seen, "#gaps .menu :is(input, .swatch)")
    labels = "[...document.querySelectorAll('#gaps .menu label')]"
    assert page.evaluate(f"{labels}.every(one => one.scrollWidth <= one.clientWidth)")


def test_in_a_large_city_why_is_worked_out_when_asked_for_and_the_wait_may_be_left(
    visit: Open,
) -> None:
    seen = visit(size=WIDE)
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    seen.page.route(re.compile(r"/api/v1/drafts/[\w-]+$"), large)
    seen.page.route("**/why", hold)
    page = a_draft(seen)
    page.evaluate(f"location.hash = 'place={a_held_grid(seen)}'")
    page.reload()
    seen.ready()
    reasons = page.locator("#card .because[open]")

    assert held == []
    assert seen.axe() == []
    with page.expect_request("**/why"):  # who leaves sooner has asked for nothing
        reasons.locator(".second-choice button").click()
    seen.until("document.activeElement.matches('.second-choice button.quiet')")
    assert page.locator("#card .under button").first.is_enabled()
    page.keyboard.press("Enter")
    seen.until("document.activeElement.matches('.second-choice button:not(.quiet)')")
    assert len(held) == 1
    page.keyboard.press("Enter")
    seen.until(on(seen, ".second-choice button.quiet"))
    page.unroute("**/why")
    held[1].fulfill(status=202, json={"state": "solving"})
    seen.until("document.querySelector('#card .because[open] .second-choice .second') !== null")


def large(route: Any) -> None:
    """Let the page take the town for one whose best plan takes long."""
    answer = route.fetch()
    told = answer.json()
    route.fulfill(response=answer, json=told | {"soon": False})


def a_held_grid(seen: Visit) -> str:
    """Find a grid whose own post somebody holds."""
    path = f"/api/v1/drafts/{seen.page.evaluate('location.pathname').split('/')[2]}"
    for row in seen.api(f"{path}/gaps?all=1&state=served")["rows"]:
        own = seen.api(f"{path}/grids/{row['code']}")["posts"][0]
        if own["place_code"] == row["code"] and own["holders"]:
            return str(row["code"])
    raise AssertionError("nobody holds a post of a grid")
