// What every map does unless its theme says otherwise.

import { byId, el } from "./dom.js";
import { config, dayName, figure, listed, percent, say } from "./words.js";

export const usual = {
  /** The most important sentence, and the base of every figure under it. */
  head({ about, scene }) {
    byId("lead").textContent = about.sentence ?? "";
    showBase([say("base_grids", { n: figure(scene.places.count) }), about.day ? dayName(about.day) : ""]);
    byId("list-title").textContent = say("list_usual");
    byId("source").textContent = source(about);
  },

  /** How a row is painted. */
  paintOf(scene, row) {
    return scene.paints[String(row[scene.column])] ?? null;
  },

  /** The figure at the right of a list row. */
  side: () => "",

  /** What a cell of the table says. */
  cell(row, name) {
    const value = row[name];
    return typeof value === "number" ? figure(value) : (value ?? "—");
  },

  /** One line beside the pointer: sign, name, first figure. */
  tip(page, { level, position }) {
    const { scene } = page;
    if (level !== "grid") {
      const name = scene.labels?.[level]?.name[position] ?? scene.places.codes[level][position];
      const share = scene.values[level]?.share?.[position];
      const n = scene.values[level]?.grids?.[position];
      if (share === null || share === undefined) return name;
      return say("tip_share", { name, share: percent(share), n: figure(n) });
    }
    const value = scene.value("grid", position);
    const paint = scene.paints[String(value)];
    const name = gridName(scene, position);
    const more = page.theme.tipFigure?.(page, position) ?? "";
    return [paint ? `${paint.sign} ${paint.word}` : "", name, more].filter(Boolean).join(" · ");
  },

  tell: () => null,
};

/** A grid by its community and number. */
export function gridName(scene, position) {
  const community = scene.labels?.community?.name[scene.places.up("grid", position)] ?? "";
  return `${community} ${say("grid_number", { number: scene.number(position) })}`.trim();
}

/** The note under the sentence: bases and dates, parted by dots. */
export function showBase(parts) {
  byId("base").textContent = parts.filter(Boolean).join(" · ");
}

/** What of the data lets the map say less than it might. */
export function showNotices(notices) {
  const home = byId("notices");
  home.hidden = !notices.length;
  home.replaceChildren(...notices.map((one) => el("li", {}, one)));
}

/** The line at the foot of the map: whose data, of which day. */
export function source(about) {
  const parts = [about.day ? say("data_of", { day: dayName(about.day) }) : ""];
  if (config.demo) parts.push(say("invented"));
  return parts.filter(Boolean).join(" · ");
}

/** One section of a card. */
export function section(title, ...inside) {
  return el("section", { class: "block" }, title ? el("h3", {}, title) : null, ...inside);
}

/** A person: surname in a circle, name, department, specialties, minutes. */
export function person(one, extra = null) {
  const about = [one.office || one.department, listed(one.specialties ?? [])].filter(Boolean).join(" · ");
  return el(
    "div",
    { class: "person" },
    el("span", { class: "face", "aria-hidden": "true" }, [...one.name][0] ?? ""),
    el("div", {}, el("b", {}, one.name), el("div", { class: "about" }, about)),
    one.minutes === null || one.minutes === undefined
      ? null
      : el("span", { class: "min" }, figure(one.minutes), el("small", {}, ` ${say("min")}`)),
    extra,
  );
}
