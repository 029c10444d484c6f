// The bench: keeps map, lists, card and bar at one draft, and one thing picked in all of them.

import { announce, byId } from "../dom.js";
import { drawer, isPhone } from "../drawer.js";
import { startKeys } from "../keys.js";
import { showScale } from "../mapframe.js";
import { ask, Problem } from "../net.js";
import { pinDown } from "../pin.js";
import { startPoints } from "../points.js";
import { startPointer } from "../pointer.js";
import { startSearch } from "../search.js";
import { usual } from "../usual.js";
import { config, figure, say } from "../words.js";
import { showBar, startBar } from "./bar.js";
import { Card } from "./card.js";
import { deedsOf } from "./deeds.js";
import { Draft } from "./draft.js";
import { drawEdits } from "./edits.js";
import { find } from "./find.js";
import { Floors } from "./floors.js";
import { showFoot } from "./foot.js";
import { gapList } from "./gaps.js";
import { Limit } from "./limit.js";
import { Lines } from "./lines.js";
import { Painted } from "./painted.js";
import { button } from "./parts.js";
import { peopleList } from "./people.js";
import { Picked } from "./picked.js";
import { startBenchKeys } from "./strokes.js";
import { Tabs } from "./tabs.js";
import { Trial } from "./trial.js";
import { startWatch } from "./watch.js";
import { PlanWork } from "./work.js";

/** The zoom at which a grid and its neighbours can be told apart. */
const CLOSE = 13.5;
/** The zoom at which an area that was looked for is seen. */
const AREAS = { township: 13, community: 14 };
/** Placements that do not stand, named one by one. */
const FEW = 3;

