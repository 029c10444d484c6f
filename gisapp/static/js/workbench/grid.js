// The card of a grid: its state before and now, its posts and who holds them, who could help, comments.

import { el } from "../dom.js";
import { config, figure, say } from "../words.js";
import { personField } from "./choose.js";
import { comments } from "./comments.js";
import { act, block, someone, stateOf } from "./parts.js";
import { reasonCard, whyNot } from "./why.js";

/** What stands under the name. */
export function gridUnder(row) {
  return [
    row.code,
    row.households === null ? say("households_unknown") : say("households", { n: figure(row.households) }),
    say("enterprises", { n: figure(row.enterprises) }),
  ].join(" · ");
}

/** The state before and now, and what the draft does about it. */
export function gridVerdict({ scene }, row) {
  const order = config.style.order.map(String);
  const by = order.indexOf(row.state) - order.indexOf(row.before);
  if (!by) return [stateOf(scene, row.state), row.changed ? el("span", { class: "chip act" }, say("changed_here")) : null];
  const chip = by < 0 ? ["chip bad", "made_worse"] : row.state === "served" ? ["chip act", "mended"] : ["chip act", "made_better"];
  return [stateOf(scene, row.before), el("span", { class: "second", "aria-label": say("now") }, "→"), stateOf(scene, row.state), el("span", { class: chip[0] }, say(chip[1]))];
}

export function gridBody(bench, row) {
  const own = row.posts.find((post) => post.place_code === row.code) ?? row.posts[0];
  const asked = row.posts.find((post) => post.post === bench.instead?.post) ?? own;
  const others = row.posts.filter((post) => post !== own);
  const helpers = asked && bench.draft.editable ? candidates(bench, row, asked) : null;
  // An open seat wants somebody first; a seat that is taken wants its reason.
  const open = Boolean(own && openSeats(own).length);
  const block = (post) => postBlock(bench, row, post, post === own);
  const beside = own ? whyNot(bench, own) : null;
  return el(
    "div",
    {},
    el("p", { class: "reason" }, row.sentence ?? ""),
    own ? block(own) : null,
    open ? [helpers, others.map(block), beside] : [beside, others.map(block), helpers],
    comments(bench, row),
  );
}

const openSeats = (post) => post.slots.filter((slot) => slot.filled < slot.wanted);

function postBlock(bench, row, post, open) {
  return block(
    say(`role_${post.role}`, { place: post.place }),
    post.holders.map((one, i) => [
      someone(one, { open: (number) => bench.pickPerson(number), under: bench.draft.editable ? deeds(bench, post, one) : locked(one) }),
      reasonCard(bench, row, post, one, open && i === 0),
    ]),
    openSeats(post).map((slot) => el("p", { class: "row" }, el("span", { class: "chip bad" }, say("seat_open")), slot.specialty ?? say("any_specialty"))),
  );
}

function locked(one) {
  return one.locked ? [el("span", { class: "chip" }, say("locked"))] : [];
}

/** What can be done about one holder. */
function deeds(bench, post, one) {
  const pair = { post: post.post, cadre: one.staff_number };
  return [
    act(one.locked ? say("unlock") : say("lock"), () => bench.trial.open({ deed: one.locked ? "unlock" : "lock", pairs: [pair] }), { name: "lock", key: "L", pressed: one.locked }),
    act(say("change_person"), () => bench.changePerson(post, one), { name: "swap" }),
    act(say("remove"), () => bench.trial.open({ deed: "remove", ...pair })),
  ];
}

/** The nearest who are free, each with a button; anybody else by name. */
function candidates(bench, row, post) {
  const { instead } = bench;
  const out = instead?.post === post.post ? instead : null;
  const assign = (cadre) => bench.trial.open({ deed: "assign", post: post.post, cadre, ...(out ? { instead_of: out.cadre } : {}) });
  const field = personField(bench.draft, say("somebody_else"), null, (who) => [
    act(out ? say("put_in") : say("assign"), () => assign(who.staff_number)),
    ...(out
      ? who.posts.map((other) =>
          act(say("swap_with", { place: other.place }), () => bench.trial.open({ deed: "swap", post: post.post, cadre: out.cadre, with_post: other.post, with_cadre: who.staff_number }), { name: "swap" }),
        )
      : []),
  ]);
  const made = block(
    out ? say("instead_of", { name: out.name }) : say("nearest_free"),
    out ? el("p", { class: "row" }, act(say("leave_it"), () => bench.changePerson(null, null), { kind: "quiet" })) : null,
    row.candidates.length ? null : el("p", { class: "note" }, say("nobody_free")),
    row.candidates.map((one) => someone(one, { open: (number) => bench.pickPerson(number), beside: act(out ? say("put_in") : say("assign"), () => assign(one.staff_number), { label: `${out ? say("put_in") : say("assign")}：${one.name}` }) })),
    el("h3", {}, say("somebody_else")),
    field,
  );
  made.id = "candidates";
  return made;
}
