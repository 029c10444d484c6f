// What needs the best plan of all posts: asked for at once where it is soon there, else when the
// reader wants it; the wait can be left, and everything else stays usable.

import { el } from "../dom.js";
import { Problem } from "../net.js";
import { say } from "../words.js";
import { act, waiting } from "./parts.js";

/** Between one question and the next, in milliseconds; the server waits for a while, too. */
const PAUSE = 1000;

/** The wait that each place on the page is in. */
const waits = new WeakMap();

/**
 * Fill `home` with what `show` makes of the answer to `read(signal, there)`; `wanted` says that the
 * reader has asked for it already.
 */
export function best(bench, home, read, show, { wanted = false } = {}) {
  const { soon } = bench.draft.facts;
  waits.get(home)?.abort();
  return soon || wanted ? begin() : offer();

  /** Say that it takes a while; it begins when the reader says so. */
  function offer() {
    home.replaceChildren(el("p", { class: "note" }, say("best_takes_long")), el("p", { class: "row" }, act(say("work_it_out"), begin)));
  }

  function begin() {
    const leave = new AbortController();
    waits.set(home, leave);
    if (soon) home.replaceChildren(waiting());
    else {
      const stop = act(say("do_not_wait"), () => leave.abort(), { kind: "quiet" });
      home.replaceChildren(waiting(), el("p", { class: "note", role: "status" }, say("best_is_made")), el("p", { class: "row" }, stop));
      stop.focus();
    }
    return look(leave);
  }

  async function look(leave) {
    try {
      const found = await read(leave.signal, () => home.isConnected);
      if (found && waits.get(home) === leave) home.replaceChildren(...show(found));
    } catch (wrong) {
      if (waits.get(home) !== leave) return;
      if (wrong.name === "AbortError") {
        offer();
        if (leave.signal.aborted) home.querySelector("button").focus();
        return;
      }
      if (!(wrong instanceof Problem)) throw wrong;
      home.replaceChildren(el("p", { class: "note" }, wrong.message));
    }
  }
}

/** Ask until the best plan is there; null when nobody is `there` to read the answer any more. */
export async function patiently(ask, signal, there) {
  for (;;) {
    const found = await ask(signal);
    if (found.state !== "solving") return found;
    await new Promise((go) => setTimeout(go, PAUSE));
    signal.throwIfAborted();
    if (!there()) return null;
  }
}
