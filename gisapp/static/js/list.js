// The list of the most urgent places beside the map: the same rows, filter and order as the table.

import { byId, el } from "./dom.js";
import { ask } from "./net.js";
import { swatch } from "./patterns.js";
import { config, figure, say } from "./words.js";

const SIZE = 25;

/** So many rows are printed at most. */
const PRINTED = 150;

export class List {
  /**
   * `worth(row)` says whether a row belongs here: the list ends where the first does not, and leads
   * to `all`. `rows()` gives the question (query and filter); `pick(code)` selects; `side(row)` the figure, `kind(row)` a word before the reason.
   */
  constructor({ query, pick, paint, side, hover, kind, worth = () => true, all }) {
    Object.assign(this, { query, pick, paint, side, hover, kind, worth, all });
    this.rows = [];
    this.total = 0;
    this.turn = 0;
    byId("list-more").addEventListener("click", () => (this.ended ? this.all() : this.#page()));
  }

  /** Read the first page again. */
  async reload() {
    this.rows = [];
    this.turn += 1;
    const slow = setTimeout(() => this.#skeleton(), 300);
    try {
      await this.#page(true);
    } finally {
      clearTimeout(slow);
    }
  }

  /** Read all that is worth a row, as far as a sheet of paper goes. */
  async rest() {
    while (!this.ended && this.rows.length < Math.min(this.total, PRINTED)) await this.#page();
  }

  /** The row before or after the one that is picked; more are read at the end. */
  async step(code, by) {
    const at = this.rows.findIndex((row) => row.code === code);
    const next = at < 0 ? (by > 0 ? 0 : -1) : at + by;
    if (next >= this.rows.length && this.rows.length < this.total) await this.#page();
    return this.rows[next]?.code ?? null;
  }

  mark(code) {
    for (const item of byId("list").children) {
      if (item.dataset.code === code) {
        item.setAttribute("aria-current", "true");
        item.scrollIntoView({ block: "nearest" });
      } else item.removeAttribute("aria-current");
    }
  }

  async #page(fresh = false) {
    const turn = this.turn;
    const page = Math.floor(this.rows.length / SIZE) + 1;
    const found = await ask(`/api/v1/layers/${config.layer}/rows`, { ...this.query(), page, size: SIZE });
    if (turn !== this.turn) return;
    const home = byId("list");
    if (fresh) home.replaceChildren();
    const end = found.rows.findIndex((row) => !this.worth(row));
    const rows = end < 0 ? found.rows : found.rows.slice(0, end);
    this.ended = end >= 0;
    this.rows.push(...rows);
    this.total = this.ended ? this.rows.length : found.total;
    home.append(...rows.map((row) => item(row, this)));
    const left = this.total - this.rows.length;
    const more = byId("list-more");
    more.hidden = left <= 0 && !this.ended;
    more.textContent = this.ended ? say("all_rows", { n: figure(found.total) }) : say("more_rows", { n: figure(left) });
    if (!this.total) home.append(el("li", {}, el("p", { class: "state" }, say(this.ended ? "nothing_hot" : "nothing_listed"))));
  }

  #skeleton() {
    if (!this.rows.length) byId("list").replaceChildren(...skeletons());
  }
}

/** One row of a list of places: sign, name, figure, reason; it picks its place. */
export function item(row, { paint, side, pick, hover, kind }) {
  const painted = paint(row);
  const word = kind?.(row);
  return el(
    "li",
    { "data-code": row.code },
    el(
      "button",
      {
        type: "button",
        class: "mini",
        click: () => pick(row.code),
        pointerenter: () => hover(row.code),
        pointerleave: () => hover(null),
        title: row.sentence ?? "",
      },
      painted ? swatch(painted) : el("span"),
      el("span", { class: "name" }, row.name),
      el("span", { class: "side" }, side(row)),
      el("span", { class: "why" }, painted ? el("span", { class: "hush" }, `${painted.word}${say("colon")}`) : null, word ? el("b", {}, `${word} · `) : null, row.sentence ?? ""),
    ),
  );
}

/** Rows that are on their way. */
export function skeletons() {
  return Array.from({ length: 4 }, () => el("li", {}, el("div", { class: "skeleton" })));
}
