// The card of a person: posts and load, what else this one could take. And that of a department.

import { el } from "../dom.js";
import { figure, listed, say, signed } from "../words.js";
import { best } from "./best.js";
import { track } from "./floors.js";
import { act, block, someone } from "./parts.js";

export function personBody(bench, who) {
  return el(
    "div",
    {},
    el("p", { class: "reason" }, who.sentence ?? ""),
    block(
      say("holds_n", { held: figure(who.held), capacity: figure(who.capacity) }),
      who.posts.length ? null : el("p", { class: "note" }, say("holds_nothing")),
      el("ul", { class: "held" }, who.posts.map((post) => held(bench, who, post))),
    ),
    offers(bench, who),
    who.specialties.length ? block(say("knows"), el("p", {}, listed(who.specialties))) : null,
  );
}

function held(bench, who, post) {
  const pair = { post: post.post, cadre: who.staff_number };
  return el(
    "li",
    {},
    el("div", { class: "row between" }, placeOf(bench, post), Number.isFinite(post.minutes) ? el("span", {}, figure(post.minutes), el("small", {}, `\u202f${say("min_short")}`)) : null),
    bench.draft.editable
      ? el(
          "div",
          { class: "row" },
          act(post.locked ? say("unlock") : say("lock"), () => bench.trial.open({ deed: post.locked ? "unlock" : "lock", pairs: [pair] }), { name: "lock", pressed: post.locked }),
          act(say("remove"), () => bench.trial.open({ deed: "remove", ...pair })),
        )
      : null,
  );
}

/** Where a post is: leads to its grid, when it is that of one. */
function placeOf(bench, { grid, place }) {
  if (!grid) return el("b", {}, place);
  return el("button", { type: "button", class: "linked mini", click: () => bench.pick(grid, { fly: true }), pointerenter: () => bench.point(grid), pointerleave: () => bench.point(null) }, place);
}

/** What else this person could take, worked out from the solved plan; who is full gives up a post first. */
function offers(bench, who) {
  const home = el("div");
  const full = !who.left;
  const path = `people/${encodeURIComponent(who.staff_number)}/offers`;
  const read = (signal, there) => bench.draft.solved(path, { most: 10 }, signal, there);
  best(bench, home, read, ({ offers: found }) => [el("ul", { class: "held" }, found.map(line)), found.length ? "" : el("p", { class: "note" }, say("no_offers"))]);
  return block(say("could_take"), full && who.posts.length ? el("p", { class: "note" }, say("give_up_first", { held: who.posts.length })) : null, home);

  function line(one) {
    return el(
      "li",
      {},
      el(
        "div",
        { class: "row between" },
        placeOf(bench, one),
        el("b", {}, signed(one.change)),
      ),
      el("p", { class: "second" }, one.sentence),
      bench.draft.editable && !full ? act(say("assign"), () => bench.trial.open({ deed: "assign", post: one.post, cadre: who.staff_number }), { label: `${say("assign")}：${one.place}` }) : null,
    );
  }
}

/** A department: its bar against the floors, and who of it is out. */
export function departmentBody(bench, row, people, total) {
  return el(
    "div",
    {},
    el("p", { class: "reason" }, row.sentence),
    el("div", { class: "block" }, el("div", { class: "floor wide" }, track(row), el("span", { class: "figure" }, `${figure(row.deployed)} / ${figure(row.base)}`)),
      el("p", { class: "note" }, say("floor_before", { before: figure(row.before), now: figure(row.deployed), floor: figure(row.floor) }))),
    block(
      say("people_of_it", { n: figure(total) }),
      people.map((one) => someone(one, { open: (number) => bench.pickPerson(number) })),
      total > people.length ? el("p", { class: "note" }, say("only_first", { n: figure(people.length) })) : null,
    ),
  );
}
