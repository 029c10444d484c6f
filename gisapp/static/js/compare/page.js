// Two plans side by side: brings maps, counts and tables together.

import { announce, byId, el } from "../dom.js";
import { ask, newId, Problem, send } from "../net.js";
import { swatch } from "../patterns.js";
import { Places } from "../places.js";
import { Scene } from "../scene.js";
import { Sheet } from "../sheet.js";
import { showScale } from "../mapframe.js";
import { showTrouble } from "../trouble.js";
import { neighbour } from "../walk.js";
import { config, figure, listed, say } from "../words.js";
import { AFTER, BEFORE, columns, KINDS, shares } from "./paints.js";
import { crosshair, tie, tips } from "./pair.js";
import { Rows } from "./rows.js";
import { showDepartments, showParts, showPeople } from "./tables.js";

/** Towns up to this many grids show them from further away: only few are in colour. */
const SHOWN = 20000;
const PAUSE = 400;

const maps = [window.map_grid, window.map_after];
const pair = { before: config.before?.code, after: config.after?.code };

for (const name of ["before", "after"]) {
  byId(name)?.addEventListener("change", () => {
    const query = new URLSearchParams({ before: byId("before").value, after: byId("after").value });
    location.search = query.toString();
  });
}

start().catch((wrong) => showTrouble(wrong));

async function start() {
  const free = tie(...maps);
  const places = new Places(await ask(`/geometry/${config.revision}/ids`));
  if (!places.count) throw new Problem(say("empty_town"), "");
  const usual = places.levelAt.bind(places);
  places.levelAt = (zoom) => (places.small || (places.count <= SHOWN && zoom >= 11) ? "grid" : usual(zoom));
  const scenes = [BEFORE, AFTER].map((paints, side) => {
    const scene = new Scene(places);
    scene.dress(side ? "after" : "before", paints);
    return scene;
  });
  const sheets = scenes.map((scene) => new Sheet(scene, addresses()));
  share(sheets);
  sheets.forEach((sheet, side) => sheet.addTo(maps[side]));
  ask(`/labels/${config.revision}`).then((labels) => {
    for (const scene of scenes) scene.labels = labels;
    for (const sheet of sheets) sheet.refresh();
  });
  const found = await compared();
  byId("wait").hidden = true;
  new Page(found, places, scenes, sheets, free).open();
}

function addresses() {
  const level = (zoom) => (zoom <= 10 ? "township" : zoom <= 12 ? "community" : "grid");
  return {
    geometry: (z, x, y, of) => `/geometry/${config.revision}/${z}/${x}/${y}.mvt${of === level(z) ? "" : `?level=${of}`}`,
    context: (z, x, y) => `/context/${config.context}/${z}/${x}/${y}.mvt`,
  };
}

/** What one map has fetched and decoded serves both. */
function share([left, right]) {
  right.tiles = left.tiles;
  right.context = left.context;
  for (const tiles of [left.tiles, left.context]) {
    tiles.arrived = () => {
      left.refresh();
      right.refresh();
    };
  }
}

/** The comparison; a large town's is worked out in the background, and a reload finds it again. */
async function compared() {
  if (!config.job) return ask("/api/v1/compare", pair);
  // Of these data and these versions: what was compared before a change is another comparison.
  const key = `compare ${pair.before} ${pair.after} ${config.stamp}`;
  let id = sessionStorage.getItem(key);
  if (!id) {
    id = newId();
    sessionStorage.setItem(key, id);
    await send("/api/v1/jobs", { id, name: "compare", arguments: pair });
  }
  byId("wait-cancel").hidden = false;
  byId("wait-cancel").addEventListener("click", async () => {
    sessionStorage.removeItem(key);
    await send(`/api/v1/jobs/${id}/cancel`, {});
    location.href = config.urls.plans;
  });
  for (;;) {
    const job = await ask(`/api/v1/jobs/${id}`).catch((wrong) => {
      sessionStorage.removeItem(key);
      throw wrong;
    });
    if (job.state === "done") return job.result;
    if (job.state === "failed" || job.state === "cancelled") {
      sessionStorage.removeItem(key);
      throw new Problem(job.error?.title ?? say("failed"), "");
    }
    byId("wait-word").textContent = job.progress?.sentence ?? say("comparing");
    await new Promise((done) => setTimeout(done, PAUSE));
  }
}

class Page {
  constructor(found, places, scenes, sheets, free) {
    Object.assign(this, { found, places, scenes, sheets, free });
    this.at = new Map(found.changes.map((row) => [row.code, row]));
    this.touched = new Map();
    for (const person of found.people) {
      for (const [kind, seats] of [["gone", person.gone], ["came", person.came]]) {
        for (const seat of seats) {
          const code = seat.post.split(":")[0];
          if (!this.touched.has(code)) this.touched.set(code, { gone: [], came: [] });
          this.touched.get(code)[kind].push({ ...person, minutes: seat.minutes });
        }
      }
    }
  }

  open() {
    const { found, places, scenes } = this;
    const values = columns(found, places);
    scenes.forEach((scene, side) => {
      scene.take("grid", side ? { after: values.after } : { before: values.before });
      for (const level of ["community", "township"]) scene.take(level, shares(found, places, level));
    });
    this.head();
    showParts(found);
    showPeople(found);
    showDepartments(found);
    this.rows = new Rows(found, (code) => this.pick(code, true));
    byId("as-map").addEventListener("click", () => this.table(false));
    byId("as-table").addEventListener("click", () => this.table(true));
    for (const [side, map] of maps.entries()) {
      map.on("moveend", () => {
        showScale(maps[0]);
        this.tip();
      });
      map.on("click", (event) => {
        const place = this.sheets[side].at(event.latlng);
        if (place?.level === "grid") this.pick(places.codes.grid[place.position]);
      });
    }
    crosshair(maps, (place) => {
      const under = place && this.sheets[0].at(place);
      this.hover = under?.level === "grid" ? places.codes.grid[under.position] : null;
      for (const scene of scenes) scene.hover = under;
      for (const sheet of this.sheets) sheet.remark();
      this.tip(place);
    });
    this.keys();
    for (const sheet of this.sheets) sheet.refresh();
    this.free.whole();
    const code = new URLSearchParams(location.hash.slice(1)).get("place");
    if (code && places.at.has(code)) this.pick(code, true);
    document.documentElement.dataset.ready = "1";
  }

