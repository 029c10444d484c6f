// Paints the ground of one tile: fill, pattern, water, roads, borders, in this order.

import { borders } from "./tile.js";
import { patternOf } from "./patterns.js";
import { RANK } from "./places.js";

const LAND = "#F4F2EC";
const WATER = "#C9DDE8";
const ROAD = "#FFFFFF";
const ROAD_EDGE = "#B9BFC2";

const LEAST_PATTERNED = 9;

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

/** Paint one placed tile on the pen `c`; the sheet gives ratio and zoom. */
export function paintTile(c, placed, scene, sheet) {
  const { tile, context, clip } = placed;
  if (!tile && !context) return;
  const ratio = sheet.ratio;
  c.save();
  c.setTransform(1, 0, 0, 1, 0, 0);
  c.beginPath();
  c.rect(clip[0], clip[1], clip[2] - clip[0], clip[3] - clip[1]);
  c.clip();
  const s = placed.k * ratio;
  c.setTransform(s, 0, 0, s, placed.left * ratio, placed.top * ratio);
  if (tile) fills(c, placed, scene, sheet, s);
  if (context) ground(c, context, sheet.zoom, placed.k);
  if (tile) lines(c, placed, scene, sheet.zoom);
  c.restore();
}

function fills(c, { tile, left, top, k }, scene, sheet, s) {
  const patterned = new Map();
  const shapes = tile.layers[tile.level] ?? [];
  for (const one of shapes) {
    const paint = scene.paint(tile.level, one.id);
    c.fillStyle = paint?.colour ?? LAND;
    c.fill(one.path);
    if (paint?.pattern && paint.pattern !== "none" && patternShows(one, k)) {
      if (!patterned.has(paint)) patterned.set(paint, []);
      patterned.get(paint).push(one.path);
    }
  }
  for (const [paint, paths] of patterned) {
    const { pattern, side } = patternOf(paint, sheet.ratio);
    // The pattern lies still on the ground: its origin is the world's, not the window's.
    const shift = (edge, origin) => mod(-(origin + edge) * sheet.ratio, side);
    pattern.setTransform(
      new DOMMatrix([1 / s, 0, 0, 1 / s, -shift(left, sheet.origin.x) / s, -shift(top, sheet.origin.y) / s]),
    );
    c.fillStyle = pattern;
    for (const path of paths) c.fill(path);
  }
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
  const roads = [
    [context.layers.street ?? [], street],
    [context.layers.road ?? [], main],
  ];
  for (const [shapes, width] of roads) {
    if (!width) continue;
    c.strokeStyle = ROAD_EDGE;
    c.lineWidth = (width + 1.4) / k;
    for (const one of shapes) c.stroke(one.path);
  }
  for (const [shapes, width] of roads) {
    if (!width) continue;
    c.strokeStyle = ROAD;
    c.lineWidth = width / k;
    for (const one of shapes) c.stroke(one.path);
  }
}

function lines(c, { tile, k }, scene, zoom) {
  const shapes = tile.layers[tile.level] ?? [];
  if (!tile.made.has("borders")) {
    const rank = (a, b) => scene.places.rank(tile.level, a, b);
    tile.made.set("borders", borders(shapes, rank, INK.length));
  }
  const paths = tile.made.get("borders");
  const widths = [...widthsAt(Math.round(zoom))];
  if (tile.level === "grid" && !widths[RANK.grid]) widths[RANK.grid] = 0.5;
  c.lineJoin = "round";
  c.lineCap = "round";
  if (tile.level === "community") {
    c.strokeStyle = INK[RANK.grid];
    c.lineWidth = 0.8 / k;
    c.stroke(paths[RANK.community]);
  }
  c.strokeStyle = "#FFFFFFE0";
  for (let rank = RANK.community; rank < paths.length; rank += 1) {
    if (tile.level === "community" && rank === RANK.community) continue;
    c.lineWidth = (widths[rank] * 2.2) / k;
    c.stroke(paths[rank]);
  }
  paths.forEach((path, rank) => {
    if (!widths[rank] || (tile.level === "community" && rank === RANK.community)) return;
    c.strokeStyle = INK[rank];
    c.lineWidth = widths[rank] / k;
    c.stroke(path);
  });
}