export class Bench {
  constructor({ map, scene, sheet, free }) {
    Object.assign(this, { map, scene, sheet, free });
    this.home = map.getContainer();
    this.state = { code: null, person: null, department: null, table: false };
    this.theme = { paintOf: (_, row) => scene.paints[row.state] ?? null, tip: usual.tip, tipFigure: () => "" };
    this.instead = null;
    /** Who serves the grid that was picked last. */
    this.holders = [];
    this.reasons = new Map();
    this.draft = new Draft(config.plan, (event, detail) => this.#heard(event, detail));
    this.painted = new Painted({ scene, sheet, draft: this.draft, filtered: () => this.list.reload() });
    this.list = gapList(this);
    this.table = this.list.scroll;
    this.people = peopleList(this);
    this.floors = new Floors(this);
    this.tabs = new Tabs((name) => this.#opened(name));
    this.card = new Card(this);
    this.trial = new Trial(this);
    this.lines = new Lines(this);
    this.deeds = deedsOf(this);
    this.picked = new Picked(this);
    this.limit = new Limit(this.deeds.curve, () => this.#foot());
    this.work = new PlanWork(config.plan, this.deeds.work);
    this.drawer = drawer(byId("panel"), byId("grip"), 0, (covered, stop) => {
      if (isPhone() && stop < 2) free.lift(covered);
    });
    scene.over = (of, pen) => drawEdits(of, pen, this.picked.positions, this.draft.isOpen);
  }

  async open() {
    const { map, sheet } = this;
    byId("key").open = !isPhone();
    startBar(this.deeds.bar);
    sheet.addTo(map);
    map.on("zoomend moveend", () => this.#moved());
    startPointer(this);
    startPoints(this);
    startBenchKeys(this);
    startKeys(this);
    startSearch((row) => this.goTo(row), (text) => find(this.draft, text));
    ask(`/labels/${config.revision}`).then((labels) => {
      this.scene.labels = labels;
      sheet.refresh();
    });
    await this.reload();
    map.invalidateSize({ animate: false });
    this.free.whole();
    const asked = new URLSearchParams(location.hash.slice(1));
    if (this.scene.places.at.has(asked.get("place"))) await this.pick(asked.get("place"), { fly: true });
    else if (asked.get("person")) await this.pickPerson(asked.get("person")).catch((wrong) => this.#astray(wrong));
    document.documentElement.dataset.ready = "1";
    this.#sayFallen();
    await this.deeds.resume();
    startWatch(this.draft, (facts) => this.deeds.elsewhere(facts), (wrong) => this.deeds.lost(wrong));
  }

  /** The address names somebody who is not there: the page opens without. */
  #astray(wrong) {
    if (!(wrong instanceof Problem)) throw wrong;
    this.#one(null, null, null);
    this.trial.say(wrong.message, "wrong");
  }

  /** Something did not come while one works: it is said in the bar, unless that asks something. */
  missed(wrong) {
    announce(wrong.message);
    if (this.trial.isOpen || this.trial.isClash) return;
    this.trial.say(wrong.message, "wrong", wrong.status ? button("again", () => location.reload(), "", "go") : null);
  }

  /** What the draft holds and today forbids: it is neither counted nor drawn, and stops a publication. */
  #sayFallen() {
    const { editable, facts } = this.draft;
    if (!editable || !facts.fallen.length) return;
    const some = facts.fallen.slice(0, FEW).map((row) => row.sentence);
    this.trial.say([say("n_fallen", { n: figure(facts.fallen.length) }), ...some].join(config.locale === "en" ? " " : ""), "news");
  }

  /** Whether comments can be written: a plan that is published takes none. */
  get mayComment() {
    return config.writes && this.draft.editable;
  }

  /** Read everything of the draft again; the shapes stay. */
  async reload() {
    if (!(await this.painted.reload(this.draft.load()))) return location.reload();
    this.reasons.clear();
    await Promise.all([this.painted.levels(), this.list.reload(true), this.people.reload(true), this.floors.reload(), this.card.refresh()]);
    return undefined;
  }

  #heard(event, detail) {
    showBar(this.draft);
    this.#foot();
    const { figures } = this.draft.facts;
    this.tabs.count("gaps", figures.gaps);
    this.tabs.count("people", figures.people);
    this.tabs.count("departments", figures.departments);
    if (!this.draft.editable) this.limit.home.hidden = true;
    if (event === "facts") {
      if (!this.picked.home.hidden) this.picked.show();
      if (this.draft.editable && this.draft.facts.mode !== "surge" && this.limit.home.hidden) this.limit.show();
      return;
    }
    this.painted.paint(detail.changed);
    this.painted.forgetShares();
    this.reasons.clear();
    this.instead = null;
    this.list.reload(true);
    this.people.reload(true);
    this.floors.reload();
    this.card.refresh();
  }

  #foot() {
    if (this.draft.facts) showFoot(this.draft.facts, this.limit.home.hidden ? null : this.limit.value);
  }

  #moved() {
    showScale(this.map);
    const level = this.sheet.view?.level;
    if (level === this.level) return;
    this.level = level;
    this.painted.repaint();
    this.painted.levels();
  }

