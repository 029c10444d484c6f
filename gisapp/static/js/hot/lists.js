// What stands in the place of the hottest grids: other lists over the same window and category.

import { byId, el } from "../dom.js";
import { isPhone } from "../drawer.js";
import { skeletons } from "../list.js";
import { figure, say } from "../words.js";
import { gridsOf, hotShare } from "./townships.js";

/** Rows that are on their way are drawn after this long. */
const PATIENCE_MS = 300;

export class Lists {
  /** `kinds` are {name, title, note(page), fill(page), leave()}; the hottest grids come first. */
  constructor(page, kinds) {
    this.page = page;
    this.kinds = new Map(kinds.map((one) => [one.name, one]));
    this.name = "places";
    this.turn = 0;
    this.home = byId("lot");
    this.area = null;
    if (!kinds.length) return;
    const names = ["places", ...this.kinds.keys()];
    this.buttons = names.map((name) =>
      el("button", { type: "button", class: "mini", "data-list": name, click: () => this.choose(name) }, say(`list_${name}`)),
    );
    byId("lists").append(el("div", { class: "segments", role: "group", "aria-label": say("what_is_listed") }, this.buttons));
    byId("lists").hidden = false;
    this.#show();
  }

  choose(name) {
    if (name !== this.name) this.kinds.get(this.name)?.leave?.();
    this.name = name;
    this.#show();
    this.entitle();
    return this.reload();
  }

  /** Look into an area ({code, name, position} of a township), or at everything again (null). */
  async enter(area) {
    const { scene, sheet, free, list, ledger } = this.page;
    this.area = area;
    scene.area = area && { places: gridsOf(scene.places, area.position) };
    const box = area && scene.labels?.township.box[area.position];
    if (isPhone()) this.page.drawer.settle(1);
    if (box) free.show(box);
    else free.whole(true);
    sheet.remark();
    this.#trail();
    await Promise.all([list.reload(), ledger.reload(), this.choose(area ? "places" : "townships")]);
    byId("trail").querySelector("button")?.focus();
  }

  /** From everything to the area one looks into, and back. */
  #trail() {
    const home = byId("trail");
    home.hidden = !this.area;
    if (!this.area) return home.replaceChildren();
    const back = el("button", { type: "button", class: "mini quiet", click: () => this.enter(null) }, say("everything"));
    const { hot, n } = hotShare(this.page.scene, this.area.position);
    return home.replaceChildren(
      el("ol", {}, el("li", {}, back), el("li", { "aria-current": "location" }, el("b", {}, this.area.name))),
      el("small", {}, say("area_hot", { hot: figure(hot), n: figure(n) })),
    );
  }

  /** Say what is listed, and what the figure at the right is. */
  entitle() {
    const kind = this.kinds.get(this.name);
    byId("list-title").textContent = say(kind?.title ?? "hot_places");
    byId("list-note").textContent = kind ? kind.note(this.page) : say("disputes");
  }

  /** Fill the list anew; what comes late, for a question before, is left out. */
  async reload() {
    this.#trail();
    const kind = this.kinds.get(this.name);
    if (!kind) return;
    const turn = (this.turn += 1);
    const slow = setTimeout(() => this.#wait(turn), PATIENCE_MS);
    try {
      const made = (await kind.fill(this.page)).filter(Boolean);
      if (turn !== this.turn || kind.name !== this.name) return;
      this.home.replaceChildren(...made);
    } finally {
      clearTimeout(slow);
    }
  }

  #wait(turn) {
    if (turn === this.turn && !this.home.children.length) this.home.replaceChildren(el("ol", { class: "urgent" }, skeletons()));
  }

  #show() {
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(button.dataset.list === this.name));
    const own = this.name !== "places";
    byId("list").hidden = own;
    byId("list-block").classList.toggle("other", own);
    this.home.hidden = !own;
    this.home.replaceChildren();
  }
}
