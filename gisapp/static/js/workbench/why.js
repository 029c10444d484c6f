// Why this person: the sentence, a bar for each part of the cost, the runner-up, and "why not …?".

import { el, styled } from "../dom.js";
import { figure, say, signed } from "../words.js";
import { best } from "./best.js";
import { personField } from "./choose.js";
import { act, block } from "./parts.js";

const PARTS = ["travel_min", "specialty", "load", "disturbance", "link"];

/** The card for one holder of a post; what needs the solved plan comes when the card is opened. */
export function reasonCard(bench, place, post, holder, open) {
  const second = el("div", { class: "second-choice" });
  const bars = el("div");
  const card = el(
    "details",
    { class: "because" },
    el("summary", {}, say("why_this_person", { name: holder.name })),
    el("div", { class: "reason-card" }, el("p", {}, holder.sentence), bars),
    second,
  );
  bars.append(costs(holder, null));
  card.addEventListener("toggle", () => {
    if (card.open && !card.dataset.asked) {
      card.dataset.asked = "1";
      more();
    }
  });
  card.open = open;
  return card;

  function more() {
    const read = (signal, there) => bench.why(post.post, signal, there);
    return best(bench, second, read, (why) => {
      const match = why.matches.find((one) => one.cadre === holder.staff_number);
      if (match?.runner_up.cadre) bars.replaceChildren(costs(holder, match.runner_up));
      if (match?.runner_up.cadre && card.open && card.isConnected) bench.showRunnerUp(place, match.runner_up);
      return [...runnerUp(match), el("p", { class: "note" }, why.sentence)];
    });
  }

  function runnerUp(match) {
    if (!match) return [];
    const other = match.runner_up;
    if (!other.cadre) return [el("p", { class: "row between" }, el("b", {}, say("no_runner_up"))), el("p", { class: "second" }, match.sentence)];
    const where = [other.office || other.department, Number.isFinite(other.minutes) ? `${figure(other.minutes)}\u202f${say("min_short")}` : ""];
    return [
      el(
        "p",
        { class: "row between" },
        el("span", {}, el("b", {}, say("runner_up")), " ", other.name, " ", el("span", { class: "second" }, where.filter(Boolean).join("，"))),
        el("b", {}, signed(other.change)),
      ),
      el("p", { class: "second" }, match.sentence),
      bench.draft.editable
        ? act(say("take_instead", { name: other.name }), () => bench.trial.open({ deed: "assign", post: post.post, cadre: other.cadre, instead_of: holder.staff_number }), { name: "swap" })
        : null,
    ].filter(Boolean);
  }
}

/** A bar for each part in minutes or what equals them; the line is the runner-up's total. */
function costs(holder, other) {
  const parts = holder.parts ?? {};
  const total = holder.total ?? 0;
  const all = PARTS.map((name) => Math.abs(parts[name] ?? 0));
  const most = Math.max(1, total, other?.total ?? 0, ...all) * 1.08;
  const share = (value) => `${Math.min(100, (100 * Math.abs(value)) / most)}%`;
  const rows = PARTS.filter((name) => name !== "link" || parts.link).map((name) => ({ word: say(`part_${name === "link" ? "links" : name}`), value: parts[name] ?? 0, unit: name === "travel_min" }));
  return el(
    "div",
    {},
    el(
      "dl",
      { class: "parts" },
      rows.flatMap(({ word, value, unit }) => [
        el("dt", {}, word),
        el("dd", { class: value < 0 ? "track saves" : "track", "aria-hidden": "true" }, styled(el("i"), { width: share(value) })),
        el("dd", {}, shown(value), unit ? el("span", { class: "unit" }, `\u202f${say("min_short")}`) : null),
      ]),
      el("dt", { class: "sum" }, say("part_total")),
      el("dd", { class: "track", "aria-hidden": "true" }, styled(el("i"), { width: share(total) }), other?.total ? styled(el("em"), { left: share(other.total) }) : null),
      el("dd", { class: "sum" }, shown(total)),
    ),
    el("small", {}, other?.total ? say("unit_and_line", { n: shown(other.total) }) : say("cost_unit")),
  );
}

const shown = (value) => figure(value, Number.isInteger(Math.round(value * 10) / 10) ? 0 : 1);

/** "Why not …?" for a post: anybody can be asked about. */
export function whyNot(bench, post) {
  const told = el("div", { class: "told", "aria-live": "polite" });
  const field = personField(bench.draft, say("why_not"), (row) => {
    const path = `posts/${encodeURIComponent(post.post)}/why`;
    const read = (signal, there) => bench.draft.solved(path, { why_not: row.staff_number }, signal, there);
    const show = ({ why_not: found, sentence }) => (found ? toldOf(found, sentence, row) : [el("p", {}, say("nothing_found"))]);
    best(bench, told, read, show, { wanted: true });
  });
  return block(say("why_not"), field, told);

  /** The sentence, who would come and go, what it is counted from, and a button where it can be. */
  function toldOf(found, sentence, row) {
    const moves = found.moves ?? [];
    return [
      el("p", {}, found.sentence),
      moves.length ? el("ul", { class: "moves" }, moves.map((one) => el("li", {}, one.sentence))) : null,
      found.barred ? null : el("p", { class: "note" }, sentence),
      found.barred ? null : instead(row),
    ].filter(Boolean);
  }

  function instead(row) {
    if (!bench.draft.editable) return null;
    const holders = post.holders.map((one) => one.staff_number);
    if (holders.includes(row.staff_number)) return null;
    const deed = { deed: "assign", post: post.post, cadre: row.staff_number };
    if (holders.length === 1) deed.instead_of = holders[0];
    return act(say("try_it"), () => bench.trial.open(deed));
  }
}
