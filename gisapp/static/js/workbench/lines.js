// Lines on the map from offices to grids: of the grid, the person or the department that is picked.

import { announce } from "../dom.js";
import { say } from "../words.js";

const MOST = 60;

export class Lines {
  constructor({ scene, sheet }) {
    Object.assign(this, { scene, sheet });
  }

  clear() {
    this.#set([]);
  }

  holders(row) {
    this.#set(row.posts.flatMap((post) => post.holders.map((one) => line(one, row))));
  }

  /** The dashed line of who would come next. */
  runnerUp(row, other) {
    const lines = this.scene.lines.filter((one) => !one.dashed);
    this.#set([...lines, { ...line(other, row), dashed: true }]);
  }

  person(who) {
    this.#set(who.posts.map((post) => line(who, post)));
  }

  department(people) {
    this.#set(people.flatMap((who) => who.posts.map((post) => line(who, post))));
  }

  /** One line for each pair of places; too many say so. */
  #set(lines) {
    const seen = new Map();
    for (const one of lines) if ([...one.from, ...one.to].every(Number.isFinite)) seen.set(`${one.from} ${one.to} ${one.dashed ?? ""}`, one);
    const all = [...seen.values()];
    if (all.length > MOST) announce(say("only_lines", { n: MOST }));
    this.scene.lines = all.slice(0, MOST);
    this.sheet.refresh();
  }
}

function line(who, place) {
  return { from: [who.lat, who.lon], to: [place.lat, place.lon], name: who.office || who.department };
}
