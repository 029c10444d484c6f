// Several grids picked at once: their count, and what can be done with all of them.

import { announce, byId, el } from "../dom.js";
import { figure, say } from "../words.js";
import { act } from "./parts.js";

export class Picked {
  constructor(bench) {
    this.bench = bench;
    this.home = byId("picked");
    this.positions = new Set();
  }

  get codes() {
    const { grid } = this.bench.scene.places.codes;
    return [...this.positions].map((position) => grid[position]);
  }

  toggle(code) {
    const { bench } = this;
    const { position } = bench.scene.places.at.get(code);
    // The one that was picked alone is the first of the many.
    const alone = bench.scene.selected;
    if (!this.positions.size && alone && alone.position !== position) this.positions.add(alone.position);
    if (this.positions.has(position)) this.positions.delete(position);
    else this.positions.add(position);
    this.show();
    announce(say("n_picked", { n: figure(this.positions.size) }));
  }

  clear() {
    this.positions.clear();
    this.show();
    this.bench.home.focus({ preventScroll: true });
  }

  show() {
    const { bench } = this;
    const deed = (name) => () => bench.trial.open({ deed: name, grids: this.codes });
    this.home.hidden = !this.positions.size;
    this.home.replaceChildren(
      el("b", {}, say("n_picked", { n: figure(this.positions.size) })),
      ...(bench.draft.editable
        ? [
            act(say("lock"), deed("lock"), { name: "lock", key: "L" }),
            act(say("unlock"), deed("unlock")),
            act(say("propose_these"), () => bench.deeds.propose(this.codes)),
          ]
        : []),
      act(say("pick_none"), () => this.clear(), { kind: "quiet" }),
    );
    bench.sheet.refresh();
  }
}
