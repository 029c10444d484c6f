// The words on the sheet: names with a halo, signs of trouble, numbers of grids; none on another.

import { fontFamily, sign } from "./patterns.js";
import { pole } from "./pole.js";
import { EXTENT } from "./tile.js";
import { shortName } from "./words.js";

/** Pixels of the whole world at zoom 0. */
const WORLD = 256;
const STAMP = 30;
/** A sign on a disc covers its place. */
const DISC = 15;

/** Draw all words on the pen: names first (a name wins over a stamp), then signs, then numbers. */
export function drawWords(sheet, c) {
  c.setTransform(sheet.ratio, 0, 0, sheet.ratio, 0, 0);
  c.textAlign = "center";
  c.textBaseline = "middle";
  c.lineJoin = "round";
  const taken = new Taken();
  const { pin } = sheet.scene;
  if (pin) officeName(c, sheet, { from: [pin.lat, pin.lon], name: pin.name }, taken, 44);
  for (const line of sheet.scene.lines) officeName(c, sheet, line, taken);
  const large = document.documentElement.dataset.type === "large" ? 1.25 : 1;
  const level = sheet.view.level;
  names(c, sheet, "township", 13 * large, "700", taken);
  if (sheet.zoom >= 14) names(c, sheet, "community", 12 * large, "400", taken);
  waters(c, sheet, 13 * large, taken);
  if (level === "grid") stamps(c, sheet, taken, large);
  for (const office of sheet.scene.offices) officeName(c, sheet, { from: [office.lat, office.lon], name: office.name }, taken);
}

function names(c, sheet, level, size, weight, taken) {
  const labels = sheet.scene.labels?.[level];
  if (!labels) return;
  const font = (c.font = `${weight} ${size}px ${fontFamily()}`);
  const metres = metresPerPixel(sheet);
  const { across, down } = spots(labels);
  const scale = 2 ** sheet.zoom;
  const { origin } = sheet;
  const place = { x: 0, y: 0 };
  const put = (i) => {
    place.x = across[i] * scale - origin.x;
    place.y = down[i] * scale - origin.y;
    return place;
  };
  const here = [];
  for (let i = 0; i < across.length; i += 1) if (onPage(sheet, put(i))) here.push(i);
  for (const i of sheet.scene.rank(level, here)) {
    const at = put(i);
    const text = shortName(labels.name[i]);
    const width = widthOf(c, font, size, text);
    const room = (2 * labels.radius_m[i]) / metres;
    if (width > room * (level === "township" ? 1.6 : 1.05)) continue;
    const box = [at.x - width / 2 - 3, at.y - size * 0.62, at.x + width / 2 + 3, at.y + size * 0.62];
    if (!taken.take(box)) continue;
    halo(c, text, at.x, at.y, level === "township" ? "#16202B" : "#44515E", 3.4);
  }
}

const worlds = new WeakMap();

/**
 * Where labels stand in the world at zoom 0, as Web Mercator has it: worked out once for all, for
 * most are asked for and few are drawn. What has no place is not a number, and on no page.
 */
function spots(labels) {
  if (!worlds.has(labels)) {
    const many = labels.lat.length;
    const found = { across: new Float64Array(many), down: new Float64Array(many) };
    for (let i = 0; i < many; i += 1) {
      if (labels.lat[i] === null) found.across[i] = found.down[i] = NaN;
      else {
        const sine = Math.sin((labels.lat[i] * Math.PI) / 180);
        found.across[i] = (WORLD * (labels.lon[i] + 180)) / 360;
        found.down[i] = WORLD * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI));
      }
    }
    worlds.set(labels, found);
  }
  return worlds.get(labels);
}

const widths = new Map();
const MOST_WIDTHS = 5_000;

/** Han signs fill a square each, in every font: most names need no measuring. */
const HAN = /^[\u4e00-\u9fff]+$/;

