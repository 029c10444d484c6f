// Long work: its step, its share, a way to stop it. It goes on when the page is loaded again.

import { announce, el } from "./dom.js";
import { ask, newId, Problem, send } from "./net.js";
import { percent, say } from "./words.js";

const PAUSE = 600;
/** States in which a job has ended. */
export const OVER = new Set(["done", "failed", "cancelled"]);

export class Work {
  /**
   * `home` shows it; under `slot` this window remembers it. `done(job)` is called with a finished
   * job, `wrong(sentence)` with a failure, `stopped()` after a cancel.
   */
  constructor(home, slot, { done, wrong, stopped }) {
    Object.assign(this, { home, slot, done, wrong, stopped });
    this.id = null;
  }

  get busy() {
    return this.id !== null;
  }

  /** Ask for work at `path` with `body`, then watch it. */
  async begin(path, body) {
    const id = newId();
    this.keep(id);
    try {
      await send(path, { id, ...body });
    } catch (wrong) {
      this.keep(null);
      if (!(wrong instanceof Problem)) throw wrong;
      return this.wrong(wrong.message);
    }
    return this.watch(id);
  }

  /** Show how far a job is until it has ended. */
  async watch(id) {
    this.id = id;
    for (;;) {
      let job;
      try {
        job = await ask(`/api/v1/jobs/${id}`);
      } catch (wrong) {
        // The line may be broken for a while; the work goes on without it.
        if (!(wrong instanceof Problem) || wrong.status) return this.#end(() => this.wrong(wrong.message));
        await pause();
        continue;
      }
      if (OVER.has(job.state)) return this.#end(() => this.#tell(job));
      this.#show(job);
      await pause();
    }
  }

  #end(tell) {
    this.id = null;
    this.keep(null);
    this.home.hidden = true;
    return tell();
  }

  #tell(job) {
    if (job.state === "done") return this.done(job);
    if (job.state === "cancelled") return this.stopped(job);
    return this.wrong(job.error?.title ?? say("failed"));
  }

  #show(job) {
    const share = job.progress?.share ?? null;
    const title = say(`job_${job.name}`);
    if (this.home.hidden || this.home.dataset.job !== job.id) {
      this.home.dataset.job = job.id;
      this.bar = el("progress", { max: "1", "aria-label": title });
      this.step = el("span", { class: "step" });
      this.part = el("span", { class: "part" });
      this.home.replaceChildren(
        el("b", {}, title),
        this.part,
        el("button", { type: "button", class: "mini", click: () => this.#cancel(job.id) }, say("cancel")),
        this.bar,
        this.step,
      );
      this.home.hidden = false;
      announce(title);
    }
    if (share === null) this.bar.removeAttribute("value");
    else this.bar.value = share;
    this.part.textContent = share === null ? "" : percent(share);
    this.step.textContent = job.state === "waiting" ? say("job_waits") : (job.progress?.sentence ?? "");
  }

  async #cancel(id) {
    await send(`/api/v1/jobs/${id}/cancel`, {});
  }

  /** Remember a job for when the page is loaded again. */
  keep(id) {
    try {
      if (id) sessionStorage.setItem(this.slot, id);
      else sessionStorage.removeItem(this.slot);
    } catch {
      // Without storage a load of the page finds only work that still goes on.
    }
  }

  /** The job that is remembered, if any. */
  kept() {
    try {
      return sessionStorage.getItem(this.slot);
    } catch {
      return null;
    }
  }
}

function pause() {
  return new Promise((go) => setTimeout(go, PAUSE));
}
