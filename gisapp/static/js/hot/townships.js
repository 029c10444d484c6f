// Townships by their share of significantly hot grids; one of them leads to its grids.

import { el } from "../dom.js";
import { item } from "../list.js";
import { figure, percent, say } from "../words.js";

export const townships = {
  name: "townships",
  title: "townships",
  note: () => say("hot_of"),

  fill(page) {
    const { scene, lists } = page;
    const names = scene.labels?.township.name ?? scene.places.codes.township;
    const rows = scene.places.codes.township.map((code, position) => ({ code, position, name: names[position], ...hotShare(scene, position) }));
    rows.sort((a, b) => b.share - a.share || b.hot - a.hot || a.position - b.position);
    const list = {
      paint: (row) => ({ ...scene.paint("township", row.position), sign: "", word: "", pattern: "none" }),
      side: (row) => `${figure(row.hot)} / ${figure(row.n)}`,
      pick: (code) => lists.enter(rows.find((row) => row.code === code)),
      hover: () => {},
    };
    const shown = rows.map((row) => item({ ...row, sentence: say("townships_why", { share: percent(row.share) }) }, list));
    for (const line of shown) if (line.dataset.code === lists.area?.code) line.setAttribute("aria-current", "true");
    return [el("ol", { class: "urgent" }, shown)];
  },
};

/** How many of the grids of a township are significantly hot. */
export function hotShare(scene, position) {
  const { share, grids } = scene.values.township ?? {};
  const [part, n] = [share?.[position] ?? 0, grids?.[position] ?? 0];
  return { share: part, hot: Math.round(part * n), n };
}

/** The positions of the grids of a township. */
export function gridsOf(places, township) {
  return places.codes.grid.flatMap((_, position) => (places.township("grid", position) === township ? [position] : []));
}
