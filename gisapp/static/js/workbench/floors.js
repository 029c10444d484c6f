// Departments against their floors: a bar each, ticks at 10 % and 30 %, the shortfall hatched.

import { byId, el, styled } from "../dom.js";
import { figure, percent, say } from "../words.js";

const SCALE = 0.385;
const FEW = 8;

/** Read the departments and show them in the tab (all) and under the gaps (the tightest). */
export class Floors {
  constructor(bench) {
    this.bench = bench;
    this.rows = [];
  }

  async reload() {
    this.rows = (await this.bench.draft.read("departments")).rows;
    this.rows.sort((a, b) => spare(a) - spare(b) || b.base - a.base);
    const all = byId("departments");
    const kept = all.querySelector(".scroll")?.scrollTop ?? 0;
    const label = say("floors");
    all.replaceChildren(
      el("p", { class: "note lead" }, this.sentence()),
      heads(),
      el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, el("ul", { class: "floorlist" }, this.rows.map((row) => this.bar(row)))),
    );
    all.querySelector(".scroll").scrollTop = kept;
    byId("floors-list").replaceChildren(
      heads(),
      el("ul", { class: "floorlist" }, this.rows.slice(0, FEW).map((row) => this.bar(row))),
      this.rows.length > FEW
        ? el("button", { type: "button", class: "more", click: () => this.bench.tabs.show("departments", true) }, say("more_departments", { n: figure(this.rows.length - FEW) }))
        : null,
    );
    byId("floors").hidden = !this.rows.length;
  }

  sentence() {
    const low = this.rows.filter((row) => row.short > 0);
    const missing = low.reduce((sum, row) => sum + row.short, 0);
    return low.length ? say("floors_low", { n: figure(low.length), m: figure(missing) }) : say("floors_well", { n: figure(this.rows.length) });
  }

  bar(row) {
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: `floor mini${row.short > 0 ? " low" : ""}`, title: row.sentence, "data-department": row.code, click: () => this.bench.pickDepartment(row.code) },
        el("span", { class: "name" }, row.name),
        track(row),
        el("span", { class: "figure" }, row.short > 0 ? el("b", { class: "bad" }, say("short_by", { n: figure(row.short) })) : fraction(row)),
        el("span", { class: "hush" }, row.sentence),
      ),
    );
  }
}

const spare = (row) => (row.deployed - row.floor) / Math.max(1, row.base);

function fraction(row) {
  return `${figure(row.deployed)} / ${figure(row.base)}`;
}

const left = (share) => `${Math.min(100, (100 * share) / SCALE)}%`;

/** Deployed of the base in ink, ticks at both floors, hatched up to the one that holds. */
export function track(row) {
  const base = Math.max(1, row.base);
  const made = el("span", { class: "track", "aria-hidden": "true" });
  if (row.short > 0) made.append(styled(el("i", { class: "short" }), { width: left(row.floor / base) }));
  made.append(styled(el("i", { class: "fill" }), { width: left(row.deployed / base) }));
  made.append(styled(el("i", { class: "tick" }), { left: left(row.floor_normal / base) }));
  made.append(styled(el("i", { class: "tick high" }), { left: left(row.floor_surge / base) }));
  return made;
}

function heads() {
  const share = (at) => styled(el("span", {}, percent(at)), { left: left(at) });
  return el("div", { class: "ruled", "aria-hidden": "true" }, el("span", { class: "ruler" }, share(0.1), share(0.3)));
}
