// The tab of gaps: grids that lack something, the most urgent first; all grids when asked.

import { byId, el, icon } from "../dom.js";
import { swatch } from "../patterns.js";
import { config, figure, say } from "../words.js";
import { Listing, nameCell } from "./listing.js";

const NOTHING = { total: 0, page: 1, pages: 1, rows: [] };

export function gapList(bench) {
  const listed = new Set(config.style.order.map(String).filter((state) => state !== "served"));
  const list = new Listing(byId("gaps"), {
    caption: say("gaps_caption"),
    search: say("seek_grid"),
    heads: [["", "signed"], [say("grid")], [say("why")], [say("nearest"), "number"]],
    tools: [filter(bench, listed, () => list.reload())],
    foot: [el("span", { class: "note" }, el("kbd", {}, "N"), ` ${say("next_one")} `, el("kbd", {}, "P"), ` ${say("previous_one")}`)],
    read: (query) => {
      const states = [...listed].filter((state) => !bench.scene.hidden.has(state));
      return states.length ? bench.draft.read("gaps", { ...query, state: states }) : NOTHING;
    },
    key: (row) => row.code,
    pick: (row, how) => bench.pick(row.code, { fly: true, ...how }),
    hover: (row) => bench.point(row?.code),
    line: (row) => line(bench, row),
  });
  return list;
}

function line({ scene }, row) {
  const paint = scene.paints[row.state];
  return [
    el("td", { class: "signed" }, paint ? swatch(paint, 18) : null, el("span", { class: "hush" }, paint?.word ?? "")),
    nameCell(row.name, marks(row)),
    el("td", { class: "why", title: row.sentence ?? "" }, because(row.sentence ?? "", paint)),
    nearest(row),
  ];
}

/** How far the nearest member is; where nobody serves, the nearest of those free who could help. */
function nearest(row) {
  const help = row.minutes === null && row.helper_minutes !== null;
  const minutes = help ? row.helper_minutes : row.minutes;
  const words = minutes === null ? "—" : `${figure(minutes)}\u202f${say("min_short")}`;
  return el("td", help ? { class: "number second", title: say("nearest_helper") } : { class: "number" }, words);
}

/** The sentence without the words that the sign says already. */
function because(sentence, paint) {
  const [start, head] = sentence.match(/^([^，。；：,.;:]+)[，。；,.;]\s*(?:and )?/) ?? [];
  if (!start || !paint || !`${paint.word} `.startsWith(config.locale === "en" ? `${head} ` : head)) return sentence;
  const bare = sentence.slice(start.length);
  return bare ? bare[0].toUpperCase() + bare.slice(1) : sentence;
}

/** Small marks behind the name: changed in this draft, locked, comments. */
function marks(row) {
  const found = [];
  if (row.changed) found.push(mark("swap", say("changed_here")));
  if (row.locked) found.push(mark("lock", say("locked")));
  if (row.comments) found.push(el("span", { class: "mark note", title: say("n_comments", { n: row.comments }) }, `✎${row.comments}`));
  return found.length ? el("span", { class: "marks" }, found) : null;
}

function mark(name, word) {
  return el("span", { class: "mark", role: "img", "aria-label": word, title: word }, icon(name));
}

function filter(bench, listed, changed) {
  const box = el(
    "div",
    { class: "box" },
    config.style.order.map(String).map((state) => {
      const input = el("input", {
        type: "checkbox",
        change: () => {
          if (input.checked) listed.add(state);
          else listed.delete(state);
          changed();
        },
      });
      input.checked = listed.has(state);
      return el("label", { class: "pick" }, input, swatch(bench.scene.paints[state], 18), bench.scene.paints[state].word);
    }),
  );
  return menu(say("state"), box);
}

/** A box that opens under its word and closes when the reader goes elsewhere. */
export function menu(word, box) {
  const made = el("details", { class: "menu" }, el("summary", { class: "btn" }, word), box);
  made.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !made.open) return;
    made.open = false;
    made.querySelector("summary").focus();
    event.stopPropagation();
  });
  document.addEventListener("click", (event) => {
    if (!made.contains(event.target)) made.open = false;
  });
  return made;
}