  head() {
    const { kinds, base, people_moved: moved } = this.found;
    const there = Object.keys(kinds).filter((kind) => kinds[kind]);
    const count = (kind) => say(`n_${kind}`, { n: figure(kinds[kind]) });
    byId("counts").replaceChildren(
      el("b", {}, there.length ? there.map(count).join(config.locale === "en" ? ", " : "，") : say("no_change")),
      el(
        "span",
        { class: "second" },
        ` ${say("counts_base", { grids: figure(base.grids), moved: figure(moved), people: figure(base.people) })}`,
      ),
    );
    const used = new Set(this.found.changes.flatMap((row) => (row.kind === "hands" ? [] : [row.before, row.after])));
    const rows = config.style.order
      .filter((name) => used.has(name) || name === "served")
      .map((name) => [BEFORE[name], config.style.paints[name].word]);
    byId("key").replaceChildren(
      ...rows.map(([paint, word]) => entry(paint.word === config.style.paints.served.word ? { ...paint, sign: "" } : paint, word)),
      entry({ ...KINDS.better, colour: "#FFFFFF" }, KINDS.better.word),
      entry({ ...KINDS.worse, colour: "#FFFFFF" }, KINDS.worse.word),
      entry({ ...KINDS.hands, sign: "" }, `⇄ ${KINDS.hands.word}`),
      entry(BEFORE.same, BEFORE.same.word),
    );
  }

  /** Mark a grid on both maps and in the table. */
  pick(code, fly = false) {
    this.code = code;
    const place = code ? this.places.at.get(code) : null;
    for (const scene of this.scenes) scene.selected = place;
    for (const sheet of this.sheets) sheet.refresh();
    this.rows.mark(code);
    history.replaceState(null, "", code ? `#place=${code}` : location.pathname + location.search);
    const row = this.at.get(code);
    if (fly && row) {
      this.table(false);
      maps[0].setView([row.lat, row.lon], Math.max(maps[0].getZoom(), this.places.small ? 13 : 13.5), { animate: false });
    }
    this.tip();
    if (row) announce([row.name, ...this.words(row)].join(config.locale === "en" ? "; " : "；"));
  }

  /** The state on either side, and who came or went. */
  words(row) {
    const { came = [], gone = [] } = this.touched.get(row.code) ?? {};
    const paints = config.style.paints;
    const side = (state, minutes, members) =>
      [
        `${paints[state].sign} ${paints[state].word}`,
        say("n_people", { n: figure(members) }),
        minutes === null ? null : say("n_min", { n: figure(minutes) }),
      ]
        .filter(Boolean)
        .join(" · ");
    const who = (people, key) =>
      people.length ? say(key, { people: listed(people.slice(0, 3).map((one) => say("who", one))) }) : "";
    return [
      side(row.before, row.minutes_before, row.members_before) + who(gone, "without"),
      side(row.after, row.minutes_after, row.members_after) + who(came, "with"),
    ];
  }

  tip(place) {
    const row = this.at.get(this.hover) ?? this.at.get(this.code);
    const where = this.hover && place ? place : row && [row.lat, row.lon];
    tips(maps, row ? where : null, row ? this.words(row) : []);
  }

  table(on) {
    byId("as-map").setAttribute("aria-pressed", String(!on));
    byId("as-table").setAttribute("aria-pressed", String(on));
    byId("ledger").classList.toggle("shown", on);
    this.shown = on;
  }

  step(by) {
    const { rows } = this.rows;
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.code === this.code);
    this.pick(rows[(at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by + rows.length) % rows.length].code, true);
  }

  keys() {
    const home = maps[0].getContainer();
    home.addEventListener("focus", () => {
      if (home.matches(":focus-visible") && !this.code) this.step(1);
    });
    home.addEventListener("keydown", (event) => {
      const by = { ArrowUp: [0, -90], ArrowDown: [0, 90], ArrowLeft: [-90, 0], ArrowRight: [90, 0] }[event.key];
      if (by && event.shiftKey) maps[0].panBy(by, { animate: false });
      else if (by) {
        const here = this.places.at.get(this.code);
        const next = here ? neighbour(this.sheets[0], here.position, event.key) : -1;
        if (next >= 0) this.pick(this.places.codes.grid[next]);
        else announce(say("no_neighbour"));
      } else if (event.key === "+" || event.key === "=") maps[0].zoomIn();
      else if (event.key === "-" || event.key === "_") maps[0].zoomOut();
      else return;
      event.preventDefault();
    });
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      if (event.target.matches?.("input, select, textarea")) return;
      if (event.key === "n" || event.key === "N") this.step(1);
      else if (event.key === "p" || event.key === "P") this.step(-1);
      else if (event.key === "Escape" && this.code) this.pick(null);
      else if (event.key === "t" || event.key === "T") {
        this.table(!this.shown);
        (this.shown ? byId("ledger") : home).focus();
      } else return;
      event.preventDefault();
    });
  }
}

function entry(paint, word) {
  return el("li", {}, swatch(paint, 20), word);
}
