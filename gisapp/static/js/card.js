// The card of one place: name, sign, the sentence of its reason, then what the layer knows.

import { byId, el, icon, styled } from "./dom.js";
import { drawer, isPhone } from "./drawer.js";
import { ask } from "./net.js";
import { swatch } from "./patterns.js";
import { config, say } from "./words.js";

export class Card {
  constructor(page) {
    this.page = page;
    this.home = byId("card");
    this.home.classList.toggle("popup", Boolean(page.theme.popup));
    this.known = new Map();
    this.asked = "";
  }

  get isOpen() {
    return !this.home.hidden;
  }

  /** The row of a place with its detail; asked once for each question. */
  row(code) {
    const key = JSON.stringify(this.page.state.query);
    if (key !== this.asked) {
      this.asked = key;
      this.known.clear();
    }
    if (!this.known.has(code)) {
      const path = `/api/v1/layers/${config.layer}/rows/${encodeURIComponent(code)}`;
      const row = ask(path, this.page.state.query);
      row.catch(() => this.known.delete(code));
      this.known.set(code, row);
    }
    return this.known.get(code);
  }

  async show(code, fly = false, focus = false) {
    const row = await this.row(code);
    if (this.page.state.code !== code || this.page.state.table) return;
    this.at = row;
    this.#fill(row);
    const fresh = this.home.hidden;
    this.home.hidden = false;
    if (isPhone() && fresh) this.drawer.settle(1, false);
    this.page.free.fit();
    if (fly) this.page.bring(row.lat, row.lon);
    this.page.theme.marks?.(this.page, row);
    this.page.sheet.refresh();
    requestAnimationFrame(() => this.place());
    if (focus) this.home.focus();
  }

  hide() {
    this.home.hidden = true;
  }

  /** A popup stands beside its place, inside the map, without covering it. */
  place() {
    if (this.home.hidden || !this.page.theme.popup || isPhone() || !this.at) return;
    const { map } = this.page;
    const ground = byId("ground").getBoundingClientRect();
    const main = byId("main").getBoundingClientRect();
    const at = map.latLngToContainerPoint([this.at.lat, this.at.lon]);
    const box = this.home.getBoundingClientRect();
    const gap = 44;
    const right = at.x + gap + box.width < ground.width - 60;
    const left = right ? at.x + gap : Math.max(12, at.x - gap - box.width);
    const top = Math.min(Math.max(58, at.y - 90), Math.max(58, ground.height - box.height - 44));
    styled(this.home, { left: `${ground.left - main.left + left}px`, top: `${ground.top - main.top + top}px` });
  }

  #fill(row) {
    const { theme, scene } = this.page;
    const paint = theme.paintOf(scene, row);
    const grip = el("button", { class: "grip mini", type: "button", "aria-label": say("card_height") });
    const close = el(
      "button",
      { class: "close mini", type: "button", "aria-label": say("close"), click: () => this.page.leave() },
      icon("close"),
    );
    this.home.replaceChildren(
      grip,
      el("header", {}, el("h2", {}, row.name), el("div", { class: "code" }, theme.under?.(row) ?? row.code)),
      el(
        "div",
        { class: "rest", tabindex: "0", role: "region", "aria-label": row.name },
        el(
          "div",
          { class: "verdict" },
          paint ? swatch(paint) : null,
          paint ? el("b", {}, paint.word) : null,
          theme.badge?.(row) ?? null,
        ),
        el("p", { class: "reason" }, row.sentence ?? ""),
        theme.tell(this.page, row),
      ),
      close,
    );
    this.drawer = drawer(this.home, grip, 1);
  }
}
