// The map sheet: one Leaflet layer of three canvases (ground, marks, words) over vector tiles.
// Other values only repaint; hover and click ask the shapes under the pointer.

import { drawMarks } from "./marks.js";
import { drawWords } from "./lettering.js";
import { Plates } from "./plates.js";
import { EXTENT, holds } from "./tile.js";
import { Tiles } from "./tiles.js";

const L = window.L;
const PADDING = 0.15;
const DEEPEST = 16;
const SHALLOWEST = 4;

/** What lies around the window waits this long after it: the picture of the window goes out first. */
const REST_MS = 60;

/** What follows the picture waits no longer for it: tiles may be long in coming. */
const PATIENCE_MS = 2000;

/** Painting stops for a frame after this long; the rest follows in the next. */
const SLICE_MS = 40;

export const Sheet = L.Layer.extend({
  /** `scene` says what is where and how it looks; see scene.js. */
  initialize(scene, addresses) {
    this.scene = scene;
    const redraw = () => this.refresh();
    // The page says it, like everything else that did not come.
    this.tiles = new Tiles(addresses.geometry, redraw, (wrong) => Promise.reject(wrong));
    this.context = new Tiles(addresses.context, redraw);
    this.plates = new Plates();
  },

  onAdd(map) {
    const pane = map.createPane("sheet");
    pane.style.zIndex = 300;
    this.frame = L.DomUtil.create("div", "sheet-canvas leaflet-zoom-animated", pane);
    this.canvases = ["ground", "marks", "words"].map(() =>
      L.DomUtil.create("canvas", "", this.frame),
    );
    for (const canvas of this.canvases) canvas.setAttribute("aria-hidden", "true");
    this.settle();
  },

  onRemove() {
    this.frame.remove();
  },

  getEvents() {
    return {
      viewreset: this.settle,
      zoom: this.follow,
      moveend: this.settle,
      resize: this.settle,
      zoomanim: (event) => this.stretch(event.center, event.zoom),
    };
  },

  /** Put the canvases under the window and draw. */
  settle() {
    const map = this._map;
    const size = map.getSize();
    const corner = map.containerPointToLayerPoint(size.multiplyBy(-PADDING)).round();
    this.size = size.multiplyBy(1 + 2 * PADDING).round();
    this.origin = map.getPixelOrigin().add(corner);
    this.zoom = map.getZoom();
    this.centre = map.getCenter();
    this.ratio = this.sharp || Math.min(3, window.devicePixelRatio || 1);
    L.DomUtil.setPosition(this.frame, corner);
    this.frame.style.width = `${this.size.x}px`;
    this.frame.style.height = `${this.size.y}px`;
    for (const canvas of this.canvases) {
      const width = Math.round(this.size.x * this.ratio);
      const height = Math.round(this.size.y * this.ratio);
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
    }
    this.draw(true);
  },

  follow() {
    this.stretch(this._map.getCenter(), this._map.getZoom());
  },

  /** While Leaflet zooms, the picture that is there is stretched. */
  stretch(centre, zoom) {
    const map = this._map;
    const scale = map.getZoomScale(zoom, this.zoom);
    const half = map.getSize().multiplyBy(0.5 + PADDING);
    const offset = half
      .multiplyBy(-scale)
      .add(map.project(this.centre, zoom))
      .subtract(map._getNewPixelOrigin(centre, zoom));
    L.DomUtil.setTransform(this.frame, offset, scale);
  },

  /** Draw again in the next frame, once: something looks other now. */
  refresh() {
    this.changed = true;
    this._again();
  },

  /** Draw what lies around the window in a quiet moment. */
  _rest() {
    this.resting ??= setTimeout(() => {
      this.resting = null;
      this._again();
    }, REST_MS);
  },

  _again() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      if (this._map) this.draw();
    });
  },

  /** Draw only what is picked out: hover, selection, lines. */
  remark() {
    this.marking ??= requestAnimationFrame(() => {
      this.marking = null;
      if (this._map) this._marks();
    });
  },

  /** Nothing over nothing is not drawn: a canvas that is touched is put together anew. */
  _marks() {
    const { hover, selected, area, pin, lines, offices, points, clusters, alert } = this.scene;
    const many = [lines, offices, points, clusters].some((each) => each.length);
    const any = Boolean(hover || selected || area || pin || alert || many);
    if (any || this.marked) drawMarks(this, this._pen(1));
    this.marked = any;
  },

  /** The tile zoom, and the tiles under the frame: {tile, context, left, top, k, clip}. */
  visible() {
    const deep = Math.max(SHALLOWEST, Math.min(DEEPEST, Math.round(this.zoom)));
    const side = 256 * 2 ** (this.zoom - deep);
    const level = this.scene.places.levelAt(deep);
    const [[south, west], [north, east]] = this.scene.bounds;
    const first = this._map.project([north, west], deep);
    const last = this._map.project([south, east], deep);
    // Outside the town there is nothing to ask for.
    const range = (from, length, least, most) => [
      Math.max(Math.floor(least / 256), Math.floor(from / side)),
      Math.min(Math.floor(most / 256), Math.floor((from + length) / side)),
    ];
    const [x0, x1] = range(this.origin.x, this.size.x, first.x, last.x);
    const [y0, y1] = range(this.origin.y, this.size.y, first.y, last.y);
    const found = [];
    for (let y = y0; y <= y1; y += 1) {
      for (let x = x0; x <= x1; x += 1) found.push([x, y, this._near(x, y, side)]);
    }
    // What the window shows is painted before what lies around it, and all of it asked for before.
    found.sort(([, , a], [, , b]) => b - a);
    let here = true;
    const tiles = found.map(([x, y, near]) => {
      const placed = this._tile(level, deep, x, y, side, near, near || here);
      here &&= placed.own || !near;
      return placed;
    });
    return { level, zoom: deep, tiles };
  },

  /**
   * Draw the ground, what the window shows before what lies around it; words wait until all of it
   * has come, unless the map has `moved` under them. Tells "seen" when the window is right, and
   * "drawn" when all is.
   */
  draw(moved = false) {
    const view = this.visible();
    this.view = view;
    const all = moved || this.scene.over;
    if (all) this.laid = new Map();
    const c = all ? this._pen(0) : this.canvases[0].getContext("2d");
    const { seen, done } = this._ground(c, view, moved);
    this.scene.over?.(this, c);
    this._marks();
    const here = !this.tiles.busy && !this.context.busy;
    this.whole = done && here;
    if ((this.changed && (seen || here)) || moved) drawWords(this, this._pen(2));
    this.changed = false;
    if (!seen && !done) this._again();
    else if (!done) this._rest();
    if (seen) this.fire("seen");
    if (this.whole) this.fire("drawn");
  },

  /**
   * Put down what is not laid yet, painting tiles while there is time; whether all are right. Around
   * the window tiles are painted one by one, in frames that are not `busy` otherwise.
   */
  _ground(c, view, busy) {
    const end = this.sharp ? Infinity : performance.now() + SLICE_MS;
    const painters = {};
    let [seen, done] = [true, true];
    for (const placed of view.tiles) {
      const { tile } = placed;
      if (tile) painters[tile.level] ??= this.scene.painter(tile.level);
      const shapes = tile?.layers[tile.level] ?? [];
      const paints = placed.own ? shapes.map((one) => painters[tile.level](one.id)) : [];
      const at = `${placed.x}/${placed.y}`;
      const old = this.laid.get(at);
      const may = (placed.near || this.sharp || !busy) && performance.now() < end;
      const laid = this.plates.put(c, placed, this, paints, may, old);
      this.laid.set(at, laid);
      if (laid.painted) busy = true;
      if (!laid.done) done = false;
      if (placed.near && !(laid.done && placed.own)) seen = false;
    }
    return { seen, done };
  },

  /** Resolves when the picture of the window has gone out, or was waited for in vain. */
  pictured() {
    const out = new Promise((go) => this.once("seen", () => requestAnimationFrame(() => setTimeout(go))));
    return Promise.race([out, new Promise((go) => setTimeout(go, PATIENCE_MS))]);
  },

  /** Resolves when everything in view is drawn. */
  settled() {
    return this.whole ? Promise.resolve() : new Promise((go) => this.once("drawn", go));
  },

  /** Which place lies at a latitude and longitude: {level, position}, or null. */
  at(place) {
    if (!this.view) return null;
    const deep = this.view.zoom;
    const point = this._map.project(place, deep);
    const x = Math.floor(point.x / 256);
    const y = Math.floor(point.y / 256);
    const tile = this.tiles.peek(this.view.level, deep, x, y);
    const one = (tile?.layers[this.view.level] ?? []).find((shape) =>
      holds(shape, (point.x / 256 - x) * EXTENT, (point.y / 256 - y) * EXTENT),
    );
    return one ? { level: this.view.level, position: one.id } : null;
  },

  /** The pieces of one place on the page: [{one, left, top, k, clip}]. */
  pieces(level, position) {
    if (!this.view || this.view.level !== level) return [];
    return this.view.tiles.flatMap((placed) =>
      shapesOf(placed.tile, level, position).map((one) => ({ one, ...placed })),
    );
  },

  /** Latitude and longitude on the frame, in pixels. */
  point(lat, lon) {
    return this._map.project([lat, lon], this.zoom).subtract(this.origin);
  },

  /** A pixel of the frame as latitude and longitude. */
  place(x, y) {
    return this._map.unproject(L.point(x, y).add(this.origin), this.zoom);
  },

  /** Whether a tile reaches into the window, which lies in the middle of the frame. */
  _near(x, y, side) {
    const edge = PADDING / (1 + 2 * PADDING);
    const meets = (from, size) => from + side > size * edge && from < size * (1 - edge);
    return meets(x * side - this.origin.x, this.size.x) && meets(y * side - this.origin.y, this.size.y);
  },

  /** A tile as it lies on the frame; one that is not there is asked for if it `may` be. */
  _tile(level, zoom, x, y, side, near, may) {
    const [tiles, around] = [this.tiles, this.context];
    const asked = may ? tiles.get(level, zoom, x, y) : tiles.peek(level, zoom, x, y);
    const context = may ? around.get("context", zoom, x, y) : around.peek("context", zoom, x, y);
    const left = x * side - this.origin.x;
    const top = y * side - this.origin.y;
    const clip = [left, top, left + side, top + side].map((v) => Math.round(v * this.ratio));
    const key = `${level}/${zoom}/${x}/${y}`;
    // Painted when both have come: a picture without its roads would be painted twice.
    const own = Boolean(asked && context);
    const placed = { key, own, near, tile: asked, context, left, top, k: side / EXTENT, clip, x, y, zoom };
    return asked ? placed : { ...placed, ...this._older(zoom, x, y, side) };
  },

  /** While a tile is on its way, the part of a coarser one stands in. */
  _older(zoom, x, y, side) {
    for (let up = 1; up <= 3; up += 1) {
      const level = this.scene.places.levelAt(zoom - up);
      const [cx, cy] = [x >> up, y >> up];
      const tile = this.tiles.peek(level, zoom - up, cx, cy);
      if (tile) {
        const big = side * 2 ** up;
        return {
          tile,
          own: false,
          left: cx * big - this.origin.x,
          top: cy * big - this.origin.y,
          k: big / EXTENT,
        };
      }
    }
    return {};
  },

  _pen(index) {
    const canvas = this.canvases[index];
    const c = canvas.getContext("2d");
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.clearRect(0, 0, canvas.width, canvas.height);
    return c;
  },
});

/** The shapes of a tile with this position, found by an index that is made once. */
function shapesOf(tile, level, position) {
  const shapes = tile?.layers[level];
  if (!shapes) return [];
  if (!tile.made.has("places")) {
    const places = new Map();
    for (const one of shapes) places.set(one.id, [...(places.get(one.id) ?? []), one]);
    tile.made.set("places", places);
  }
  return tile.made.get("places").get(position) ?? [];
}
