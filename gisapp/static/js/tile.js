// One vector tile, decoded once into flat arrays; outlines and borders become paths when they are drawn.

import { PbfReader } from "pbf";

export const EXTENT = 4096;
const BUFFER = 64;
const [MOVE, CLOSE] = [1, 7];

/** One shape of a tile: `id` is its position in the ids, `closed` whether it is an area. */
class Shape {
  constructor(id, closed, points, ends, box) {
    this.id = id;
    this.closed = closed;
    this.points = points;
    this.ends = ends;
    this.box = box;
  }

  /** Its rings, each [x, y, x, y …] with the first point again at the end. */
  get rings() {
    let from = this.ends[0];
    return this.ends.slice(1).map((to) => this.points.subarray(from, (from = to)));
  }

  /** Its rings as a path, made when it is first asked for. */
  get path() {
    this.drawn ??= trace(new Path2D(), this);
    return this.drawn;
  }
}

/** Decode the bytes of a tile into {layer name: [shape]}. */
export function decode(data) {
  const layers = {};
  if (!data) return layers;
  new PbfReader(data).readFields((tag, _, pbf) => {
    if (tag !== 3) return;
    const end = pbf.readVarint() + pbf.pos;
    // No coordinate takes less than a byte, and what opens a ring pays for the point that closes it.
    const layer = { name: "", shapes: [], points: new Int16Array(end - pbf.pos), n: 0 };
    pbf.readFields(readLayer, layer, end);
    layers[layer.name] = layer.shapes;
  });
  return layers;
}

function readLayer(tag, layer, pbf) {
  if (tag === 1) layer.name = pbf.readString();
  if (tag !== 2) return;
  const found = { id: 0, type: 0, at: -1 };
  const end = pbf.readVarint() + pbf.pos;
  pbf.readFields(readFeature, found, end);
  if (found.at >= 0) layer.shapes.push(shape(found, layer, pbf));
  pbf.pos = end;
}

function readFeature(tag, found, pbf) {
  if (tag === 1) found.id = pbf.readVarint();
  else if (tag === 3) found.type = pbf.readVarint();
  else if (tag === 4) found.at = pbf.pos;
}

function shape({ id, type, at }, layer, pbf) {
  pbf.pos = at;
  const stop = pbf.readVarint() + pbf.pos;
  const { points } = layer;
  const ends = [layer.n];
  let [x, y, n, start] = [0, 0, layer.n, layer.n];
  let [x0, y0, x1, y1] = [32767, 32767, -32768, -32768];
  while (pbf.pos < stop) {
    const word = pbf.readVarint();
    const command = word & 7;
    if (command === CLOSE) {
      points[n++] = points[start];
      points[n++] = points[start + 1];
      continue;
    }
    if (command === MOVE) {
      if (n > start) ends.push(n);
      start = n;
    }
    for (let left = word >> 3; left > 0; left -= 1) {
      x += pbf.readSVarint();
      y += pbf.readSVarint();
      points[n++] = x;
      points[n++] = y;
      if (x < x0) x0 = x;
      if (x > x1) x1 = x;
      if (y < y0) y0 = y;
      if (y > y1) y1 = y;
    }
  }
  if (n > start) ends.push(n);
  layer.n = n;
  return new Shape(id, type === 3, points, ends, [x0, y0, x1, y1]);
}

/**
 * Draw the rings of a shape on a pen or path. Those of an area end where they began, which is as
 * good for filling; to close them would take as long as to draw them.
 */
export function trace(pen, { points, ends }) {
  for (let ring = 1; ring < ends.length; ring += 1) {
    let i = ends[ring - 1];
    pen.moveTo(points[i], points[i + 1]);
    for (i += 2; i < ends[ring]; i += 2) pen.lineTo(points[i], points[i + 1]);
  }
  return pen;
}

/** Whether both ends lie on one line of the cut around the tile: no border, an edge of the knife. */
export function isCut(ax, ay, bx, by) {
  return (
    (ax <= -BUFFER && bx <= -BUFFER) ||
    (ay <= -BUFFER && by <= -BUFFER) ||
    (ax >= EXTENT + BUFFER && bx >= EXTENT + BUFFER) ||
    (ay >= EXTENT + BUFFER && by >= EXTENT + BUFFER)
  );
}

/** The outline of a shape without the edges that cutting made. */
export function outline(shapeOfTile) {
  if (shapeOfTile.outline) return shapeOfTile.outline;
  const path = new Path2D();
  for (const ring of shapeOfTile.rings) {
    let open = false;
    for (let i = 0; i + 3 < ring.length; i += 2) {
      const [ax, ay, bx, by] = [ring[i], ring[i + 1], ring[i + 2], ring[i + 3]];
      if (isCut(ax, ay, bx, by)) {
        open = false;
        continue;
      }
      if (!open) path.moveTo(ax, ay);
      path.lineTo(bx, by);
      open = true;
    }
  }
  shapeOfTile.outline = path;
  return path;
}

/** Whether a point (tile units) lies in a shape: odd crossings of all its rings. */
export function holds(one, x, y) {
  if (x < one.box[0] || x > one.box[2] || y < one.box[1] || y > one.box[3]) return false;
  let inside = false;
  for (const ring of one.rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const [xi, yi, xj, yj] = [ring[i], ring[i + 1], ring[j], ring[j + 1]];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
  }
  return inside;
}
