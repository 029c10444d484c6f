// Clusters of any size that chance would hardly make: found by background work, outlined on the map.

import { announce, el } from "../dom.js";
import { isPhone } from "../drawer.js";
import { ask } from "../net.js";
import { gridName } from "../usual.js";
import { config, figure, moment, say, windowName } from "../words.js";
import { OVER, Work } from "../work.js";

/** Grids up to which clusters of any shape are looked for. */
const SHAPES_MOST = 1000;

/** So near that the grids of a small cluster are told apart. */
const CLOSEST = 14;

const WINDOWS = ["month", "quarter", "year"];

export class Clusters {
  constructor(page) {
    this.page = page;
    this.name = "clusters";
    this.title = "clusters";
    this.kind = "space";
    this.kinds = config.grids > SHAPES_MOST ? ["space", "prospective"] : ["space", "prospective", "flexible"];
    this.home = el("div", { class: "work", hidden: true });
    this.trouble = el("p", { class: "bad", role: "alert", hidden: true });
    const wrong = (sentence) => this.#over(sentence);
    this.work = new Work(this.home, "work:scan", { done: (job) => this.#over("", job), wrong, stopped: () => wrong(say("scan_stopped")) });
  }

  note() {
    return say("disputes");
  }

  /** Forget what is drawn: another list is shown, or another question. */
  leave() {
    this.page.scene.clusters = [];
    this.page.scene.cluster = null;
    this.page.sheet.remark();
  }

  async fill() {
    this.leave();
    const [head, asked] = [this.#kinds(), this.#question()];
    const { rows } = await ask("/api/v1/jobs", { name: "scan" });
    const job = rows.find((one) => this.#answers(one, asked) && (one.state === "done" || !OVER.has(one.state)));
    const going = job && !OVER.has(job.state);
    if (going && this.work.id !== job.id) this.work.watch(job.id);
    const done = job && !going ? await ask(`/api/v1/jobs/${job.id}`) : null;
    const start = el("button", { type: "button", class: done ? "" : "primary", click: () => this.#start(asked) }, say(done ? "scan_again" : "scan_start"));
    start.hidden = Boolean(going);
    this.start = start;
    return [
      head,
      el("p", { class: "note" }, say(`scan_about_${this.kind}`)),
      el("div", { class: "tray" }, start, done ? el("small", {}, say("scan_of", { moment: moment(done.ended_at) })) : null, this.home),
      this.trouble,
      ...(done ? this.#found(done.result) : []),
    ];
  }

  #kinds() {
    const button = (kind) =>
      el(
        "button",
        { type: "button", class: "mini", "data-kind": kind, "aria-pressed": String(kind === this.kind), click: () => this.#choose(kind) },
        say(`scan_${kind}`),
      );
    return el("div", { class: "block" }, el("div", { class: "segments", role: "group", "aria-label": say("scan_kind") }, this.kinds.map(button)));
  }

  async #choose(kind) {
    this.kind = kind;
    this.trouble.hidden = true;
    await this.page.lists.reload();
    document.querySelector(`[data-kind=${kind}]`)?.focus();
  }

  /** The question of a scan: what the map shows; one that looks back does so from its last month. */
  #question() {
    const { about, state } = this.page;
    const window = this.kind === "prospective" ? about.to : about.window;
    const name = window.includes("Q") ? "quarter" : window.length === 4 ? "year" : "month";
    const asked = { kind: this.kind, [name]: window };
    if (state.query.category) asked.category = state.query.category;
    return asked;
  }

  #answers(job, asked) {
    const same = (name) => (job.arguments[name] ?? null) === (asked[name] ?? null);
    return job.area === config.area && ["kind", "category", ...WINDOWS].every(same);
  }

  #start(asked) {
    this.trouble.hidden = true;
    this.start.hidden = true;
    this.work.begin("/api/v1/scans", asked);
  }

  /** The work has ended: show the list again, with what came of it or what went wrong. */
  async #over(sentence, job = null) {
    this.trouble.textContent = sentence;
    this.trouble.hidden = !sentence;
    const shown = this.page.lists.name === this.name;
    if (shown) await this.page.lists.reload();
    if (job) announce(job.result.sentence);
    if (shown) this.start?.focus();
  }

  #found(result) {
    const { scene, sheet } = this.page;
    const { at } = scene.places;
    scene.clusters = result.clusters.map(({ rank, grids, bounds: [west, south, east, north] }) => ({
      rank,
      places: grids.filter((code) => at.has(code)).map((code) => at.get(code).position),
      lat: (south + north) / 2,
      lon: (west + east) / 2,
    }));
    sheet.remark();
    return [el("p", {}, result.sentence), el("ol", { class: "urgent clusters" }, result.clusters.map((one) => this.#row(one)))];
  }

  #row(one) {
    const light = (rank) => {
      this.page.scene.cluster = rank;
      this.page.sheet.remark();
    };
    const span = one.from === one.to ? windowName(one.from) : `${windowName(one.from)}–${windowName(one.to)}`;
    return el(
      "li",
      {},
      el(
        "button",
        {
          type: "button",
          class: "mini",
          click: () => this.#show(one),
          pointerenter: () => light(one.rank),
          pointerleave: () => light(null),
          focus: () => light(one.rank),
          blur: () => light(null),
        },
        el("span", { class: "rank", "aria-hidden": "true" }, String(one.rank)),
        el("span", { class: "name" }, `${say("n_grids", { n: figure(one.grids.length) })} · ${span}`),
        el("span", { class: "side" }, figure(one.count)),
        el("span", { class: "why" }, one.sentence),
      ),
      this.#grids(one),
    );
  }

  #grids(one) {
    const { at } = this.page.scene.places;
    const line = (code) => {
      const place = at.get(code);
      const name = place ? gridName(this.page.scene, place.position) : code;
      return el("li", {}, el("button", { type: "button", class: "mini quiet", click: () => this.page.pick(code, { fly: true }) }, name));
    };
    const list = el("ul", { class: "members" });
    const fold = el("details", {}, el("summary", {}, say("scan_grids")), list);
    fold.addEventListener("toggle", () => list.children.length || list.append(...one.grids.map(line)), { once: true });
    return fold;
  }

  #show({ bounds }) {
    if (isPhone()) this.page.drawer.settle(1);
    this.page.free.show(bounds, CLOSEST);
  }
}
