// The right panel: the grid, the person or the department that is picked.

import { byId, el, icon } from "../dom.js";
import { drawer, isPhone } from "../drawer.js";
import { say } from "../words.js";
import { gridBody, gridUnder, gridVerdict } from "./grid.js";
import { departmentBody, personBody } from "./person.js";

const MOST = 60;

export class Card {
  constructor(bench) {
    this.bench = bench;
    this.home = byId("card");
    this.known = new Map();
    this.shown = null;
    this.turn = 0;
  }

  get isOpen() {
    return !this.home.hidden;
  }

  /** What is known of a grid; asked once for each version of the draft. */
  row(code) {
    if (!this.known.has(code)) {
      const row = this.bench.draft.read(`grids/${encodeURIComponent(code)}`);
      row.catch(() => this.known.delete(code));
      this.known.set(code, row);
    }
    return this.known.get(code);
  }

  forget() {
    this.known.clear();
  }

  async show(code, fly = false, focus = false) {
    const { bench } = this;
    const turn = (this.turn += 1);
    const row = await this.row(code);
    if (turn !== this.turn || bench.state.code !== code) return;
    this.#fill({ kind: "grid", code }, row.name, gridUnder(row), gridVerdict(bench, row), gridBody(bench, row));
    bench.showHolders(row);
    this.#open(focus);
    // What the card covers is known once it is open.
    if (fly) bench.bring(row.lat, row.lon);
  }

  async person(number, focus = false) {
    const { bench } = this;
    const turn = (this.turn += 1);
    const who = await bench.draft.read(`people/${encodeURIComponent(number)}`);
    if (turn !== this.turn) return;
    this.#fill({ kind: "person", code: number }, who.name, [who.staff_number, who.department, who.office].filter((one, i, all) => one && all.indexOf(one) === i).join(" · "), [], personBody(bench, who));
    bench.showPerson(who);
    this.#open(focus);
  }

  async department(code, focus = false) {
    const { bench } = this;
    const turn = (this.turn += 1);
    const row = bench.floors.rows.find((one) => one.code === code);
    const people = await bench.draft.read("people", { department: code, size: MOST });
    if (turn !== this.turn || !row) return;
    const chip = row.short > 0 ? [el("span", { class: "chip bad" }, say("short_by", { n: row.short }))] : [el("span", { class: "chip ok" }, say("above_floor"))];
    this.#fill({ kind: "department", code }, row.name, row.code, chip, departmentBody(bench, row, people.rows, people.total));
    bench.showDepartment(people.rows);
    this.#open(focus);
  }

  /** Read again what is shown, after the draft changed. */
  async refresh() {
    this.forget();
    if (!this.shown || this.home.hidden) return;
    const { kind, code } = this.shown;
    if (kind === "grid") await this.show(code);
    else await this[kind](code);
  }

  hide() {
    this.turn += 1;
    this.shown = null;
    this.home.hidden = true;
  }

  place() {}

  #open(focus) {
    const fresh = this.home.hidden;
    this.home.hidden = false;
    if (isPhone() && fresh) this.drawer.settle(1, false);
    this.bench.free.fit();
    this.bench.sheet.refresh();
    if (focus) this.home.focus();
  }

  /** Put the card together; where the reader had scrolled to and what had the focus stay. */
  #fill(shown, name, under, verdict, body) {
    const same = this.shown?.kind === shown.kind && this.shown.code === shown.code;
    const kept = same ? (this.home.querySelector(".rest")?.scrollTop ?? 0) : 0;
    const label = this.home.contains(document.activeElement) ? document.activeElement.textContent : null;
    this.shown = shown;
    const grip = el("button", { class: "grip mini", type: "button", "aria-label": say("card_height") });
    const rest = el("div", { class: "rest", tabindex: "0", role: "region", "aria-label": name }, body);
    this.home.replaceChildren(
      grip,
      el("header", {}, el("h2", {}, name), el("div", { class: "code" }, under), el("div", { class: "verdict" }, verdict.flat())),
      rest,
      el("button", { class: "close mini", type: "button", "aria-label": say("close"), click: () => this.bench.leave() }, icon("close")),
    );
    rest.scrollTop = kept;
    if (label !== null) ([...this.home.querySelectorAll("button")].find((one) => one.textContent === label) ?? this.home).focus({ preventScroll: true });
    const stop = same ? this.drawer?.stop() : 1;
    this.drawer = drawer(this.home, grip, stop ?? 1);
  }
}

