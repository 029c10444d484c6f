// The bar over the foot: what a deed would do before it is kept, and after that how to take it back.

import { announce, byId, el } from "../dom.js";
import { newId, Problem } from "../net.js";
import { say } from "../words.js";
import { Clash } from "./clash.js";
import { effectLine, effectNotes } from "./effect.js";
import { ended } from "./ended.js";
import { act, button } from "./parts.js";

/** Before this nobody wonders whether anything goes on, in milliseconds. */
const PAUSE = 300;

export class Trial {
  constructor(bench) {
    this.bench = bench;
    this.home = byId("trial");
    this.clash = new Clash(this);
    this.deed = null;
  }

  get isOpen() {
    return this.deed !== null;
  }

  /** Whether somebody else was first, and it is not said yet what to do about it. */
  get isClash() {
    return !this.home.hidden && this.home.dataset.kind === "clash";
  }

  /** Show what `deed` would do; the map shows it too until it is kept or left. */
  async open(deed) {
    const { bench } = this;
    this.#putBack();
    if (!this.home.contains(document.activeElement)) this.from = document.activeElement;
    this.deed = deed;
    this.id = newId();
    await this.#try(async () => {
      const found = await bench.draft.preview(deed);
      if (this.deed !== deed) return;
      this.back = bench.painted.paint(found.changed);
      const keep = button("keep", () => this.keep(), "Enter", "go");
      this.#show(
        "asking",
        el("div", { class: "said" }, el("b", {}, found.sentence), el("span", { class: "figures" }, effectLine(found.effect)), effectNotes(found.effect)),
        keep,
        button("leave_it", () => this.leave(), "Esc", "plain"),
      );
      announce(`${found.sentence} ${effectLine(found.effect)}`);
      keep.focus({ preventScroll: true });
    });
  }

  /** Keep what is shown. */
  async keep() {
    const { deed, id } = this;
    if (!deed) return;
    await this.#try(async () => {
      const done = await this.bench.draft.keep(deed, id);
      this.deed = null;
      this.back = null;
      this.done(done);
    }, () => this.keep());
  }

  /** Leave the draft as it was. */
  leave() {
    this.#putBack();
    this.deed = null;
    this.#close();
  }

  undo() {
    return this.#turn("undo");
  }

  redo() {
    return this.#turn("redo");
  }

  /** What stands after a deed: what it did, and the way back. */
  done({ sentence, effect, undo, redo }, back = "undo") {
    const there = back === "undo" ? undo : redo;
    this.#show(
      "done",
      el("div", { class: "said" }, el("b", {}, sentence), el("span", { class: "figures" }, effectLine(effect))),
      there ? button(back, () => this[back](), back === "undo" ? "Ctrl Z" : "Ctrl Shift Z", "go", back) : null,
    );
    announce(`${sentence} ${effectLine(effect)}`);
    this.#return();
  }

  /** Say something that happened by itself, or that did not work. */
  say(sentence, kind = "news", ...buttons) {
    this.#show(kind, el("div", { class: "said", role: kind === "wrong" ? "alert" : "status" }, sentence), ...buttons, button("close", () => this.#close(), "", "plain"));
  }

  async #turn(way) {
    if (this.isClash) return undefined;
    this.#putBack();
    this.deed = null;
    if (!this.bench.draft.facts[way]) return this.say(say(`nothing_to_${way}`));
    return this.#try(async () => this.done(await this.bench.draft[way](), way === "undo" ? "redo" : "undo"));
  }

  /**
   * Do it; what fails is said in place, and the draft stays as it was. `again` is tried when no
   * answer came: what was kept then is kept once, for it is sent under the same id.
   */
  async #try(work, again) {
    this.home.setAttribute("aria-busy", "true");
    const slow = setTimeout(() => this.#show("busy", el("div", { class: "said", role: "status" }, say("working_out"))), PAUSE);
    try {
      await work();
    } catch (wrong) {
      const deed = this.deed;
      this.#putBack();
      if (!(wrong instanceof Problem)) throw wrong;
      if (wrong.status === 412) {
        this.deed = null;
        this.clash.open(wrong.body, deed);
      } else if (wrong.status === 0) {
        this.say(say("no_connection_kept"), "wrong", deed ? button("try_again", again ?? (() => this.open(deed)), "", "go") : null);
      } else {
        this.deed = null;
        if (!(await this.#seats(wrong, deed)) && !(await ended(this.bench, wrong))) this.say(wrong.message, "wrong");
      }
    } finally {
      clearTimeout(slow);
      this.home.removeAttribute("aria-busy");
    }
  }

  /**
   * All seats are taken, or whose place it was has left it: ask whose place it is, or show at once
   * what it does to the only one there.
   */
  async #seats({ message, body }, deed) {
    const left = body.code === "not_in_draft" && deed?.instead_of;
    if (!left && body.code !== "no_seat_free") return false;
    const { sitting } = body;
    const take = ({ cadre }) => this.open({ ...deed, instead_of: cadre });
    if (!left && sitting.length === 1) await take(sitting[0]);
    else {
      const ways = sitting.map((one) => act(say("in_place_of", { name: one.name }), () => take(one), { kind: "go" }));
      if (left) ways.push(button("assign", () => this.open({ ...deed, instead_of: undefined }), "", "plain"));
      this.say(message, "wrong", ...ways);
    }
    return true;
  }

  show(kind, ...inside) {
    this.#show(kind, ...inside);
  }

  close() {
    this.#close();
  }

  #show(kind, ...inside) {
    this.home.dataset.kind = kind;
    this.home.replaceChildren(...inside.filter(Boolean));
    this.home.hidden = false;
  }

  #close() {
    const had = this.home.contains(document.activeElement);
    this.home.hidden = true;
    if (had) this.#return();
  }

  /** The focus goes back to where it was, or to the map when that is gone. */
  #return() {
    const { from, bench } = this;
    const there = from?.isConnected && from !== document.body && from.checkVisibility();
    if (there) from.focus({ preventScroll: true });
    else if (bench.state.code) bench.home.focus({ preventScroll: true });
    else byId("panel").focus({ preventScroll: true });
  }

  #putBack() {
    this.back?.();
    this.back = null;
  }
}
