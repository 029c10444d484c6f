// The strip at the foot: five figures, each with its change against the base.

import { byId, el } from "../dom.js";
import { figure, say, signed } from "../words.js";

export function showFoot({ figures, before: base, state }, limit) {
  // What a plan that stands changed is told where it is compared with another.
  const before = state === "draft" ? base : null;
  const { departments } = figures;
  byId("foot").replaceChildren(
    cell("total", figure(Math.round(figures.cost)), "", less(figures.cost, before?.cost)),
    cell("filled", figure(figures.filled), `\u00a0/ ${figure(figures.posts)}`, more(figures.filled, before?.filled)),
    cell("nobody", figure(figures.states.unserved), `\u00a0/ ${figure(figures.grids)}`, less(figures.states.unserved, before?.states.unserved)),
    cell("below_floor", figure(figures.below_floor), departments ? `\u00a0/ ${figure(departments)}` : "", less(figures.below_floor, before?.below_floor)),
    cell("moved", say("foot_moves", { n: figure(figures.moved) }), "", el("span", { class: "mute" }, movedNote(figures, limit))),
  );
}

function movedNote({ people_moved: people }, limit) {
  const parts = [say("n_people", { n: figure(people) })];
  if (limit !== null && limit !== undefined) parts.push(say("limit_n", { n: figure(limit) }));
  return parts.join(" · ");
}

function cell(key, value, base, change) {
  return el(
    "div",
    { "data-figure": key },
    el("dt", {}, say(`foot_${key}`)),
    el("dd", {}, el("span", {}, el("b", {}, value), base ? el("span", { class: "base" }, base) : null), change),
  );
}

const less = (now, then) => change(now, then, -1);
const more = (now, then) => change(now, then, 1);

/** The change, and whether it is a good one. */
function change(now, then, good) {
  if (typeof then !== "number") return el("span");
  const by = Math.round(now) - Math.round(then);
  if (!by) return el("span", { class: "mute" }, say("unchanged"));
  return el("span", { class: by * good > 0 ? "good" : "bad" }, signed(by));
}
