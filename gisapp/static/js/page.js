// A map page: brings sheet, panel, list, table and card together around one question.

import { Answers, unpacked } from "./answers.js";
import { Card } from "./card.js";
import { announce, byId } from "./dom.js";
import { drawer, isPhone } from "./drawer.js";
import { Ledger } from "./ledger.js";
import { countValues, showLegend } from "./legend.js";
import { List, skeletons } from "./list.js";
import { ask, Problem } from "./net.js";
import { Opening } from "./opening.js";
import { Places } from "./places.js";
import { Scene } from "./scene.js";
import { startSearch } from "./search.js";
import { Sheet } from "./sheet.js";
import { startGrids } from "./grids.js";
import { startKeys } from "./keys.js";
import { startPointer } from "./pointer.js";
import { pinDown } from "./pin.js";
import { startPoints } from "./points.js";
import { frameMap, showScale } from "./mapframe.js";
import { startPrinting } from "./printing.js";
import { showNotices } from "./usual.js";
import { showTrouble } from "./trouble.js";
import { config, dayName, figure, say, together, windowName } from "./words.js";
import { THEMES } from "./themes.js";

/** So near that the border in question is seen. */
const FINDING_ZOOM = 16;

/** The zoom at which an area that was looked for is seen. */
const AREAS = { township: 13, community: 14 };

/** After this long a reader is told to wait. */
const SLOW_MS = 300;

const state = { query: { ...config.query }, code: null, table: false };
const theme = THEMES[config.layer];
const map = window.map_grid;

start().catch((wrong) => showTrouble(wrong));

async function start() {
  const free = frameMap(map);
  const places = new Places(await ask(config.ids), config.grids);
  // The server guessed from the size of the city what this window shows first.
  if (places.lacks(Math.round(map.getZoom()))) places.take(await ask(`/geometry/${config.revision}/ids`, { level: "community" }));
  const scene = new Scene(places);
  if (!places.count) {
    showTrouble(new Problem(say("empty_town"), ""));
    return;
  }
  const sheet = new Sheet(scene, {
    geometry: (z, x, y, level) => `/geometry/${config.revision}/${z}/${x}/${y}.mvt${asked(places, z, level)}`,
    context: (z, x, y) => `/context/${config.context}/${z}/${x}/${y}.mvt`,
  });
  const page = new Page(scene, sheet, free);
  window.addEventListener("unhandledrejection", (event) => {
    if (event.reason instanceof Problem || event.reason instanceof TypeError) {
      event.preventDefault();
      showTrouble(event.reason);
    }
  });
  await page.open();
}

/** A small town, or a reader who wants it, shows grids before the zoom at which a tile holds them. */
function asked(places, zoom, level) {
  const usual = zoom <= 10 ? "township" : zoom <= 12 ? "community" : "grid";
  return level === usual ? "" : `?level=${level}`;
}

class Page {
  constructor(scene, sheet, free) {
    Object.assign(this, { scene, sheet, free, map, state, theme });
    this.answers = new Answers(`/values/${config.layer}`);
    this.pictured = Promise.resolve();
    const pick = (code) => this.pick(code, { fly: true });
    const paint = (row) => theme.paintOf(scene, row);
    const query = () => ({ ...state.query, ...this.filter(), area: this.lists?.area?.code });
    const whole = () => !theme.worth || this.filter().value || this.lists?.area;
    const worth = (row) => whole() || theme.worth(this, row);
    this.list = new List({ query, pick, paint, worth, all: () => this.showTable(true), side: theme.side, kind: theme.kind, hover: (code) => this.point(code) });
    this.ledger = new Ledger({ query, pick, paint, cell: theme.cell });
    this.card = new Card(this);
    this.drawer = drawer(byId("panel"), byId("grip"), 0, (covered, stop) => {
      if (isPhone() && stop < 2) free.lift(covered);
    });
    theme.prepare?.(this);
  }

