// Where a leader's visit matters: grids that are hot or to deal with now where much was left open and few have been.

import { el } from "../dom.js";
import { item } from "../list.js";
import { ask } from "../net.js";
import { trendWord } from "../trends.js";
import { config, dayName, figure, say } from "../words.js";

export const visits = {
  name: "visits",
  title: "visits",
  note: () => say("left_open"),

  async fill(page) {
    const { view, ...query } = page.state.query;
    const found = await ask("/api/v1/visits", { ...query, area: page.lists.area?.code });
    const list = {
      paint: (row) => config.style.paints[String(row.bin)],
      side: (row) => figure(row.left_open),
      pick: (code) => page.pick(code, { fly: true }),
      hover: (code) => page.point(code),
      kind: trendWord,
    };
    const rows = found.grids.map((row) => item(row, list));
    return [
      el("p", {}, found.sentence),
      el("small", {}, say("visits_dates", { from: dayName(found.from), to: dayName(found.to) })),
      el("ol", { class: "urgent" }, rows),
      rows.length ? el("p", { class: "note" }, found.note) : null,
    ];
  },
};
