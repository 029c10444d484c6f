// How many placements may move: a slider, and over it what more moves would save, once that is worked out.

import { byId, el, styled, svg } from "../dom.js";
import { figure, percent, say } from "../words.js";

const WIDE = 308;
const HIGH = 52;
const MOST = 200;

export class Limit {
  /** `compute()` starts the work that draws the curve; `changed(limit)` is told of another limit. */
  constructor(compute, changed) {
    Object.assign(this, { compute, changed });
    this.curve = null;
    this.most = 40;
    this.at = this.most + 1;
    this.home = byId("limit");
  }

  /** The limit, null for none (the last stop of the slider). */
  get value() {
    return this.at > this.most ? null : this.at;
  }

  /** Take the curve a job found: [{moves, cost, gap}]. */
  take(curve) {
    const was = this.value;
    this.curve = [...curve].sort((a, b) => a.moves - b.moves);
    this.most = Math.max(1, Math.min(MOST * 10, this.curve.at(-1)?.moves ?? MOST));
    this.at = was === null ? this.most + 1 : Math.min(was, this.most);
    this.show();
  }

  show() {
    const input = el("input", {
      type: "range",
      min: "0",
      max: String(this.most + 1),
      "aria-labelledby": "limit-title",
      "aria-valuetext": this.word(),
      input: () => {
        this.at = Number(input.value);
        this.#tell();
      },
      change: () => this.changed(this.value),
    });
    input.value = String(this.at);
    this.input = input;
    this.said = el("b");
    this.note = el("span", { class: "note" });
    this.drawing = el("div", { class: "curve" });
    this.home.replaceChildren(
      el("div", { class: "row between" }, el("h3", { id: "limit-title" }, say("most_moves")), this.said),
      this.drawing,
      input,
      el("div", { class: "row between note" }, el("span", {}, "0"), this.note, el("span", {}, say("no_limit"))),
      this.curve ? this.#table() : el("button", { type: "button", class: "quiet mini", click: () => this.compute() }, say("draw_curve")),
    );
    this.home.hidden = false;
    this.#tell();
  }

  word() {
    return this.value === null ? say("no_limit") : say("n_moves", { n: figure(this.value) });
  }

  #tell() {
    this.said.textContent = this.word();
    this.input.setAttribute("aria-valuetext", this.word());
    styled(this.input, { "--at": `${(100 * this.at) / (this.most + 1)}%` });
    if (!this.curve) return;
    const least = this.curve.at(-1).cost;
    const here = this.costAt(this.at);
    this.note.textContent = here > least ? say("more_saves", { share: percent((here - least) / Math.max(1, here)) }) : "";
    this.drawing.replaceChildren(this.#drawing());
  }

  /** The cost at a limit: that of the largest known number of moves within it. */
  costAt(moves) {
    return this.curve.filter((one) => one.moves <= moves).at(-1)?.cost ?? this.curve[0].cost;
  }

  #drawing() {
    const costs = this.curve.map((one) => one.cost);
    const [least, most] = [Math.min(...costs), Math.max(...costs)];
    const x = (moves) => (WIDE * Math.min(moves, this.most + 1)) / (this.most + 1);
    const y = (cost) => 4 + (HIGH - 8) * (1 - (cost - least) / Math.max(1e-9, most - least));
    const path = this.curve.map((one, i) => `${i ? "L" : "M"}${x(one.moves).toFixed(1)} ${y(one.cost).toFixed(1)}`).join("");
    const at = x(this.at);
    return svg(
      "svg",
      { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("path", { d: `${path}L${WIDE} ${y(costs.at(-1)).toFixed(1)}`, class: "line" }),
      svg("path", { d: `M${at} ${y(this.costAt(this.at)).toFixed(1)}V${HIGH}`, class: "drop" }),
    );
  }

  #table() {
    return el(
      "details",
      { class: "as-table" },
      el("summary", {}, say("as_table")),
      el(
        "table",
        {},
        el("caption", { class: "hush" }, say("curve_caption")),
        el("thead", {}, el("tr", {}, el("th", { scope: "col", class: "number" }, say("moves")), el("th", { scope: "col", class: "number" }, say("foot_total")))),
        el("tbody", {}, this.curve.map((one) => el("tr", {}, el("th", { scope: "row", class: "number" }, figure(one.moves)), el("td", { class: "number" }, figure(Math.round(one.cost)))))),
      ),
    );
  }
}
