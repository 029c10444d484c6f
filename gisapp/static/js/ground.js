// Paints the ground of one tile: fill and pattern; over them water, roads, borders, in this order.

import { Borders } from "./borders.js";
import { Mosaic } from "./mosaic.js";
import { patternOf } from "./patterns.js";
import { RANK } from "./places.js";
import { EXTENT, trace } from "./tile.js";

const LAND = "#F4F2EC";
const WATER = "#C9DDE8";
const ROAD = "#FFFFFF";
const ROAD_EDGE = "#B9BFC2";

const LEAST_PATTERNED = 9;

/** Grids narrower than this stand without a line between them. */
const LEAST_LINED = 5;

/** Ink by rank of border. */
const INK = ["#FFFFFFCC", "#8D979F", "#4C5864", "#16202B"];

/** Width of a border by rank, from city to street; 0 is not drawn. */
const WIDTHS = [
  [10, [0, 0, 0.8, 2.0]],
  [12, [0, 0.5, 1.4, 2.4]],
  [14, [0.6, 0.9, 1.8, 2.4]],
  [99, [1.0, 1.4, 2.2, 2.6]],
];

/** Widths of roads by zoom: [up to, main road, street]; 0 is not drawn. */
const ROADS = [
  [10, 1.2, 0],
  [12, 2.2, 0],
  [13, 2.8, 1.2],
  [14, 4, 2],
  [99, 7, 4],
];

export function widthsAt(zoom) {
  return WIDTHS.find(([to]) => zoom <= to)[1];
}

/** Which shape lies where on the picture of a tile, for `paintFills`. */
export function mosaicOf({ tile, left, top, k, clip }, { ratio }) {
  const shift = [left * ratio - clip[0], top * ratio - clip[1]];
  const size = { width: clip[2] - clip[0], height: clip[3] - clip[1] };
  return new Mosaic(tile?.layers[tile.level] ?? [], { ...size, scale: k * ratio, shift });
}

/** Paint what a tile's values say; `paints` tells of each shape how it looks. */
export function paintFills(c, placed, paints, sheet, mosaic) {
  mosaic.paint(c, paints.map((paint) => paint?.colour ?? LAND));
  const s = lay(c, placed, sheet);
  if (placed.tile) patterns(c, placed, paints, sheet, s);
}

/** Paint what lies over it and does not change with values: water, roads, borders. */
export function paintLines(c, placed, sheet) {
  lay(c, placed, sheet);
  if (placed.context) ground(c, placed.context, sheet.zoom, placed.k);
  if (placed.tile) lines(c, placed, sheet.scene, sheet.zoom);
}

/** Let the pen count in tile units on a picture of this tile alone; returns pixels for one. */
function lay(c, { left, top, k, clip }, { ratio }) {
  const s = k * ratio;
  c.setTransform(s, 0, 0, s, left * ratio - clip[0], top * ratio - clip[1]);
  return s;
}

/** Patterns over the colours, where they can be seen: one fill for each look. */
function patterns(c, { tile, left, top, k }, paints, sheet, s) {
  const groups = new Map();
  (tile.layers[tile.level] ?? []).forEach((one, i) => {
    const paint = paints[i];
    if (!paint?.pattern || paint.pattern === "none" || !patternShows(one, k)) return;
    if (!groups.has(paint)) groups.set(paint, []);
    groups.get(paint).push(one);
  });
  for (const [paint, some] of groups) {
    const { pattern, side } = patternOf(paint, sheet.ratio);
    // The pattern lies still on the ground: its origin is the world's, not the window's.
    const shift = (edge, origin) => mod(-(origin + edge) * sheet.ratio, side);
    pattern.setTransform(
      new DOMMatrix([1 / s, 0, 0, 1 / s, -shift(left, sheet.origin.x) / s, -shift(top, sheet.origin.y) / s]),
    );
    fill(c, some, pattern);
  }
}

function fill(c, shapes, style) {
  c.beginPath();
  for (const one of shapes) trace(c, one);
  c.fillStyle = style;
  c.fill();
}

/** Where a pattern can still be seen as one. */
function patternShows(one, k) {
  return Math.min(one.box[2] - one.box[0], one.box[3] - one.box[1]) * k > LEAST_PATTERNED;
}

function mod(value, by) {
  return ((value % by) + by) % by;
}

function ground(c, context, zoom, k) {
  c.lineJoin = "round";
  c.lineCap = "round";
  c.fillStyle = WATER;
  c.strokeStyle = WATER;
  c.lineWidth = 2.5 / k;
  for (const one of context.layers.water ?? []) {
    if (one.closed) c.fill(one.path);
    else c.stroke(one.path);
  }
  const [, main, street] = ROADS.find(([to]) => zoom <= to + 0.5);
  const roads = [["street", street], ["road", main]].filter(([name, width]) => width && context.layers[name]);
  for (const [name, width] of roads) {
    c.strokeStyle = ROAD_EDGE;
    c.lineWidth = (width + 1.4) / k;
    c.stroke(together(context, name));
  }
  for (const [name, width] of roads) {
    c.strokeStyle = ROAD;
    c.lineWidth = width / k;
    c.stroke(together(context, name));
  }
}

/** All lines of a layer as one path, made once. */
function together({ layers, made }, name) {
  if (!made.has(name)) made.set(name, layers[name].reduce(trace, new Path2D()));
  return made.get(name);
}

function lines(c, { tile, k }, scene, zoom) {
  const shapes = tile.layers[tile.level] ?? [];
  if (!shapes.length) return;
  if (!tile.made.has("borders")) {
    const rank = (a, b) => scene.places.rank(tile.level, a, b);
    tile.made.set("borders", new Borders(shapes, rank, INK.length));
  }
  const borders = tile.made.get("borders");
  const widths = [...widthsAt(Math.round(zoom))];
  if (tile.level === "grid") {
    const across = (EXTENT * k) / Math.sqrt(shapes.length);
    widths[RANK.grid] = across < LEAST_LINED ? 0 : widths[RANK.grid] || 0.5;
  }
  c.lineJoin = "round";
  c.lineCap = "round";
  if (tile.level === "community") {
    c.strokeStyle = INK[RANK.grid];
    c.lineWidth = 0.8 / k;
    c.stroke(borders.path(RANK.community));
    widths[RANK.community] = 0;
  }
  c.strokeStyle = "#FFFFFFE0";
  for (let rank = RANK.community; rank < INK.length; rank += 1) {
    if (!widths[rank]) continue;
    c.lineWidth = (widths[rank] * 2.2) / k;
    c.stroke(borders.path(rank));
  }
  INK.forEach((ink, rank) => {
    if (!widths[rank]) return;
    c.strokeStyle = ink;
    c.lineWidth = widths[rank] / k;
    c.stroke(borders.path(rank));
  });
}
