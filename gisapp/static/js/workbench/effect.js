// What a deed does, in words: the total, the gaps, the floors.

import { el } from "../dom.js";
import { config, listed, say, signed } from "../words.js";

const DOT = " · ";
const SERVED = "served";

/** One line: 总分 －31 · 缺口 －1 · 底线不变; states of gaps where grids change from one to another. */
export function effectLine(effect) {
  const parts = [
    said("effect_total", Math.round(effect.cost)),
    said("effect_gaps", effect.gaps),
    ...gapStates(effect),
    said("effect_floors", effect.below_floor),
    effect.seats_filled ? said("effect_seats", effect.seats_filled) : null,
    effect.moved ? said("effect_moved", effect.moved) : null,
  ];
  return parts.filter(Boolean).join(DOT);
}

/** How many more gaps of each state, unless all that changes is said by how many gaps there are. */
function gapStates({ gaps, states }) {
  const parts = config.style.order.filter((state) => state !== SERVED && states[state]);
  if (parts.length === 1 && states[parts[0]] === gaps) return [];
  return parts.map((state) => `${config.style.paints[state].word.toLowerCase()} ${signed(states[state])}`);
}

function said(key, by) {
  return by ? say(key, { n: signed(by) }) : say(`${key}_same`);
}

/** Departments whose people the deed takes or brings: their sentences. */
export function effectNotes(effect) {
  const touched = effect.departments ?? [];
  if (!touched.length) return null;
  const low = touched.filter((one) => one.after < one.floor || one.before < one.floor);
  const shown = (low.length ? low : touched).slice(0, 2).map((one) => one.sentence);
  return el("span", { class: "notes" }, listedSentences(shown));
}

function listedSentences(sentences) {
  return sentences.length > 1 && !/[。.]$/.test(sentences[0]) ? listed(sentences) : sentences.join(" ");
}