/** How wide a text is in the font that the pen has; to measure one takes as long as to draw it. */
function widthOf(c, font, size, text) {
  if (HAN.test(text)) return text.length * size;
  const key = `${font} ${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size >= MOST_WIDTHS) widths.clear();
    width = c.measureText(text).width;
    widths.set(key, width);
  }
  return width;
}

function waters(c, sheet, size, taken) {
  const labels = sheet.scene.labels?.water;
  if (!labels) return;
  if (sheet.zoom < 11.9) return;
  const font = (c.font = `400 ${size}px ${fontFamily()}`);
  labels.name.forEach((name, i) => {
    if (!name) return;
    const at = sheet.point(labels.lat[i], labels.lon[i]);
    if (!onPage(sheet, at)) return;
    const width = widthOf(c, font, size, name);
    const room = labels.radius_m?.[i];
    if (room !== undefined && width > ((2 * room) / metresPerPixel(sheet)) * 1.6) return;
    const box = [at.x - width / 2 - 3, at.y - size * 0.62, at.x + width / 2 + 3, at.y + size * 0.62];
    if (taken.take(box)) {
      c.fillStyle = "#2F5F7C";
      c.fillText(name, at.x, at.y);
    }
  });
}

function stamps(c, sheet, taken, large) {
  const seen = new Map();
  const numbered = sheet.zoom >= 14.5;
  const paints = sheet.scene.painter("grid");
  for (const placed of sheet.view.tiles) {
    if (placed.tile?.level !== "grid") continue;
    for (const one of placed.tile.layers.grid ?? []) {
      if (!(numbered || paints(one.id)?.stamped) || !may(one, placed.k)) continue;
      if (!seen.has(one.id)) seen.set(one.id, []);
      const { left, top, k } = placed;
      seen.get(one.id).push({ one, left, top, k, water: wet(placed) });
    }
  }
  for (const [position, pieces] of seen) {
    const paint = paints(position);
    if (!wide(pieces, paint?.disc ? DISC : STAMP)) continue;
    const best = sheet.scene.poleOf(`${sheet.zoom} ${position} ${pieces.length} ${pieces.filter((one) => one.water).length}`, () => {
      const found = pole(pieces);
      const place = sheet.place(found.x, found.y);
      return { lat: place.lat, lon: place.lng, radius: found.radius };
    });
    if (best.radius * 2 < (paint?.disc ? DISC : STAMP)) continue;
    const { x, y } = sheet.point(best.lat, best.lon);
    if (!onPage(sheet, { x, y })) continue;
    if (paint?.stamped && taken.take([x - 9, y - 9, x + 9, y + 9])) sign(c, paint, x, y, 13 * large);
    if (!numbered) continue;
    const number = sheet.scene.number(position);
    const font = (c.font = `400 ${12 * large}px ${fontFamily()}`);
    const width = widthOf(c, font, 12 * large, number);
    const below = paint?.stamped ? 17 : 0;
    if (best.radius < width / 2 + below) continue;
    if (taken.take([x - width / 2, y + below - 7, x + width / 2, y + below + 7])) {
      halo(c, number, x, y + below, "#16202B", 3);
    }
  }
}

/** The water of a tile as shapes; undefined until it is there. */
function wet({ context }) {
  return context ? (context.layers.water ?? []).filter((one) => one.closed) : undefined;
}

/** Whether a piece may belong to a grid that has room for a sign: it has itself, or is cut. */
function may({ box }, k) {
  const cut = box[0] < 0 || box[1] < 0 || box[2] > EXTENT || box[3] > EXTENT;
  return cut || Math.min(box[2] - box[0], box[3] - box[1]) * k >= Math.min(STAMP, DISC);
}

function wide(pieces, least) {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { one, left, top, k } of pieces) {
    x0 = Math.min(x0, left + one.box[0] * k);
    y0 = Math.min(y0, top + one.box[1] * k);
    x1 = Math.max(x1, left + one.box[2] * k);
    y1 = Math.max(y1, top + one.box[3] * k);
  }
  return Math.min(x1 - x0, y1 - y0) >= least;
}

function officeName(c, sheet, line, taken, above = 18) {
  if (!line.name) return;
  const at = sheet.point(...line.from);
  const font = (c.font = `700 13px ${fontFamily()}`);
  const width = widthOf(c, font, 13, line.name);
  if (taken.take([at.x - width / 2 - 3, at.y - above - 9, at.x + width / 2 + 3, at.y - above + 9])) {
    halo(c, line.name, at.x, at.y - above, "#16202B", 4);
  }
}

function halo(c, text, x, y, colour, width) {
  c.strokeStyle = "#FFFFFFEB";
  c.lineWidth = width;
  c.strokeText(text, x, y);
  c.fillStyle = colour;
  c.fillText(text, x, y);
}

function metresPerPixel(sheet) {
  const lat = sheet.centre.lat;
  return (40075016.7 * Math.cos((lat * Math.PI) / 180)) / (256 * 2 ** sheet.zoom);
}

function onPage(sheet, { x, y }) {
  return x > -60 && y > -20 && x < sheet.size.x + 60 && y < sheet.size.y + 20;
}

/** Cells of the lattice further down than any page is long. */
const ROW = 4096;

/** Boxes that hold a word already, in a coarse lattice. */
class Taken {
  constructor() {
    this.cells = new Map();
  }

  take(box) {
    const keys = [];
    for (let x = Math.floor(box[0] / 64); x <= Math.floor(box[2] / 64); x += 1) {
      for (let y = Math.floor(box[1] / 64); y <= Math.floor(box[3] / 64); y += 1) keys.push(x * ROW + y);
    }
    const meets = (other) =>
      box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3];
    if (keys.some((key) => this.cells.get(key)?.some(meets))) return false;
    for (const key of keys) {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(box);
    }
    return true;
  }
}
