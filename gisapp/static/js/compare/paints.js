// How the difference looks: the state before on the left, the state after on the right.

import { config, say } from "../words.js";

const SAME = "#E9ECEB";
const CHANGED = "#9CC7B8";
const BETTER = "#12545A";
const WORSE = "#A32A12";

const states = config.style.paints;
const same = { colour: SAME, textColour: "#16202B", sign: "", word: say("kind_same") };
const hands = {
  colour: "#DCE7F4",
  pattern: "level",
  patternColour: "#174A8B",
  textColour: "#174A8B",
  sign: "⇄",
  word: say("kind_hands"),
};

/** A state as it is painted where it changes. */
function state(name) {
  return name === "served" ? { ...states.served, colour: CHANGED } : states[name];
}

function stamped(name, sign, disc) {
  return { ...state(name), sign, disc, textColour: "#FFFFFF", stamped: true };
}

const names = Object.keys(states);

export const BEFORE = Object.fromEntries([["same", same], ["hands", hands], ...names.map((one) => [one, state(one)])]);

export const AFTER = Object.fromEntries([
  ["same", same],
  ["hands", hands],
  ...names.flatMap((one) => [
    [`better ${one}`, stamped(one, "＋", BETTER)],
    [`worse ${one}`, stamped(one, "－", WORSE)],
  ]),
]);

export const KINDS = {
  better: { ...state("served"), sign: "＋", disc: BETTER, textColour: "#FFFFFF", word: say("kind_better") },
  worse: { colour: SAME, sign: "－", disc: WORSE, textColour: "#FFFFFF", word: say("kind_worse") },
  hands,
};

/** Columns of both maps: one value for each grid, in the order of the ids. */
export function columns(found, places) {
  const before = Array(places.count).fill("same");
  const after = Array(places.count).fill("same");
  for (const row of found.changes) {
    const at = places.at.get(row.code)?.position;
    if (at === undefined) continue;
    before[at] = row.kind === "hands" ? "hands" : row.before;
    after[at] = row.kind === "hands" ? "hands" : `${row.kind} ${row.after}`;
  }
  return { before, after };
}

/** Above grids: which share of the grids of each place changes. */
export function shares(found, places, level) {
  const all = Array(places.codes[level].length).fill(0);
  const changed = [...all];
  const up = places.codes.grid.map((_, at) => {
    const community = places.up("grid", at);
    return level === "community" ? community : places.up("community", community);
  });
  for (const at of up) if (at >= 0) all[at] += 1;
  for (const row of found.changes) {
    const at = up[places.at.get(row.code)?.position];
    if (at >= 0) changed[at] += 1;
  }
  return { share: all.map((n, at) => (n ? changed[at] / n : null)), grids: all };
}
