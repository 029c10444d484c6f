// Keeps each tile's picture, so that moving the map only copies; a tile whose looks changed is painted again.

import { mosaicOf, paintFills, paintLines } from "./ground.js";

const KEPT = 120;

/** How many zooms further out a picture may come from. */
const FURTHEST = 3;

export class Plates {
  constructor() {
    this.kept = new Map();
  }

  /**
   * Put a tile on the pen of the ground, unless the same picture was `laid` there before. Returns
   * what lies there now, whether it was `painted`, and `done`: false when the tile must be painted
   * yet and `mayPaint` is false; then the picture it had, or a part of a coarser one, stands in.
   */
  put(c, placed, sheet, paints, mayPaint, laid) {
    const { clip } = placed;
    const box = [clip[0], clip[1], clip[2] - clip[0], clip[3] - clip[1]];
    if (box[2] <= 0 || box[3] <= 0) return { done: true };
    const found = this.#find(placed.key);
    const shaped = found && hasShape(found, placed, sheet, box);
    const fresh = shaped && sameLooks(found.paints, paints);
    const asked = placed.own && !fresh;
    const own = asked && mayPaint ? this.#paint(found, shaped, placed, sheet, paints, box) : found;
    const { plate, part } = own ? { plate: own, part: null } : this.#coarser(sheet, placed);
    if (!laid || laid.plate !== plate || laid.turn !== plate?.turn) {
      c.clearRect(...box);
      if (plate) c.drawImage(plate.whole, ...(part ?? []), ...box);
    }
    return { plate, turn: plate?.turn, painted: asked && mayPaint, done: !asked || mayPaint };
  }

  #find(key) {
    const plate = this.kept.get(key);
    if (!plate) return null;
    this.kept.delete(key);
    this.kept.set(key, plate);
    return plate;
  }

  /** Fills under lines: other values only paint the fills again. */
  #paint(old, shaped, placed, sheet, paints, [, , width, height]) {
    const { tile, context } = placed;
    const plate = old ?? { whole: document.createElement("canvas"), lines: document.createElement("canvas"), turn: 0 };
    const pen = (canvas) => {
      const c = canvas.getContext("2d");
      const fits = canvas.width === width && canvas.height === height;
      if (!fits) Object.assign(canvas, { width, height });
      c.setTransform(1, 0, 0, 1, 0, 0);
      if (fits) c.clearRect(0, 0, width, height);
      return c;
    };
    if (!shaped) {
      paintLines(pen(plate.lines), placed, sheet);
      plate.mosaic = mosaicOf(placed, sheet);
    }
    const whole = pen(plate.whole);
    paintFills(whole, placed, paints, sheet, plate.mosaic);
    whole.setTransform(1, 0, 0, 1, 0, 0);
    whole.drawImage(plate.lines, 0, 0);
    const turn = plate.turn + 1;
    Object.assign(plate, { tile, context, paints, turn, zoom: sheet.zoom, phase: phase(placed, sheet) });
    this.kept.set(placed.key, plate);
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
    return plate;
  }

  /** The part of a coarser picture that stands in, where there is one. */
  #coarser(sheet, { zoom, x, y }) {
    for (let up = 1; up <= FURTHEST; up += 1) {
      const level = sheet.scene.places.levelAt(zoom - up);
      const plate = this.kept.get(`${level}/${zoom - up}/${x >> up}/${y >> up}`);
      if (!plate) continue;
      const parts = 2 ** up;
      const [w, h] = [plate.whole.width / parts, plate.whole.height / parts];
      return { plate, part: [(x % parts) * w, (y % parts) * h, w, h] };
    }
    return {};
  }
}

/** Whether a picture shows this tile as it lies now; then only its fills may be old. */
function hasShape(plate, placed, sheet, [, , width, height]) {
  return (
    plate.tile === placed.tile &&
    plate.context === placed.context &&
    plate.whole.width === width &&
    plate.whole.height === height &&
    plate.zoom === sheet.zoom &&
    Math.abs(plate.phase - phase(placed, sheet)) < 0.01
  );
}

function sameLooks(old, now) {
  return old.length === now.length && old.every((paint, i) => paint === now[i]);
}

/** Where a tile's edge lies within a pixel: whole pixels apart, the same picture fits. */
function phase({ left, top, clip }, { ratio }) {
  return left * ratio - clip[0] + 2 * (top * ratio - clip[1]);
}
