// The table beside the map: the same rows, filter and order, always in the document for readers.

import { byId, el } from "./dom.js";
import { ask } from "./net.js";
import { swatch } from "./patterns.js";
import { config, figure, say } from "./words.js";

const SIZE = 50;

export class Ledger {
  constructor({ query, pick, paint, cell }) {
    Object.assign(this, { query, pick, paint, cell });
    this.page = 1;
    this.sorted = null;
    this.rows = [];
    byId("page-back").addEventListener("click", () => this.turn(-1));
    byId("page-on").addEventListener("click", () => this.turn(1));
    this.columns = config.columns.filter((column) => column.name !== config.style?.column);
  }

  turn(by) {
    this.page += by;
    return this.reload(false);
  }

  async reload(fresh = true) {
    if (fresh) this.page = 1;
    const found = await ask(`/api/v1/layers/${config.layer}/rows`, {
      ...this.query(),
      page: this.page,
      size: SIZE,
    });
    this.rows = found.rows;
    this.found = found;
    this.show();
  }

  /** Whether the tab key stops at each row: only while the table is shown. */
  reach(on) {
    this.open = on;
    for (const button of byId("ledger").querySelectorAll("button")) button.tabIndex = on ? 0 : -1;
    byId("ledger").querySelector(".scroll").tabIndex = on ? 0 : -1;
  }

  mark(code) {
    this.code = code;
    for (const line of byId("table").tBodies[0].rows) {
      if (line.dataset.code === code) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    }
  }

  show() {
    const table = byId("table");
    const { total, pages } = this.found;
    table.tHead.replaceChildren(this.#head());
    table.tBodies[0].replaceChildren(...this.#ordered().map((row) => this.#line(row)));
    byId("caption").textContent = say(this.sorted ? "table_sorted" : "table_urgent", {
      title: config.title,
      n: figure(total),
    });
    byId("page-at").textContent = say("page_at", { page: this.page, pages: Math.max(1, pages) });
    byId("page-back").disabled = this.page <= 1;
    byId("page-on").disabled = this.page >= pages;
    this.mark(this.code);
    this.reach(this.open);
  }

  #head() {
    const made = el("tr");
    const all = [{ name: config.style?.column, title: this.columnTitle() }, { name: "name", title: say("place") }];
    for (const column of [...all, ...this.columns]) {
      const now = this.sorted?.name === column.name ? this.sorted.down : null;
      const sort = now === null ? "none" : now ? "descending" : "ascending";
      made.append(
        el(
          "th",
          { scope: "col", "aria-sort": sort, class: this.#isNumber(column.name) ? "number" : "" },
          el(
            "button",
            { type: "button", class: "mini", click: () => this.#sort(column.name) },
            column.title,
            now === null ? "" : now ? " ↓" : " ↑",
          ),
        ),
      );
    }
    made.append(el("th", { scope: "col" }, say("reason")));
    return made;
  }

  columnTitle() {
    return config.columns.find((column) => column.name === config.style?.column)?.title ?? say("state");
  }

  #line(row) {
    const paint = this.paint(row);
    return el(
      "tr",
      { "data-code": row.code, click: () => this.pick(row.code) },
      el("td", { class: "signed" }, paint ? swatch(paint, 20) : null, paint?.word ?? this.cell(row, config.style?.column)),
      el(
        "th",
        { scope: "row", class: "placed" },
        el("button", { type: "button", class: "place mini" }, row.name),
        el("div", { class: "note" }, row.code),
      ),
      this.columns.map((column) =>
        el("td", { class: this.#isNumber(column.name) ? "number" : "", "data-title": column.title }, this.cell(row, column.name)),
      ),
      el("td", { class: "why" }, row.sentence ?? ""),
    );
  }

  #sort(name) {
    const down = this.sorted?.name === name ? !this.sorted.down : false;
    this.sorted = this.sorted?.name === name && !down ? null : { name, down };
    this.show();
  }

  /** Rows of this page in the order asked for; "<5" stands below every number, nothing last. */
  #ordered() {
    if (!this.sorted) return this.rows;
    const { name, down } = this.sorted;
    const order = (config.style?.order ?? []).map(String);
    const rank = (row) => {
      if (name === config.style?.column && order.length) return order.indexOf(String(row[name]));
      return row[name] === "<5" ? 0 : row[name];
    };
    const sorted = [...this.rows].sort((a, b) => {
      const [x, y] = [rank(a), rank(b)];
      if (x === null || x === undefined) return 1;
      if (y === null || y === undefined) return -1;
      const less = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), config.locale.replace("_", "-"));
      return down ? -less : less;
    });
    return sorted;
  }

  #isNumber(name) {
    // What is painted stands with its sign and word, whatever its values are.
    if (name === config.style?.column) return false;
    return this.rows.some((row) => typeof row[name] === "number" || row[name] === "<5");
  }
}