  async open() {
    const { map: leaflet, scene, sheet } = this;
    const { view, ...query } = state.query;
    const opening = new Opening(this, query);
    const level = scene.places.levelAt(Math.round(leaflet.getZoom()));
    const slow = setTimeout(() => this.wait(), SLOW_MS);
    // Before the tiles: a browser asks for six things at a time, and these colour all of them.
    const filled = level === "grid" ? this.reload() : opening.values(level).then(() => Promise.all([opening.codes(), this.reload()]));
    sheet.addTo(leaflet);
    leaflet.on("zoomend moveend", () => this.moved());
    const print = startPrinting(this);
    startPointer(this);
    startPoints(this);
    startKeys(this);
    startSearch((row) => this.goTo(row));
    byId("as-map").addEventListener("click", () => this.showTable(false));
    byId("as-table").addEventListener("click", () => this.showTable(true));
    byId("print").addEventListener("click", print);
    this.showTable(false);
    startGrids(this);
    this.labelled = opening.seen.then(() => ask(`/labels/${config.revision}`)).then((labels) => {
      scene.labels = labels;
      sheet.refresh();
    });
    await filled.finally(() => clearTimeout(slow));
    this.moved();
    leaflet.invalidateSize({ animate: false });
    this.free.whole();
    const code = new URLSearchParams(location.hash.slice(1)).get("place");
    if (code && this.scene.places.at.has(code)) this.pick(code, { fly: true });
    this.showFinding();
    document.documentElement.dataset.ready = "1";
  }

  /** Say that figures are on their way. */
  wait() {
    if (this.told) return;
    byId("lead").textContent = say("reading_town");
    byId("list").replaceChildren(...skeletons());
  }

  /** Ring the place of a finding of the data checks, which the address names (#at=lon,lat). */
  showFinding() {
    const at = (new URLSearchParams(location.hash.slice(1)).get("at") ?? "").split(",").map(Number);
    if (at.length !== 2 || !at.every(Number.isFinite)) return;
    const place = [at[1], at[0]];
    this.free.centre(place, FINDING_ZOOM, true);
    const ring = { radius: 14, color: "#16202B", weight: 3, fill: false, interactive: false };
    L.circleMarker(place, ring).addTo(this.map);
  }

