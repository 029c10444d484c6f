// Did it help: grids where something began, before and after, against similar grids where nothing did.

import { el } from "../dom.js";
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
    this.quarter = "";
  }

  note() {
    return this.quarter ? say("effect_began", { window: windowName(this.quarter) }) : "";
  }

  async fill() {
    const found = await ask("/api/v1/before-after", { what: this.what, category: this.page.state.query.category });
    this.quarter = found.quarter;
    this.page.lists.entitle();
    return [
      this.#whats(),
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
