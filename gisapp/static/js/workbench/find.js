// Search over everything: grids, areas and enterprises of the map, people of the draft.

import { ask } from "../net.js";

const MOST = 8;

/** Rows that fit, people after grids. */
export async function find(draft, text) {
  const [places, people] = await Promise.all([
    ask("/api/v1/search", { q: text }),
    draft.read("people", { q: text, size: MOST }),
  ]);
  const named = people.rows.map((row) => ({ kind: "person", code: row.staff_number, name: row.name }));
  return [
    ...places.rows.filter((row) => row.kind === "grid").slice(0, MOST),
    ...named,
    ...places.rows.filter((row) => row.kind !== "grid"),
  ];
}
