// The changed grids as a table: for readers, for keys, and for whoever wants to search.

import { byId, el } from "../dom.js";
import { swatch } from "../patterns.js";
import { config, figure, say } from "../words.js";
import { KINDS } from "./paints.js";

const SIZE = 50;

export class Rows {
  /** `pick(code)` brings a grid onto both maps. */
  constructor(found, pick) {
    Object.assign(this, { found, pick, page: 0, kinds: new Set(Object.keys(KINDS)), text: "" });
    byId("rows-back").addEventListener("click", () => this.turn(-1));
    byId("rows-on").addEventListener("click", () => this.turn(1));
    byId("rows-search").addEventListener("input", (event) => {
      this.text = event.target.value.trim();
      this.page = 0;
      this.show();
    });
    this.show();
  }

  get rows() {
    const { text } = this;
    return this.found.changes.filter(
      (row) => this.kinds.has(row.kind) && (!text || row.name.includes(text) || row.code.startsWith(text)),
    );
  }

  turn(by) {
    this.page += by;
    this.show();
  }

  mark(code) {
    for (const row of byId("rows").querySelectorAll("tbody tr")) {
      row.setAttribute("aria-selected", String(row.dataset.code === code));
    }
  }

  show() {
    const { rows } = this;
    const pages = Math.max(1, Math.ceil(rows.length / SIZE));
    this.page = Math.min(Math.max(0, this.page), pages - 1);
    const table = byId("rows");
    const word = (state) => config.style.paints[state].word;
    const cell = (text, kind) => el("td", kind ? { class: kind } : {}, text);
    table.querySelector("tbody").replaceChildren(
      ...rows.slice(this.page * SIZE, (this.page + 1) * SIZE).map((row) =>
        el(
          "tr",
          { "data-code": row.code },
          el("td", {}, el("span", { class: "row" }, swatch(KINDS[row.kind], 20), KINDS[row.kind].word)),
          el("td", {}, el("button", { type: "button", class: "link", click: () => this.pick(row.code) }, row.name)),
          cell(word(row.before)),
          cell(word(row.after)),
          cell(`${figure(row.minutes_before)} → ${figure(row.minutes_after)}`, "num"),
          cell(`${figure(row.members_before)} → ${figure(row.members_after)}`, "num"),
        ),
      ),
    );
    byId("rows-at").textContent = say("page_of", { page: this.page + 1, pages, n: figure(rows.length) });
    byId("rows-back").disabled = this.page === 0;
    byId("rows-on").disabled = this.page === pages - 1;
    byId("rows-empty").hidden = rows.length > 0;
  }
}