  #opened(name) {
    if (name === "people" && !(this.people.rows.length && this.ordered === String(this.holders))) this.#readPeople();
  }

  /** Read people, those of the picked grid first. */
  #readPeople() {
    this.ordered = String(this.holders);
    return this.people.reload();
  }

  /** Why each match of a post: worked out once for each version. */
  why(post, signal, there) {
    if (!this.reasons.has(post)) {
      const found = this.draft.solved(`posts/${encodeURIComponent(post)}/why`, {}, signal, there);
      const forget = () => this.reasons.get(post) === found && this.reasons.delete(post);
      found.then((told) => told ?? forget(), forget);
      this.reasons.set(post, found);
    }
    return this.reasons.get(post);
  }

  /** Light up a place on the map from a list. */
  point(code) {
    this.scene.hover = (code && this.scene.places.at.get(code)) ?? null;
    this.sheet.remark();
  }

  /** Pick a grid: line on the map, row in the list, card beside; with `more` it joins the others. */
  async pick(code, { fly = false, open = true, more = false } = {}) {
    if (more || (this.picked.on && !fly)) return this.toggle(code);
    this.#one("code", code, "place");
    this.scene.selected = this.scene.places.at.get(code) ?? null;
    this.list.mark(code);
    this.sheet.refresh();
    if (open) await this.card.show(code, fly);
    return undefined;
  }

  async pickPerson(number) {
    this.#one("person", number, "person");
    this.people.mark(number);
    await this.card.person(number);
    this.#frame();
  }

  async pickDepartment(code) {
    this.#one("department", code, "department");
    await this.card.department(code);
    this.#frame();
  }

  /** Bring the lines of who is picked into view where none of their places is. */
  #frame() {
    const { lines } = this.scene;
    const view = this.map.getBounds();
    if (!lines.length || lines.some((line) => view.contains(line.to))) return;
    const [lats, lons] = [0, 1].map((i) => lines.flatMap(({ from, to }) => [from[i], to[i]]));
    this.free.show([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)], this.map.getZoom());
  }

  /** A comment came or went: the card shows it already, the list counts it. */
  commented(code) {
    this.card.known.delete(code);
    this.list.reload(true);
  }

  /** Add a grid to those that are picked, or take it out. */
  toggle(code) {
    this.picked.toggle(code);
  }

  leave() {
    this.scene.pin = null;
    this.#one(null, null, null);
    this.card.hide();
    this.free.fit();
    this.sheet.refresh();
  }

  /** Another holder for a post: the candidates take the place of `holder`. */
  changePerson(post, holder) {
    this.instead = post ? { post: post.post, cadre: holder.staff_number, name: holder.name } : null;
    this.card.show(this.state.code).then(() => {
      if (!post) return;
      const home = byId("candidates");
      if (!home) return;
      const rest = home.closest(".rest");
      rest.scrollTop += home.getBoundingClientRect().top - rest.getBoundingClientRect().top;
      home.querySelector("button, input")?.focus({ preventScroll: true });
    });
  }

  /** Bring a place into the free part of the map when it is not there. */
  bring(lat, lon) {
    this.free.centre([lat, lon], Math.max(this.map.getZoom(), CLOSE));
  }

  async goTo(row) {
    this.scene.pin = null;
    announce(row.name);
    if (row.kind in AREAS) return this.free.centre([row.lat, row.lon], AREAS[row.kind], true);
    if (row.kind === "grid") await this.pick(row.code, { fly: true });
    else if (row.kind === "person") await this.pickPerson(row.code);
    else await pinDown(this, row, (code) => this.pick(code, { fly: true }));
    // The field of the search is left; who goes by keys goes on in the card.
    if (this.card.isOpen && document.activeElement === document.body) this.card.home.focus({ preventScroll: true });
    return undefined;
  }

  /** To the list (on a phone it comes up) and back to the map. */
  showTable(on) {
    this.state.table = on;
    if (on) this.tabs.show("gaps");
    if (isPhone()) this.drawer.settle(on ? 2 : 0);
  }

  #one(kind, code, hash) {
    const { state, scene } = this;
    if (kind !== "code" || code !== state.code) this.instead = null;
    Object.assign(state, { code: null, person: null, department: null });
    if (kind) state[kind] = code;
    this.lines.clear();
    if (kind !== "code") {
      scene.selected = null;
      this.list.mark(null);
    }
    if (kind !== "person") this.people.mark(null);
    const place = hash && hash !== "department" ? `#${hash}=${encodeURIComponent(code)}` : location.pathname + location.search;
    history.replaceState(null, "", place);
  }

  showHolders(row) {
    this.lines.holders(row);
    this.holders = [...new Set(row.posts.flatMap((post) => post.holders.map((one) => one.staff_number)))];
    this.people.mark(this.holders);
    if (this.tabs.now === "people" && this.ordered !== String(this.holders)) this.#readPeople();
  }

  showRunnerUp(row, other) {
    this.lines.runnerUp(row, other);
  }

  showPerson(who) {
    this.lines.person(who);
  }

  showDepartment(people) {
    this.lines.department(people);
  }
}
