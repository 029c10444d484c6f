// The plan: who holds which seat, how far they come, what is proven, where departments stand.

import { byId, el, styled } from "./dom.js";
import { others, plans } from "./plans/choice.js";
import { person, section, showBase, source } from "./usual.js";
import { dayName, figure, listed, percent, say } from "./words.js";

const MOST_LINES = 60;
const FEW_ABOVE = 5;

export const plan = {
  next: others,

  head(page) {
    const { about } = page;
    byId("lead").textContent = about.sentence;
    const shown = about.plans ?? [];
    showBase([
      shown.length ? say("plan_named", { plan: listed(shown.map((one) => one.code)) }) : "",
      say("base_grids", { n: figure(about.base) }),
      dayName(about.day),
    ]);
    byId("list-title").textContent = say("open_or_far");
    byId("list-note").textContent = say("nearest_member");
    byId("source").textContent = source(about);
    plans(page);
    proof(shown);
    floors(about.departments ?? []);
    above(page);
  },

  side: (row) =>
    row.minutes === null ? "—" : el("span", {}, figure(row.minutes), el("span", { class: "unit" }, ` ${say("min")}`)),

  tipFigure(page, position) {
    const value = page.scene.values.grid.minutes?.[position];
    return value === null || value === undefined ? "" : `${figure(value)} ${say("min")}`;
  },

  tell(page, { detail }) {
    return el(
      "div",
      {},
      detail.posts.map((post) => {
        const wanted = post.slots.reduce((sum, slot) => sum + slot.wanted, 0);
        const open = post.slots.filter((slot) => slot.filled < slot.wanted);
        return section(
          say(`role_${post.role}`, { place: post.place }),
          el("p", { class: "note" }, say("seats_taken", { filled: figure(post.holders.length), wanted: figure(wanted) })),
          post.holders.map((one) => person(one, because(one))),
          open.map((slot) =>
            el(
              "p",
              { class: "row" },
              el("span", { class: "chip bad" }, say("seat_open")),
              slot.specialty ?? say("any_specialty"),
            ),
          ),
        );
      }),
    );
  },

  /** A line from each holder's office to the grid that is picked. */
  marks(page, { lat, lon, detail }) {
    const seen = new Map();
    for (const post of detail.posts) {
      for (const one of post.holders) {
        if (!Number.isFinite(one.lat) || !Number.isFinite(one.lon)) continue;
        const key = `${one.lat} ${one.lon}`;
        if (!seen.has(key)) seen.set(key, { from: [one.lat, one.lon], to: [lat, lon], name: one.office || one.department });
      }
    }
    page.scene.lines = [...seen.values()].slice(0, MOST_LINES);
  },
};

/** Why this person holds the seat, the staff number, and a way to see the town with these eyes. */
function because(one) {
  return el(
    "div",
    { class: "because" },
    one.sentence ? el("div", {}, one.sentence) : null,
    el(
      "div",
      { class: "row" },
      el("span", { class: "mute grow" }, `${say("staff_number")} ${one.staff_number}`),
      document.getElementById("view-as")
        ? el("button", { type: "button", class: "quiet mini", click: () => lookAs(one.staff_number) }, say("look_as"))
        : null,
    ),
  );
}

function lookAs(staffNumber) {
  const form = document.querySelector("#view-as form");
  form.elements.role.value = "cadre";
  form.elements.cadre.value = staffNumber;
  form.elements.cadre.setCustomValidity("");
  form.requestSubmit();
}

