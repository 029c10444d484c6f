// The legend is the filter: a click hides a class, a double click shows only this one.

import { byId, el, styled } from "./dom.js";
import { swatch } from "./patterns.js";
import { SHARE_BREAKS } from "./scene.js";
import { config, figure, percent, say } from "./words.js";

/** More classes than this stand close, and those without a grid behind the others. */
const MANY = 5;

let unfolded = false;

/**
 * Show the legend of the level that is drawn. `counts` is {value: number of grids};
 * `changed` is called after the reader hid or showed a class.
 */
export function showLegend(scene, level, counts, changed) {
  const home = byId("legend");
  home.replaceChildren();
  if (level !== "grid") home.append(shares(scene));
  home.append(scene.breaks.length ? steps(scene) : filter(scene, counts, changed));
}

function filter(scene, counts, changed) {
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  const order = scene.order ?? config.style.order;
  const drawn = order.some((value) => scene.paints[String(value)].glyph);
  const kind = `legend${order.length > MANY ? " tight" : ""}${drawn ? " drawn" : ""}`;
  const list = el("ul", { class: kind });
  const none = el("ul", { class: kind });
  for (const value of order) {
    const key = String(value);
    const paint = scene.paints[key];
    const id = `class-${key.replace("-", "m")}`;
    const count = counts[key] ?? 0;
    const box = el("input", { type: "checkbox", id, change: () => toggle(key) });
    box.checked = !scene.hidden.has(key);
    const bar = el("i");
    const item = el(
      "li",
      { class: box.checked ? "" : "off", dblclick: () => only(key) },
      box,
      drawn ? (paint.glyph?.() ?? el("span")) : swatch(paint),
      drawn ? swatch(paint, 20) : null,
      el("label", { for: id }, paint.word),
      el("span", { class: "count" }, say("n_grids", { n: figure(count) })),
      el("span", { class: "bar", "aria-hidden": "true" }, bar),
    );
    styled(bar, { width: `${total ? (100 * count) / total : 0}%` });
    (order.length > MANY && !count ? none : list).append(item);
  }
  return none.children.length ? el("div", {}, list, folded(none)) : list;

  function toggle(key) {
    if (scene.hidden.has(key)) scene.hidden.delete(key);
    else scene.hidden.add(key);
    changed();
  }

  function only(key) {
    const others = order.map(String).filter((other) => other !== key);
    const alone = others.every((other) => scene.hidden.has(other)) && !scene.hidden.has(key);
    scene.hidden = new Set(alone ? [] : others);
    changed();
  }
}

/** Classes without a grid, so that the list beside the map is in view. */
function folded(none) {
  const more = el("details", {}, el("summary", {}, say("classes_without", { n: none.children.length })), none);
  more.open = unfolded;
  more.addEventListener("toggle", () => (unfolded = more.open));
  return more;
}

function shares(scene) {
  const title = config.share?.title;
  const ends = SHARE_BREAKS.map((end) => percent(end).replace(/\s?%/, ""));
  const words = [`< ${ends[0]}`, ...ends.slice(0, -1).map((end, i) => `${end}–${ends[i + 1]}`), `≥ ${ends.at(-1)}`];
  return el("div", {}, title ? el("h3", {}, title, el("span", { class: "unit" }, " %")) : null, classes(scene.shareClasses, words));
}

function steps(scene) {
  const ends = scene.breaks.map((end) => figure(end));
  const words = [`< ${ends[0]}`, ...ends.slice(0, -1).map((end, i) => `${end}–${ends[i + 1]}`), `≥ ${ends.at(-1)}`];
  return classes(scene.stepClasses, words);
}

function classes(paints, words) {
  const list = el("ul", { class: "classes" });
  paints.forEach((paint, i) => {
    list.append(el("li", {}, styled(el("i"), { background: paint.colour }), words[i]));
  });
  return list;
}

/** How many grids have each value. */
export function countValues(column) {
  const counts = new Map();
  for (const value of column ?? []) counts.set(value, (counts.get(value) ?? 0) + 1);
  const named = {};
  for (const [value, n] of counts) named[String(value)] = (named[String(value)] ?? 0) + n;
  return named;
}
