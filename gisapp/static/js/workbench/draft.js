// One draft as it stands on the server: its facts, and the only way to change it.

import { ask, newId, send } from "../net.js";
import { patiently } from "./best.js";

export class Draft {
  /** `heard(event, detail)` is told: "facts", and "changed" with what a deed changed. */
  constructor(plan, heard) {
    this.plan = plan;
    this.heard = heard;
    this.path = `/api/v1/drafts/${encodeURIComponent(plan)}`;
    this.facts = null;
  }

  get version() {
    return this.facts.version;
  }

  get editable() {
    return this.facts.editable;
  }

  /** Whether it is a draft at all; one of another area cannot be changed here, but is one. */
  get isOpen() {
    return this.facts?.state === "draft";
  }

  async load() {
    this.facts = await ask(this.path);
    this.heard("facts");
  }

  /** It was deleted: what is shown stays, and nothing of it can be changed. */
  end() {
    Object.assign(this.facts, { state: "deleted", editable: false, undo: null, redo: null });
    this.heard("facts");
  }

  /** The facts as the server knows them now, without taking them over. */
  peek() {
    return ask(this.path);
  }

  /** Read something of the draft: read("gaps", {page: 1}). */
  read(what, query) {
    return ask(`${this.path}/${what}`, query);
  }

  /** Read what needs the best plan: as long as it takes, until `signal` or nobody is `there`. */
  solved(what, query, signal, there) {
    return patiently((left) => ask(`${this.path}/${what}`, query, { signal: left }), signal, there);
  }

  /** What a deed would do; nothing is stored. */
  preview(deed) {
    return send(`${this.path}/deeds`, { id: newId(), preview: true, ...deed }, { version: this.version });
  }

  /** Do it. Sent again after a broken line under the same id, it is done once. */
  keep(deed, id = newId()) {
    return this.#write("deeds", { id, preview: false, ...deed });
  }

  undo() {
    return this.#write("undo", { id: newId() });
  }

  redo() {
    return this.#write("redo", { id: newId() });
  }

  /** A new draft made of the draft as it was in `version`, with `deed` on top. */
  branch(version, deed, id) {
    return send(`${this.path}/branch`, { id, version, ...(deed ? { deed } : {}) });
  }

  async #write(what, body) {
    const result = await send(`${this.path}/${what}`, body, { version: this.version });
    const { version, figures, undo, redo } = result;
    Object.assign(this.facts, { version, figures, undo, redo, saved_at: new Date().toISOString() });
    this.heard("changed", result);
    return result;
  }
}

/** A new draft based on a plan (null: on what is in force today). */
export function newDraft(based_on, mode) {
  return send("/api/v1/drafts", { id: newId(), based_on, mode });
}
