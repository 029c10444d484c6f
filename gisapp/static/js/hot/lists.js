// What stands in the place of the hottest grids: other lists over the same window and category.

import { byId, el } from "../dom.js";
import { say } from "../words.js";

export class Lists {
  /** `kinds` are {name, title, note(page), fill(page), leave()}; the hottest grids come first. */
  constructor(page, kinds) {
    this.page = page;
    this.kinds = new Map(kinds.map((one) => [one.name, one]));
    this.name = "places";
    this.turn = 0;
    this.home = byId("lot");
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

  /** Say what is listed, and what the figure at the right is. */
  entitle() {
    const kind = this.kinds.get(this.name);
    byId("list-title").textContent = say(kind?.title ?? "hot_places");
    byId("list-note").textContent = kind ? kind.note(this.page) : say("disputes");
  }

  /** Fill the list anew; what comes late, for a question before, is left out. */
  async reload() {
    const kind = this.kinds.get(this.name);
    if (!kind) return;
    const turn = (this.turn += 1);
    const made = (await kind.fill(this.page)).filter(Boolean);
    if (turn !== this.turn || kind.name !== this.name) return;
    this.home.replaceChildren(...made);
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
