// Gatherings that were told and are not over; a press outlines one on the map, another takes it back.

import { byId, el } from "../dom.js";
import { isPhone } from "../drawer.js";
import { ask } from "../net.js";
import { figure, say, windowName } from "../words.js";

/** So many are listed, the rest is folded. */
const FEW = 3;

/** So near that the grids of a small gathering are told apart. */
const CLOSEST = 14;

/** Why one was last told, by what it is drawn and said. */
const SIGNS = { new: "!", added: "+", worse: "↑" };

export class Alerts {
  constructor(page) {
    this.page = page;
    this.home = byId("alerts");
  }

  async fill() {
    const { rows, looked, watched, calibration } = await ask("/api/v1/alerts");
    if (!watched) return;
    const fresh = rows.filter((one) => one.why === "new").length;
    const most = fresh ? `${say("alert_new")} ${figure(fresh)} / ${figure(rows.length)}` : figure(rows.length);
    const title = el("h2", { class: "title", id: "alerts-title" }, say("alerts"), rows.length ? el("small", {}, most) : null);
    this.home.hidden = false;
    if (!rows.length) {
      const none = looked ? say("alerts_none", { month: windowName(looked.month) }) : say("alerts_never");
      title.classList.add("hush");
      this.home.replaceChildren(title, el("p", { class: "note" }, none));
      return;
    }
    const list = (those) => el("ol", { class: "urgent alerts" }, those.map((one) => this.#row(one)));
    const told = el("details", {}, el("summary", {}, title), list(rows.slice(0, FEW)));
    if (rows.length > FEW) told.append(el("details", {}, el("summary", {}, say("alerts_more", { n: rows.length - FEW })), list(rows.slice(FEW))));
    told.append(el("p", { class: "note" }, calibration?.sentence ?? say("alerts_strict")));
    this.home.replaceChildren(told);
  }

  #row(one) {
    const button = el(
      "button",
      { type: "button", class: "mini", "aria-pressed": "false", click: () => this.#press(one, button) },
      el("span", { class: "rank", "aria-hidden": "true" }, SIGNS[one.why]),
      el("span", { class: "name" }, `${say(`alert_${one.why}`)} · ${one.category_name} · ${say("alert_since", { month: windowName(one.from) })}`),
      el("span", { class: "side" }, figure(one.count)),
      el("span", { class: "why" }, one.sentence),
    );
    // Its grids may be no more; then there is nothing to be shown.
    button.disabled = !one.bounds;
    return el("li", {}, button);
  }

  #press(one, button) {
    const { scene, sheet } = this.page;
    const on = button.getAttribute("aria-pressed") === "false";
    for (const other of this.home.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", String(on && other === button));
    scene.alert = on ? this.#outlined(one) : null;
    sheet.remark();
    if (on) this.#show(one);
  }

  #outlined({ why, grids, bounds: [west, south, east, north] }) {
    const { at } = this.page.scene.places;
    const places = grids.filter((code) => at.has(code)).map((code) => at.get(code).position);
    return { rank: SIGNS[why], places, lat: (south + north) / 2, lon: (west + east) / 2 };
  }

  #show({ bounds }) {
    if (this.page.state.table) this.page.showTable(false);
    if (isPhone()) this.page.drawer.settle(1);
    this.page.free.show(bounds, CLOSEST);
  }
}
