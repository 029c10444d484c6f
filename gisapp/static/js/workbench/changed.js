// What a deed changes on the map, grid by grid: a few come one by one, many as arrays.

/** List {position, state, changed, locked} of all grids that look other than before. */
export function listed({ grids, many }) {
  if (!many) return grids;
  const rows = [];
  for (let run = 0; run < many.runs.length; run += 2) {
    const [first, long] = [many.runs[run], many.runs[run + 1]];
    for (let position = first; position < first + long; position += 1) {
      const at = rows.length;
      rows.push({ position, state: many.states[many.state[at]], changed: many.changed[at], locked: many.locked[at] });
    }
  }
  return rows;
}
