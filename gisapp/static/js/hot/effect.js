// Did it help: grids where something began, before and after, against similar grids where nothing did.

import { el, icon } from "../dom.js";
import { item } from "../list.js";
import { ask } from "../net.js";
import { figure, say, windowName } from "../words.js";

const WHATS = ["service", "member"];

export class Effect {
  constructor(page) {
    this.page = page;
    this.name = "effect";
    this.title = "effect";
    this.what = WHATS[0];
    /** The quarter in which it began; the last there is unless another is asked for. */
    this.asked = null;
    this.last = null;
    this.quarter = "";
  }

  note() {
    return "";
  }

  async fill() {
    const { category } = this.page.state.query;
    const found = await ask("/api/v1/before-after", { what: this.what, quarter: this.asked, category });
    if (!this.asked) this.last = found.quarter;
    this.quarter = found.quarter;
    return [
      this.#whats(),
      this.#quarters(),
      el("p", {}, found.sentence),
      found.places ? this.#table(found) : null,
      el("p", { class: "note" }, found.caveat),
      found.grids.length ? el("ol", { class: "urgent" }, found.grids.map((row) => this.#row(row))) : null,
    ];
  }

  #whats() {
    const button = (what) =>
      el(
        "button",
        { type: "button", class: "mini", "data-what": what, "aria-pressed": String(what === this.what), click: () => this.#choose(what) },
        say(`effect_${what}`),
      );
    return el("div", { class: "block" }, el("div", { class: "segments", role: "group", "aria-label": say("effect_what") }, WHATS.map(button)));
  }

  /** To the quarter before and after, as far as the months of the page and whole quarters reach. */
  #quarters() {
    const first = this.page.about.months?.[0]?.month ?? "";
    const button = (name, by, may) => {
      const made = el("button", { type: "button", class: "mini", "aria-label": say(name), click: () => this.#move(by) }, icon(by < 0 ? "left" : "right"));
      made.disabled = !may;
      return made;
    };
    return el(
      "div",
      { class: "tray", role: "group", "aria-label": say("window_quarter") },
      button("quarter_before", -1, firstMonth(shifted(this.quarter, -2)) >= first),
      el("b", {}, say("effect_began", { window: windowName(this.quarter) })),
      button("quarter_after", 1, this.quarter < this.last),
    );
  }

  async #move(by) {
    this.asked = shifted(this.quarter, by);
    await this.page.lists.reload();
    const buttons = [...this.page.lists.home.querySelectorAll(".tray button")];
    (by < 0 ? buttons : buttons.reverse()).find((one) => !one.disabled)?.focus();
  }

  async #choose(what) {
    this.what = what;
    await this.page.lists.reload();
    document.querySelector(`[data-what=${what}]`)?.focus();
  }

  #table({ before, after, places, similar }) {
    const head = (word, fields) => el("th", { scope: "col", class: fields ? "number" : "" }, word ? say(word, fields ?? {}) : "");
    const line = (word, rates) =>
      el("tr", {}, el("th", { scope: "row" }, say(word)), el("td", { class: "number" }, rates.before), el("td", { class: "number" }, rates.after));
    return el(
      "table",
      {},
      el("caption", {}, say("effect_unit")),
      el("thead", {}, el("tr", {}, el("td", {}), head("effect_before", { window: windowName(before) }), head("effect_after", { window: windowName(after) }))),
      el("tbody", {}, line("effect_places", places), line("effect_similar", similar)),
    );
  }

  #row(row) {
    const list = { paint: () => null, side: () => "", pick: (code) => this.page.pick(code, { fly: true }), hover: (code) => this.page.point(code) };
    const sentence = say("effect_row", { before: figure(row.before), after: figure(row.after), n: figure(row.similar.length) });
    return item({ ...row, sentence }, list);
  }
}

/** "2026-Q1" moved by some quarters. */
function shifted(quarter, by) {
  const [year, part] = quarter.split("-Q").map(Number);
  const n = 4 * year + part - 1 + by;
  return `${Math.floor(n / 4)}-Q${(n % 4) + 1}`;
}

/** The first month of a quarter, as "2026-01". */
function firstMonth(quarter) {
  const [year, part] = quarter.split("-Q").map(Number);
  return `${year}-${String(3 * part - 2).padStart(2, "0")}`;
}
