// Coverage: which grids nobody, or nobody suitable, serves; who could help.

import { byId, el } from "./dom.js";
import { others, plans } from "./plans/choice.js";
import { person, section, showBase, source } from "./usual.js";
import { dayName, figure, listed, say } from "./words.js";

export const coverage = {
  popup: true,
  next: others,

  head(page) {
    const { about } = page;
    byId("lead").textContent = about.sentence;
    showBase([
      say("base_grids", { n: figure(about.base) }),
      about.plans?.length ? say("plan_named", { plan: listed(about.plans) }) : "",
      dayName(about.day),
    ]);
    byId("list-title").textContent = say("urgent_gaps");
    byId("list-note").textContent = say("nearest_member");
    byId("source").textContent = source(about);
    plans(page);
    beside(about);
  },

  side: (row) => (row.minutes === null ? "" : minutes(row.minutes)),

  cell(row, name) {
    if (name === "minutes") return row.minutes === null ? "—" : figure(row.minutes);
    return row[name] ?? "—";
  },

  tipFigure(page, position) {
    const value = page.scene.values.grid.minutes?.[position];
    return value === null || value === undefined ? "" : `${figure(value)} ${say("min")}`;
  },

  tell(page, { detail }) {
    const facts = [
      detail.households === null ? say("households_unknown") : say("households", { n: figure(detail.households) }),
      say("enterprises", { n: figure(detail.enterprises) }),
    ].join(" · ");
    const fragment = el("div", {}, el("p", { class: "facts" }, facts));
    if (detail.members.length) {
      fragment.append(section(say("who_serves"), detail.members.map((one) => person(one))));
    }
    if (detail.candidates.length) {
      const title = detail.wanted ? say("who_could_for", { specialty: detail.wanted }) : say("who_could");
      fragment.append(section(title, detail.candidates.map((one) => person(one))));
    }
    if (detail.needs.length) {
      fragment.append(
        section(
          say("needs_a_year"),
          el(
            "dl",
            { class: "figures" },
            detail.needs.flatMap((need) => [
              el("dt", {}, need.specialty),
              el("dd", {}, say("need_supply", { need: figure(need.cases), supply: figure(need.supply, need.supply % 1 ? 1 : 0) })),
            ]),
          ),
          el("p", { class: "note" }, detail.cases),
        ),
      );
    }
    if (detail.quartet.length) {
      fragment.append(section(say("quartet_lacks", { community: detail.community }), el("p", {}, listed(detail.quartet))));
    }
    return fragment;
  },
};

function minutes(value) {
  return el("span", {}, figure(value), el("span", { class: "unit" }, ` ${say("min")}`));
}

/** Beside grids: what lies in no grid, and what overlaps. Nothing is said when all is well. */
function beside(about) {
  const rows = [
    [about.enterprises_outside, "enterprises_outside"],
    [about.disputes_outside === "<5" ? 0 : about.disputes_outside, "disputes_outside"],
    [about.overlaps, "overlaps"],
    [about.land_without_grid_hectares, "land_without_grid"],
  ].filter(([n]) => n);
  const lacking = (about.quartet?.lacking ?? []).filter((one) => one.communities);
  const home = byId("more");
  home.hidden = !rows.length && !lacking.length;
  home.replaceChildren(
    el("h2", {}, say("beside_grids")),
    el(
      "dl",
      { class: "figures" },
      rows.flatMap(([n, key]) => [el("dt", {}, say(key)), el("dd", {}, figure(n, Number.isInteger(n) ? 0 : 1))]),
      lacking.flatMap((one) => [
        el("dt", {}, say("communities_lacking", { specialty: one.specialty })),
        el("dd", {}, figure(one.communities), el("span", { class: "unit" }, ` / ${figure(about.quartet.base)}`)),
      ]),
    ),
  );
}
