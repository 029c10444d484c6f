// Which plan the map shows: what is in force, or one of the others, without another page.

import { byId, el } from "../dom.js";
import { config, say } from "../words.js";

/** How many of the others are asked for ahead. */
const AHEAD = 3;

/** Offer what is in force and the other plans, the newest first; folded until one of them is shown. */
export function plans(page) {
  const home = byId("which");
  const chosen = page.state.query.plan ?? "";
  home.hidden = !config.plans.length;
  if (home.hidden) return;
  const open = home.querySelector("details")?.open ?? Boolean(chosen);
  const focused = document.activeElement?.id;
  const line = ({ code, name, word }) => {
    const id = `plan-${code || "in-force"}`;
    const radio = el("input", { type: "radio", name: "plan", id, change: () => page.ask({ plan: code || null }) });
    radio.checked = code === chosen;
    return el("li", {}, radio, el("label", { for: id }, name), el("span", { class: "count" }, word));
  };
  const all = [{ code: "", name: say("what_is_in_force"), word: "" }, ...config.plans];
  const fold = el(
    "details",
    {},
    el("summary", {}, say("other_plans", { n: config.plans.length })),
    el("div", { role: "radiogroup", "aria-label": say("plan") }, el("ul", { class: "choices" }, all.map(line))),
  );
  fold.open = open;
  home.replaceChildren(fold);
  if (focused?.startsWith("plan-")) byId(focused)?.focus();
}

/** The questions a reader who switches would ask next. */
export function others(page) {
  const { plan: chosen, ...rest } = page.state.query;
  const near = config.plans.filter((one) => one.code !== chosen).slice(0, AHEAD);
  return [...(chosen ? [rest] : []), ...near.map((one) => ({ ...rest, plan: one.code }))];
}
