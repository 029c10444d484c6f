// Several grids picked at once: how they are picked, their count, and what can be done with all of them.

import { announce, byId, el } from "../dom.js";
import { figure, say } from "../words.js";
import { below, gapsInView, startBox } from "./area.js";
import { act } from "./parts.js";

/** What one request names at most; all of a draft has a button of its own. */
const MOST = 2000;

export class Picked {
  constructor(bench) {
    this.bench = bench;
    this.home = byId("picked");
    this.positions = new Set();
    /** Whether clicks and boxes pick several without Shift. */
    this.on = false;
    byId("pick-many").addEventListener("click", () => this.turn(!this.on));
    startBox(bench, () => this.on, (positions) => this.add(positions));
  }

  get codes() {
    const { grid } = this.bench.scene.places.codes;
    return [...this.positions].map((position) => grid[position]);
  }

  /** Begin to pick several, or end it; what is picked stays. */
  turn(on) {
    this.on = on;
    byId("pick-many").setAttribute("aria-pressed", String(on));
    this.show();
    if (on) announce(say("pick_how"));
  }

  toggle(code) {
    const { bench } = this;
    if (!code) return;
    const { level, position } = bench.scene.places.at.get(code);
    if (level !== "grid") return;
    // The one that was picked alone is the first of the many.
    const alone = bench.scene.selected;
    if (!this.on && !this.positions.size && alone && alone.position !== position) this.positions.add(alone.position);
    if (this.positions.has(position)) this.positions.delete(position);
    else this.positions.add(position);
    this.#tell();
  }

  add(positions) {
    for (const position of positions) this.positions.add(position);
    this.#tell();
  }

  clear() {
    this.positions.clear();
    this.turn(false);
    this.bench.home.focus({ preventScroll: true });
  }

  show() {
    const { bench } = this;
    const many = this.positions.size;
    this.home.hidden = !many && !this.on;
    this.home.replaceChildren(
      el("b", {}, many ? say("n_picked", { n: figure(many) }) : say("pick_how")),
      ...(this.on ? this.#ways() : []),
      ...(many && bench.draft.editable
        ? [
            act(say("lock"), this.#deed("lock"), { name: "lock", key: "L" }),
            act(say("unlock"), this.#deed("unlock")),
            act(say("propose_these"), () => this.few(() => bench.deeds.propose(this.codes))),
          ]
        : []),
      act(say(many ? "pick_none" : "close"), () => this.clear(), { kind: "quiet" }),
    );
    bench.sheet.refresh();
  }

  /** Ways to pick that need no pointer. */
  #ways() {
    const { bench } = this;
    const { places } = bench.scene;
    const position = places.at.get(bench.state.code)?.position ?? [...this.positions].at(-1);
    const all = (level, above) => act(say(`pick_${level}`), () => this.add(below(places, level, new Set([above]))));
    return [
      position === undefined ? null : all("community", places.up("grid", position)),
      position === undefined ? null : all("township", places.township("grid", position)),
      act(say("pick_gaps"), () => this.add(gapsInView(bench))),
    ].filter(Boolean);
  }

  /** Lock them, or unlock them where all are locked. */
  lock(locked) {
    return this.#deed(locked ? "unlock" : "lock")();
  }

  #deed(name) {
    return () => this.few(() => this.bench.trial.open({ deed: name, grids: this.codes }));
  }

  /** Do it, unless more are picked than can be named at once. */
  few(deed) {
    const n = this.positions.size;
    if (n <= MOST) return deed();
    return this.bench.trial.say(say("too_many_picked", { n: figure(n), most: figure(MOST) }), "wrong");
  }

  #tell() {
    this.show();
    announce(say("n_picked", { n: figure(this.positions.size) }));
  }
}
