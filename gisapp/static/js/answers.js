// Values of the places: what was asked before, or ahead of the reader, is there at once.

import { Problem, tagged } from "./net.js";
import { LEVELS } from "./places.js";

/** Characters of answers that are kept; a city of 100,000 grids takes half a million for one map. */
const MOST = 24_000_000;

/** The longest a question ahead waits for a quiet moment. */
const PATIENCE_MS = 2000;

export class Answers {
  /** `path` is where a layer's values are asked for. */
  constructor(path) {
    this.path = path;
    this.kept = new Map();
    this.size = 0;
    this.queue = [];
    this.busy = false;
  }

  /** What was answered to a question before; null when it was not asked. */
  peek(query) {
    return this.kept.get(nameOf(query))?.found ?? null;
  }

  /** Ask, or ask whether what was answered before still holds: then it is that again, unread. */
  async ask(query, how = {}) {
    const name = nameOf(query);
    const old = this.kept.get(name);
    const { tag, read } = await tagged(this.path, { ...query, form: "packed" }, how);
    if (old && tag === old.tag) {
      this.kept.delete(name);
      this.kept.set(name, old);
      return old.found;
    }
    const text = await read();
    const found = JSON.parse(text);
    this.#keep(name, { tag, found, size: text.length });
    return found;
  }

  /** Ask in quiet moments, one after the other, what may be looked at next. */
  ahead(queries) {
    this.queue = queries.filter((query) => !this.kept.has(nameOf(query)));
    this.hushed = false;
    if (!this.busy) this.#work();
  }

  /** Ask nothing ahead: somebody waits. */
  hush() {
    this.queue = [];
    this.hushed = true;
  }

  async #work() {
    this.busy = true;
    try {
      while (this.queue.length && this.size < MOST && !document.hidden) {
        await quiet();
        const query = this.queue.shift();
        const began = performance.now();
        if (query) await this.ask(query, { priority: "low" });
        // As long a rest as the server worked: others ask it, too.
        await new Promise((go) => setTimeout(go, performance.now() - began));
      }
    } catch (wrong) {
      // Nobody has asked yet: who does is told then.
      if (!(wrong instanceof Problem)) throw wrong;
    } finally {
      this.busy = false;
      if (!this.hushed) performance.mark("ahead");
    }
  }

  #keep(name, answer) {
    this.size += answer.size - (this.kept.get(name)?.size ?? 0);
    this.kept.delete(name);
    this.kept.set(name, answer);
    for (const [other, old] of this.kept) {
      if (this.size <= MOST || other === name) break;
      this.kept.delete(other);
      this.size -= old.size;
    }
  }
}

/** Columns of every level as plain arrays, out of what came in few bytes; each when it is looked at. */
export function unpacked({ columns, above }) {
  const all = { ...above, grid: columns };
  return LEVELS.map((level) => [level, opened(all[level])]);
}

function opened(columns) {
  const found = {};
  for (const [name, column] of Object.entries(columns)) {
    let open = Array.isArray(column) ? column : null;
    Object.defineProperty(found, name, { enumerable: true, get: () => (open ??= plain(column)) });
  }
  return found;
}

function plain({ values, at }) {
  const places = atob(at);
  const found = new Array(places.length);
  for (let i = 0; i < found.length; i += 1) found[i] = values[places.charCodeAt(i)];
  return found;
}

function nameOf(query) {
  return JSON.stringify(Object.entries(query).filter(([, value]) => value).sort());
}

function quiet() {
  if (!window.requestIdleCallback) return new Promise((go) => setTimeout(go, 200));
  return new Promise((go) => requestIdleCallback(go, { timeout: PATIENCE_MS }));
}