  /** Ask for the values of the present question; the shapes stay. What is known is shown at once. */
  async reload() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    // A view lists the same values in another order: it asks for none.
    const { view, ...query } = state.query;
    this.answers.hush();
    const known = this.answers.peek(query);
    if (known) this.show(known);
    const found = await this.answers.ask(query);
    if (turn !== this.turn) return;
    if (found.revision !== config.revision) {
      location.reload();
      return;
    }
    if (found !== known) this.show(found);
    // The picture goes out before rows are asked for and made.
    await this.pictured;
    if (turn !== this.turn) return;
    await Promise.all([this.list.reload(), this.ledger.reload(), this.lists?.reload()]);
    if (turn !== this.turn) return;
    if (state.code) this.card.show(state.code);
    this.answers.ahead(theme.next?.(this) ?? []);
  }

  show(found) {
    this.about = found.about;
    for (const [level, columns] of unpacked(found)) this.scene.take(level, columns);
    theme.dress?.(this);
    this.counts = theme.counts?.(this) ?? countValues(this.scene.values.grid[this.scene.column]);
    this.sheet.refresh();
    // Words beside the map follow once its colours are on the screen; at first both come together.
    if (this.told) this.pictured = this.sheet.pictured().then(() => this.tell());
    else this.tell();
  }

  /** Say beside the map what it shows. */
  tell() {
    this.told = true;
    theme.head(this);
    const { window, day } = this.about;
    const when = window ? windowName(window) : dayName(day);
    this.map.getContainer().setAttribute("aria-label", together([byId("title").textContent, when, say("n_grids", { n: figure(this.scene.places.count) })]));
    showNotices(this.about.notices ?? []);
    this.legend();
  }

  repaint() {
    this.sheet.refresh();
    this.legend();
  }

  legend() {
    if (!this.counts) return;
    showLegend(this.scene, this.sheet.view?.level ?? "grid", this.counts, () => this.filtered());
    const hidden = this.scene.hidden.size;
    byId("hidden-note").hidden = !hidden;
    byId("hidden-note").textContent = say("hidden_classes", { n: hidden });
  }

  filtered() {
    const active = document.activeElement?.id;
    this.repaint();
    if (active) byId(active)?.focus();
    this.list.reload();
    this.ledger.reload();
  }

  /** The classes that are shown, as the doors understand them. */
  filter() {
    const style = this.scene.style ?? config.style;
    if (!this.scene.hidden.size || this.scene.column !== style.column) return {};
    const order = style.order.map(String);
    const shown = order.filter((value) => !this.scene.hidden.has(value));
    return { value: shown.length ? shown : ["none"] };
  }

  moved() {
    showScale(this.map);
    const level = this.sheet.view?.level;
    if (level !== this.level) {
      this.level = level;
      this.legend();
    }
    this.card.place();
  }

  /** Light up a place on the map from the list. */
  point(code) {
    const found = code ? this.scene.places.at.get(code) : null;
    this.scene.hover = found ?? null;
    this.sheet.remark();
  }

  /** Pick a place: line on the map, row in list and table, card beside. */
  async pick(code, { fly = false, open = true } = {}) {
    state.code = code;
    const place = this.scene.places.at.get(code);
    this.scene.selected = place ?? null;
    this.scene.lines = [];
    this.list.mark(code);
    this.ledger.mark(code);
    const hash = code ? `#place=${code}` : " ";
    history.replaceState(null, "", code ? hash : location.pathname + location.search);
    this.sheet.refresh();
    if (!open) return;
    if (this.state.table && fly) this.showTable(false);
    // A drawer that is drawn up would hide on the map what is picked from its list.
    if (isPhone() && fly && this.drawer.stop() > 1) this.drawer.settle(1);
    await this.card.show(code, fly);
  }

  leave() {
    // Back to the row one came from, so that the next one is a key away.
    const rows = byId("list-block").querySelectorAll(`[data-code="${CSS.escape(state.code ?? "")}"] button`);
    if (byId("card").contains(document.activeElement)) [...rows].find((row) => row.checkVisibility())?.focus();
    state.code = null;
    this.scene.pin = null;
    this.scene.selected = null;
    this.scene.lines = [];
    this.list.mark(null);
    this.ledger.mark(null);
    this.card.hide();
    history.replaceState(null, "", location.pathname + location.search);
    this.sheet.refresh();
  }

  /** Bring a place into the free part of the map when it is not there. */
  bring(lat, lon, closest = 13) {
    const least = this.scene.places.small ? 12 : 13;
    const zoom = Math.max(this.map.getZoom(), Math.min(closest, least));
    this.free.centre([lat, lon], zoom);
  }

  goTo(row) {
    this.scene.pin = null;
    if (row.kind === "grid") this.pick(row.code, { fly: true });
    else if (row.kind in AREAS) this.free.centre([row.lat, row.lon], AREAS[row.kind], true);
    else pinDown(this, row, (code) => this.pick(code, { fly: true }));
    announce(row.name);
  }

  showTable(on) {
    state.table = on;
    byId("as-map").setAttribute("aria-pressed", String(!on));
    byId("as-table").setAttribute("aria-pressed", String(on));
    byId("ledger").classList.toggle("shown", on);
    this.ledger.reach(on);
    if (on && isPhone()) this.drawer.settle(0);
    if (on) this.card.hide();
    else if (state.code) this.card.show(state.code);
  }

  /** Look at the same values in another view: list, table and card follow, nothing else is asked for. */
  look(view) {
    this.address({ view });
    this.filtered();
    if (state.code) this.card.show(state.code);
  }

  ask(changes) {
    this.address(changes);
    return this.reload();
  }

  /** Change the question, in the address too. */
  address(changes) {
    Object.assign(state.query, changes);
    for (const [name, value] of Object.entries(state.query)) if (!value) delete state.query[name];
    // The picture goes out first: to write an address takes as long as to paint a dozen tiles.
    requestAnimationFrame(() => setTimeout(() => {
      const params = new URLSearchParams(state.query);
      history.replaceState(null, "", `${location.pathname}${params.size ? `?${params}` : ""}${location.hash}`);
    }));
  }
}
