// What stands on the sheet: places, values and how they look, what is picked, hidden, marked.

import { config, paintOf } from "./words.js";

const SHARES = ["#EEF4F0", "#CFE2DB", "#A3C9C0", "#6BA6A0", "#397F80", "#12545A"];

/** Upper ends of the classes of a share; the last is open. */
export const SHARE_BREAKS = [0.02, 0.08, 0.16, 0.3, 0.5];

export class Scene {
  constructor(places) {
    this.places = places;
    this.values = {};
    this.labels = null;
    this.hidden = new Set();
    this.paints = config.style?.paints ?? {};
    this.breaks = config.style?.breaks ?? config.style?.sequential ?? [];
    this.column = config.style?.column;
    this.hover = null;
    this.selected = null;
    this.focused = false;
    this.lines = [];
    this.offices = [];
    this.points = [];
    /** What was looked for: {lat, lon, name}. */
    this.pin = null;
    /** Gatherings of grids: {rank, places, lat, lon}; and the rank of the one that is picked. */
    this.clusters = [];
    this.cluster = null;
    /** The gathering of an alert: {rank, places, lat, lon}. */
    this.alert = null;
    /** The area one looks into: {places}, the positions of its grids. */
    this.area = null;
    this.poles = new Map();
    /** What a page draws over the ground besides: (sheet, pen). */
    this.over = null;
    const [w, s, e, n] = config.bounds;
    this.bounds = [[s, w], [n, e]];
    this.centre = [(s + n) / 2, (w + e) / 2];
    this.#classes();
  }

  /** Take other values for a level; the shapes stay. */
  take(level, columns) {
    this.values[level] = columns;
    this.trouble = null;
  }

  /** Paint another column with other paints (bins or trends). */
  dress(column, paints) {
    this.column = column;
    this.paints = paints;
    this.trouble = null;
  }

  /** The value of a place in the column that is painted. */
  value(level, position) {
    return this.values[level]?.[level === "grid" ? this.column : "share"]?.[position];
  }

  /** How a place looks; null for land. */
  paint(level, position) {
    const value = this.value(level, position);
    if (value === undefined || value === null) return null;
    if (level !== "grid") return this.shareClasses[classOf(value, SHARE_BREAKS)];
    if (this.breaks.length) {
      const at = classOf(value, this.breaks);
      return this.hidden.has(String(at)) ? null : this.stepClasses[at];
    }
    return this.hidden.has(String(value)) ? null : (this.paints[String(value)] ?? paintOf(value));
  }

  /** `paint` for many places of one level at once. */
  painter(level) {
    const column = this.values[level]?.[level === "grid" ? this.column : "share"];
    const known = new Map();
    return (position) => {
      const value = column?.[position];
      if (!known.has(value)) known.set(value, this.paint(level, position));
      return known.get(value);
    };
  }

  /** Sort labels of a level: the larger share of trouble first, then the larger place. */
  rank(level, positions) {
    const { radius_m: radius } = this.labels[level];
    this.trouble ??= this.#trouble();
    const trouble = this.trouble[level];
    return positions.sort((a, b) => (trouble[b] ?? 0) - (trouble[a] ?? 0) || radius[b] - radius[a]);
  }

  /** Where the sign of a grid stands; worked out once. */
  poleOf(key, find) {
    if (!this.poles.has(key)) {
      if (this.poles.size > 20000) this.poles.clear();
      this.poles.set(key, find());
    }
    return this.poles.get(key);
  }

  /** The number of a grid within its community. */
  number(position) {
    const code = this.places.codes.grid[position];
    const parent = this.places.codes.community[this.places.up("grid", position)] ?? "";
    const rest = code.startsWith(parent) ? code.slice(parent.length) : "";
    return rest.replace(/^0(?=\d\d)/, "") || code;
  }

  /** How many grids in trouble each place above grids holds. */
  #trouble() {
    const found = { community: [], township: [] };
    const stamped = new Map();
    (this.values.grid?.[this.column] ?? []).forEach((value, i) => {
      if (!stamped.has(value)) stamped.set(value, Boolean(this.paints[String(value)]?.stamped));
      if (!stamped.get(value)) return;
      const community = this.places.up("grid", i);
      const township = this.places.up("community", community);
      found.community[community] = (found.community[community] ?? 0) + 1;
      found.township[township] = (found.township[township] ?? 0) + 1;
    });
    return found;
  }

  #classes() {
    const plain = (colour, i) => ({ colour, textColour: i > 3 ? "#FFFFFF" : "#16202B", sign: "" });
    this.shareClasses = SHARES.map(plain);
    const last = SHARES.length - 1;
    const steps = this.breaks.length + 1;
    this.stepClasses = Array.from({ length: steps }, (_, i) =>
      plain(SHARES[Math.round((i * last) / Math.max(1, steps - 1))], Math.round((i * last) / Math.max(1, steps - 1))),
    );
  }
}

function classOf(value, breaks) {
  const at = breaks.findIndex((end) => value < end);
  return at < 0 ? breaks.length : at;
}
