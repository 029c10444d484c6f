// The three lists of the left panel behind their tabs; arrows go from one to the next.

import { byId } from "../dom.js";
import { figure } from "../words.js";

const NAMES = ["gaps", "people", "departments"];

export class Tabs {
  /** `opened(name)` is called when a list comes to sight. */
  constructor(opened) {
    this.opened = opened;
    this.now = "gaps";
    for (const name of NAMES) {
      const tab = byId(`tab-${name}`);
      tab.addEventListener("click", () => this.show(name));
      tab.addEventListener("keydown", (event) => {
        const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!by) return;
        event.preventDefault();
        this.show(NAMES[(NAMES.indexOf(name) + by + NAMES.length) % NAMES.length], true);
      });
    }
  }

  show(name, focus = false) {
    this.now = name;
    for (const one of NAMES) {
      const tab = byId(`tab-${one}`);
      tab.setAttribute("aria-selected", String(one === name));
      tab.tabIndex = one === name ? 0 : -1;
      byId(one).hidden = one !== name;
    }
    byId("panel").dataset.tab = name;
    if (focus) byId(`tab-${name}`).focus();
    this.opened(name);
  }

  count(name, n) {
    byId(`tab-${name}`).querySelector(".count").textContent = figure(n);
  }
}