function proof(shown) {
  const home = byId("topics");
  home.hidden = !shown.length;
  home.replaceChildren(
    ...shown.map((one) => {
      const parts = Object.entries(one.parts ?? {}).filter(([, cost]) => typeof cost === "number");
      const most = Math.max(1, ...parts.map(([, cost]) => cost));
      return el(
        "div",
        {},
        el("p", { class: "row" }, el("span", { class: one.gap === 0 ? "chip ok" : "chip warn" }, say(one.gap === 0 ? "proven" : "unproven")), el("span", {}, one.proof)),
        parts.length
          ? el(
              "details",
              {},
              el("summary", {}, say("cost_parts")),
              el(
                "dl",
                { class: "parts" },
                parts.flatMap(([name, cost]) => [
                  el("dt", {}, say(`part_${name}`)),
                  el("dd", { class: "track", "aria-hidden": "true" }, styled(el("i"), { width: `${(100 * cost) / most}%` })),
                  el("dd", {}, figure(Math.round(cost))),
                ]),
              ),
              el("small", {}, say("cost_unit")),
            )
          : null,
      );
    }),
  );
}

/** Communities and townships with open seats; one leads to its place on the map. */
function above(page) {
  const { open_above: rows = [], open_above_total: total = 0 } = page.about;
  if (!rows.length) return;
  const { codes } = page.scene.places;
  const go = (code) => {
    const level = code.length > 9 ? "community" : "township";
    const box = page.scene.labels?.[level]?.box[codes[level].indexOf(code)];
    if (box) page.free.show(box);
  };
  const lines = rows.map((row) =>
    el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "mini", click: () => go(row.code) },
        el("span", { class: "name" }, row.name),
        el("span", { class: "side" }, `${figure(row.open_seats)} / ${figure(row.seats)}`),
      ),
    ),
  );
  const [few, rest] = [lines.slice(0, FEW_ABOVE), lines.slice(FEW_ABOVE)];
  const home = byId("more");
  home.hidden = false;
  home.prepend(
    el("h2", {}, say("open_above"), el("small", {}, say("open_above_of"))),
    el("ul", { class: "above" }, few),
    rest.length ? el("details", {}, el("summary", {}, say("more_rows", { n: figure(total - few.length) })), el("ul", { class: "above" }, rest)) : "",
    total > rows.length ? el("small", {}, say("open_above_more", { n: figure(total - rows.length) })) : "",
  );
}

/** One bar a department: deployed of the base, a tick at the floor, shortfall hatched. */
function floors(departments) {
  const home = byId("more");
  home.hidden = !departments.length;
  home.replaceChildren();
  if (!departments.length) return;
  const scale = 0.4;
  const left = (share) => `${Math.min(100, (100 * share) / scale)}%`;
  const tight = (row) => (row.deployed - row.floor) / Math.max(1, row.base);
  const sorted = [...departments].sort((a, b) => tight(a) - tight(b));
  const rows = sorted.map((row) => {
    const short = row.floor - row.deployed;
    const share = row.base ? row.deployed / row.base : 0;
    const track = el("span", { class: "track", "aria-hidden": "true" });
    if (short > 0) track.append(styled(el("i", { class: "short" }), { width: left(row.floor / Math.max(1, row.base)) }));
    track.append(styled(el("i", { class: "fill" }), { width: left(share) }));
    track.append(styled(el("i", { class: "tick" }), { left: left(row.floor / Math.max(1, row.base)) }));
    return el(
      "li",
      { class: "floor", title: `${row.sentence} ${percent(share)}` },
      el("span", { class: short > 0 ? "name bad" : "name" }, row.name),
      track,
      el("span", { class: "figure" }, short > 0 ? el("b", { class: "bad" }, say("short_by", { n: figure(short) })) : `${figure(row.deployed)} / ${figure(row.base)}`),
      el("span", { class: "hush" }, row.sentence),
    );
  });
  const few = rows.slice(0, 8);
  const list = el("ul", { class: "floors" }, few);
  const rest = rows.slice(8);
  home.replaceChildren(
    el("h2", {}, say("floors"), el("small", {}, say("floors_base"))),
    list,
    rest.length ? el("details", {}, el("summary", {}, say("more_departments", { n: figure(rest.length) })), el("ul", {}, rest)) : "",
    el("small", {}, say("floors_note")),
  );
}
