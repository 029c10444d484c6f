// A list of the left panel: search on top, a table that scrolls, pages at its foot.

import { el, icon } from "../dom.js";
import { figure, say } from "../words.js";

const PAUSE = 200;

export class Listing {
  /**
   * `read({page, size, q})` answers {total, page, pages, rows}; `line(row)` makes the cells of a row;
   * `key(row)` names it; `pick(row)` selects it; `heads` are [title, class]; `tools` stand by the search.
   */
  constructor(home, { read, line, key, pick, hover, heads, size = 50, caption, search, tools = [], foot = [] }) {
    Object.assign(this, { read, line, key, pick, hover, size });
    this.rows = [];
    this.total = 0;
    this.page = 1;
    this.turn = 0;
    this.at = -1;
    this.field = el("input", {
      type: "search", autocomplete: "off", maxlength: "60", "aria-label": search, placeholder: search, input: () => this.#later(),
    });
    this.body = el("tbody");
    this.caption = el("caption", { class: "hush" }, caption);
    this.back = el("button", { type: "button", class: "mini", "aria-label": say("page_back"), click: () => this.go(-1) }, icon("left"));
    this.on = el("button", { type: "button", class: "mini", "aria-label": say("page_on"), click: () => this.go(1) }, icon("right"));
    this.place = el("span", { class: "note" });
    this.scroll = el(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
      el(
        "table",
        {},
        this.caption,
        el("thead", {}, el("tr", {}, heads.map(([title, kind]) => el("th", { scope: "col", class: kind ?? "" }, title || el("span", { class: "hush" }, say("sign")))))),
        this.body,
      ),
    );
    home.replaceChildren(
      el("div", { class: "seek" }, el("label", { class: "field" }, icon("search"), this.field), tools),
      this.scroll,
      el("div", { class: "pager" }, foot, el("span", { class: "grow" }), this.place, this.back, this.on),
    );
  }

  /** Read the first page again, or the present one when `stay`. */
  async reload(stay = false) {
    if (!stay) this.page = 1;
    const turn = (this.turn += 1);
    const slow = setTimeout(() => this.#skeleton(), 300);
    try {
      const found = await this.read({ page: this.page, size: this.size, q: this.field.value.trim() });
      if (turn !== this.turn) return;
      if (stay && !found.rows.length && this.page > 1) {
        this.page = Math.max(1, found.pages);
        await this.reload(true);
        return;
      }
      this.#show(found);
    } finally {
      clearTimeout(slow);
    }
  }

  go(by) {
    this.page += by;
    this.scroll.scrollTop = 0;
    return this.reload(true);
  }

  /** The key before or after `key`; the next page is read at the end of this one. */
  async step(key, by) {
    let at = this.rows.findIndex((row) => this.key(row) === key);
    // A row that is mended leaves the list; the next one has taken its place.
    if (at < 0 && this.at >= 0) at = by > 0 ? this.at - 1 : this.at;
    let next = at < 0 ? (by > 0 ? 0 : -1) : at + by;
    if (next >= this.rows.length && this.page < this.pages) {
      await this.go(1);
      next = 0;
    } else if (next < 0 && at === 0 && this.page > 1) {
      await this.go(-1);
      next = this.rows.length - 1;
    }
    return this.rows[next] ? this.key(this.rows[next]) : null;
  }

  /** Mark the row of a key, or the rows of several. */
  mark(marked) {
    this.marked = marked;
    const keys = new Set([marked].flat());
    const at = this.rows.findIndex((row) => keys.has(this.key(row)));
    if (at >= 0) this.at = at;
    for (const line of this.body.rows) {
      if (keys.has(line.dataset.key)) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    }
    this.body.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  #show({ total, page, pages, rows }) {
    Object.assign(this, { total, page, pages, rows });
    this.body.replaceChildren(...rows.map((row) => this.#line(row)));
    if (!rows.length) {
      this.body.append(el("tr", { class: "none" }, el("td", { colspan: "9" }, say(this.field.value ? "nothing_found" : "nothing_here"))));
    }
    this.place.textContent = say("page_of", { page: figure(page), pages: figure(Math.max(1, pages)) });
    this.back.disabled = page <= 1;
    this.on.disabled = page >= pages;
    this.mark(this.marked ?? null);
  }

  #line(row) {
    return el(
      "tr",
      {
        "data-key": this.key(row),
        click: (event) => this.pick(row, { more: event.shiftKey }),
        pointerenter: () => this.hover?.(row),
        pointerleave: () => this.hover?.(null),
      },
      this.line(row),
    );
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.reload(), PAUSE);
  }

  #skeleton() {
    if (this.rows.length) return;
    const empty = () => el("tr", {}, el("td", { colspan: "9" }, el("div", { class: "skeleton" })));
    this.body.replaceChildren(...Array.from({ length: 4 }, empty));
  }
}

/** The cell that names a row: a button for the keyboard, as wide as the row for the mouse. */
export function nameCell(name, more = null) {
  return el("th", { scope: "row", class: "placed" }, el("button", { type: "button", class: "place mini" }, name), more);
}
