// Months along the foot of the map: one bar each, reachable by key, played one a second.

import { byId, el, icon, styled } from "./dom.js";
import { figure, say, windowName, withheld } from "./words.js";

const SECOND = 1000;

/** What a bar stands for; "<5" as its middle, and what is not published has a sign of its own. */
const tall = (count) => (count === "<5" ? 2.5 : withheld(count) ? 0 : count);

export class Months {
  /** `choose(window)` is called with "2026-10", "2026-Q3" or "2025". */
  constructor(choose) {
    this.choose = choose;
    this.timer = 0;
    this.home = byId("months");
    this.built = "";
  }

  /**
   * `months` is [{month, count, open}], oldest first; `within` the months of the window `chosen`;
   * `steps` the windows of its `kind` (month, quarter, year) with `stepOf(month)` among them.
   */
  show(months, chosen, within, { kind, steps, stepOf }) {
    Object.assign(this, { months, chosen, steps, stepOf });
    this.home.hidden = !months.length;
    if (!months.length) return;
    const key = months.map((one) => `${one.month}:${one.count}`).join();
    if (this.built !== key) this.#build(key);
    const last = [...within].at(-1) ?? months.at(-1).month;
    [...this.bars.children].forEach((bar, i) => {
      const on = months[i].month === chosen;
      bar.setAttribute("aria-checked", String(within.has(months[i].month) && months[i].month === last));
      bar.classList.toggle("chosen", on);
      bar.tabIndex = months[i].month === last ? 0 : -1;
      bar.classList.toggle("within", !on && within.has(months[i].month));
    });
    this.#axis(chosen, within);
    this.back.setAttribute("aria-label", say(`${kind}_before`));
    this.on.setAttribute("aria-label", say(`${kind}_after`));
    this.back.disabled = !this.#next(-1);
    this.on.disabled = !this.#next(1);
  }

  #build(key) {
    this.built = key;
    const most = Math.max(1, ...this.months.map((one) => tall(one.count)));
    this.play = el("button", { type: "button", class: "play primary mini", click: () => this.#toggle() }, icon("play"));
    this.play.setAttribute("aria-label", say("play_months"));
    this.bars = el("div", {
      class: "bars",
      role: "radiogroup",
      "aria-label": say("months"),
      keydown: (event) => this.#key(event),
    });
    for (const one of this.months) {
      const bar = styled(el("i"), { height: `${(100 * tall(one.count)) / most}%` });
      const hushed = withheld(one.count);
      const read = say(hushed ? "month_hushed" : "month_reads", { month: windowName(one.month), n: figure(one.count) });
      this.bars.append(
        el(
          "button",
          {
            type: "button",
            role: "radio",
            class: ["mini", one.open && "open", hushed && "hushed", one.count === "<5" && "few"].filter(Boolean).join(" "),
            "aria-label": read,
            title: read,
            click: () => this.#pick(this.stepOf(one.month) ?? one.month),
          },
          bar,
        ),
      );
    }
    this.back = el("button", { type: "button", class: "mini", click: () => this.#step(-1) }, icon("left"));
    this.on = el("button", { type: "button", class: "mini", click: () => this.#step(1) }, icon("right"));
    this.line = el("div", { class: "axis", "aria-hidden": "true" });
    this.home.replaceChildren(this.play, this.bars, el("div", { class: "steps" }, this.back, this.on), this.line);
  }

  #axis(chosen, within) {
    const n = this.months.length;
    const put = (text, i, extra = "") => styled(el("span", { class: extra }, text), { left: `${((i + 0.5) / n) * 100}%` });
    const marks = [];
    const picked = this.months.findIndex((one) => one.month === chosen);
    const inside = this.months.flatMap((one, i) => (within.has(one.month) ? [i] : []));
    const middle = picked >= 0 ? picked : inside.length ? (inside[0] + inside.at(-1)) / 2 : -1;
    this.months.forEach((one, i) => {
      const edge = i === 0 || (one.month.endsWith("-01") && i > n * 0.12);
      if (edge && Math.abs(i - middle) > n * 0.12) marks.push(put(windowName(one.month, true), i));
    });
    if (middle >= 0) {
      const label = put(windowName(chosen), middle, "now");
      if (middle > n * 0.88) styled(label, { left: "auto", right: "0", translate: "0 0" });
      if (middle < n * 0.08) styled(label, { left: "0", translate: "0 0" });
      marks.push(label);
    }
    this.line.replaceChildren(...marks);
  }

  #pick(window) {
    this.#stop();
    this.choose(window);
  }

  #step(by) {
    this.#stop();
    this.#move(by);
  }

  #move(by) {
    const next = this.#next(by);
    if (next) this.choose(next);
    return Boolean(next);
  }

  #next(by) {
    const at = this.steps.indexOf(this.chosen);
    return this.steps[at < 0 ? (by > 0 ? 0 : this.steps.length - 1) : at + by];
  }

  #key(event) {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (by) this.#step(by);
    else if (event.key === "Home") this.#pick(this.steps[0]);
    else if (event.key === "End") this.#pick(this.steps.at(-1));
    else return;
    event.preventDefault();
    event.stopPropagation();
    requestAnimationFrame(() => this.bars.querySelector("[aria-checked=true]")?.focus());
  }

  #toggle() {
    if (this.timer) return this.#stop();
    if (!this.#next(1)) this.choose(this.steps[0]);
    this.timer = setInterval(() => {
      if (!this.#move(1)) this.#stop();
    }, SECOND);
    this.play.replaceChildren(icon("pause"));
    this.play.setAttribute("aria-label", say("pause_months"));
    return undefined;
  }

  #stop() {
    clearInterval(this.timer);
    this.timer = 0;
    this.play.replaceChildren(icon("play"));
    this.play.setAttribute("aria-label", say("play_months"));
  }
}
