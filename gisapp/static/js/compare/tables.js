// The tables under the maps: what the total is made of, who moves, where departments stand.

import { byId, el } from "../dom.js";
import { config, figure, listed, say } from "../words.js";

const PARTS = ["travel_min", "specialty", "load", "disturbance", "unfilled", "floors", "links"];
const PEOPLE = 40;

/** A rise or fall with its sign; less is better. */
function change(value) {
  if (value === null || value === undefined) return "—";
  const whole = Math.round(value);
  if (!whole) return "0";
  return `${whole > 0 ? "＋" : "－"}${figure(Math.abs(whole))}`;
}

function cells(row) {
  return row.map(([text, kind]) => el("td", kind ? { class: kind } : {}, text));
}

function fill(id, heads, rows) {
  const table = byId(id);
  table.querySelector("thead").replaceChildren(
    el("tr", {}, ...heads.map(([text, kind]) => el("th", { scope: "col", class: kind }, text))),
  );
  table.querySelector("tbody").replaceChildren(...rows.map((row) => el("tr", {}, ...cells(row))));
}

export function showParts(found) {
  const row = (name, { before, after, change: by }, bold) => [
    [bold ? el("b", {}, name) : name],
    [figure(before === null ? null : Math.round(before)), "num second"],
    [figure(after === null ? null : Math.round(after)), "num"],
    [change(by), `num ${Math.round(by ?? 0) > 0 ? "bad" : Math.round(by ?? 0) < 0 ? "good" : "mute"}`],
  ];
  const known = found.cost.before !== null || found.cost.after !== null;
  byId("parts-note").hidden = found.cost.change !== null;
  byId("data-note").textContent = found.data_sentence ?? "";
  byId("data-note").hidden = !found.data_sentence || !known;
  fill(
    "parts",
    [[say("score_parts")], [config.before.name, "num"], [config.after.name, "num"], [say("difference"), "num"]],
    known
      ? [
          row(say("part_total"), found.cost, true),
          ...PARTS.filter((part) => found.parts[part].before || found.parts[part].after).map((part) =>
            row(say(`part_${part}`), found.parts[part]),
          ),
        ]
      : [],
  );
}

let shown = PEOPLE;

export function showPeople(found) {
  const rows = found.people;
  const places = (seats) => (seats.length ? listed(seats.map((seat) => seat.place)) : "—");
  const minutes = (seats) => {
    const known = seats.map((seat) => seat.minutes).filter((one) => one !== null);
    return known.length ? say("n_min", { n: figure(Math.max(...known)) }) : "—";
  };
  byId("people-title").textContent = say("people_changed", {
    n: figure(rows.length),
    moved: figure(found.people_moved),
  });
  fill(
    "people",
    [[say("person")], [say("from")], [say("to")], [say("way"), "num"]],
    rows.slice(0, shown).map((one) => [
      [[el("b", {}, one.name), " ", el("span", { class: "second" }, one.department), tag(one)].filter(Boolean)],
      [places(one.gone), "second"],
      [places(one.came)],
      [minutes(one.came), "num"],
    ]),
  );
  const more = byId("people-more");
  more.hidden = rows.length <= shown;
  more.textContent = say("more_people", { n: figure(rows.length - shown) });
  more.onclick = () => {
    shown += 5 * PEOPLE;
    showPeople(found);
  };
}

function tag(one) {
  return one.kind === "sent" ? null : el("span", { class: `chip ${one.kind === "fallen" ? "warn" : ""}` }, say(`person_${one.kind}`));
}

export function showDepartments(found) {
  const gap = (row) => row.after - row.floor;
  const rows = found.departments
    .filter((row) => row.before !== row.after || gap(row) < 0)
    .sort((a, b) => Math.min(gap(a), 0) - Math.min(gap(b), 0) || Math.abs(b.after - b.before) - Math.abs(a.after - a.before));
  const words = (row) =>
    gap(row) < 0
      ? [say("floor_short", { n: -gap(row) }), "num bad"]
      : gap(row) === 0
        ? [say("floor_exact"), "num mute"]
        : [say("floor_over", { n: gap(row) }), "num mute"];
  fill(
    "departments",
    [[say("department_floor")], [config.before.name, "num"], [config.after.name, "num"], [say("to_floor"), "num"]],
    rows.map((row) => [
      [row.name],
      [`${row.before} / ${row.base}`, "num second"],
      [`${row.after} / ${row.base}`, "num"],
      words(row),
    ]),
  );
  byId("departments-note").textContent = say("departments_same", { n: figure(found.departments.length - rows.length) });
}
