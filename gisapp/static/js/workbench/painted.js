// The values of the draft on the sheet: taken whole once, then changed grid by grid as deeds come.

import { byId } from "../dom.js";
import { countValues } from "../legend.js";
import { config, figure, say } from "../words.js";
import { listed } from "./changed.js";
import { showKey } from "./key.js";

const ABOVE = ["community", "township"];

export class Painted {
  constructor({ scene, sheet, draft, filtered }) {
    Object.assign(this, { scene, sheet, draft, filtered });
  }

  get level() {
    return this.sheet.view?.level ?? "grid";
  }

  /** Take the values of all grids, read together with `others`; false when the boundaries are others now. */
  async reload(others) {
    const [found] = await Promise.all([this.draft.read("values", { level: "grid" }), others]);
    if (found.revision !== config.revision) return false;
    this.scene.values = {};
    this.scene.take("grid", found.columns);
    this.#count();
    return true;
  }

  /** Paint what a deed changes; gives a function that puts it back. */
  paint(changed) {
    const columns = this.scene.values.grid;
    const grids = listed(changed);
    const before = grids.map(({ position }) => [position, columns.state[position], columns.changed[position], columns.locked[position]]);
    const put = (rows) => {
      for (const [position, state, is, locked] of rows) {
        columns.state[position] = state;
        columns.changed[position] = is;
        columns.locked[position] = locked;
      }
      this.scene.trouble = null;
      this.#count();
    };
    put(grids.map((one) => [one.position, one.state, Number(one.changed), Number(one.locked)]));
    return () => put(before);
  }

  /** After a deed the shares above the grids are others. */
  forgetShares() {
    for (const level of ABOVE) delete this.scene.values[level];
    return this.levels();
  }

  /** Values of the level that is drawn, when it is not that of grids. */
  async levels() {
    const { level } = this;
    if (level === "grid" || this.scene.values[level] || !this.draft.facts) return;
    const { version } = this.draft;
    const found = await this.draft.read("values", { level });
    if (version !== this.draft.version) return;
    this.scene.take(level, found.columns);
    this.repaint();
  }

  repaint() {
    if (!this.counts) return;
    this.sheet.refresh();
    const changed = () => {
      this.repaint();
      this.filtered();
    };
    showKey(this.scene, this.level, this.counts, { edits: this.draft.isOpen, changed });
  }

  #count() {
    this.counts = countValues(this.scene.values.grid.state);
    const { count } = this.scene.places;
    byId("caption").textContent = say("map_caption", { plan: config.plan, n: figure(count), gaps: figure(count - (this.counts.served ?? 0)) });
    this.repaint();
  }
}
