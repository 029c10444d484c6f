// Pieces the cards are built of: a person with what can be done about this one, a state with its sign.

import { el, icon } from "../dom.js";
import { swatch } from "../patterns.js";
import { figure, listed, say } from "../words.js";

/** The sign and the word of a state. */
export function stateOf(scene, state) {
  const paint = scene.paints[state];
  return paint ? [swatch(paint), el("b", {}, paint.word)] : [];
}

/** A person: surname in a circle, name, department, what this one knows, minutes; `beside` and `under` stand there. */
export function someone(one, { open, under = [], beside = null, load = true } = {}) {
  const about = [load ? loadOf(one) : "", listed(one.specialties ?? [])].filter(Boolean).join(" · ");
  const name = open
    ? el("button", { type: "button", class: "linked mini", click: () => open(one.staff_number) }, one.name)
    : el("b", {}, one.name);
  return el(
    "div",
    { class: "someone" },
    el("span", { class: "face", "aria-hidden": "true" }, [...one.name][0] ?? ""),
    el("div", {}, name, " ", el("span", { class: "second" }, one.office || one.department), el("div", { class: "about" }, about)),
    el("span", { class: "min" }, Number.isFinite(one.minutes) ? el("span", {}, el("b", {}, figure(one.minutes)), el("small", {}, `\u202f${say("min_short")}`)) : null, beside),
    under.length ? el("div", { class: "under" }, under) : null,
  );
}

function loadOf(one) {
  if (!Number.isFinite(one.left)) return "";
  if (!Number.isFinite(one.held)) return one.left > 0 ? say("can_take", { n: figure(one.left) }) : say("full");
  return one.left > 0 ? say("holds_can_take", { held: figure(one.held), n: figure(one.left) }) : say("holds_full", { held: figure(one.held) });
}

/** A button with an icon and perhaps its key. */
export function act(word, click, { name, key, kind = "", label, pressed } = {}) {
  return el(
    "button",
    { type: "button", class: kind, click, "aria-label": label, "aria-pressed": pressed === undefined ? undefined : String(pressed) },
    name ? icon(name) : null,
    word,
    key ? el("kbd", { "aria-hidden": "true" }, key) : null,
  );
}

/** One section of a card. */
export function block(title, ...inside) {
  return el("section", { class: "block" }, title ? el("h3", {}, title) : null, inside);
}

/** What stands while something is worked out. */
export function waiting() {
  return el("div", { class: "skeleton" });
}

/** A button of the bar: its word and its key. */
export function button(key, click, stroke, kind, sign) {
  return el("button", { type: "button", class: kind, click }, sign ? icon(sign) : null, say(key), stroke ? el("kbd", { "aria-hidden": "true" }, stroke) : null);
}
