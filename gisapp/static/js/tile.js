// One vector tile, decoded once: rings as arrays, outlines and borders as paths that are kept.

import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";

export const EXTENT = 4096;
const BUFFER = 64;

/** Decode the bytes of a tile into {layer name: [shape]}. */
export function decode(data) {
  const layers = {};
  if (!data) return layers;
  const tile = new VectorTile(new PbfReader(data));
  for (const [name, layer] of Object.entries(tile.layers)) {
    const shapes = [];
    for (let i = 0; i < layer.length; i += 1) shapes.push(shape(layer.feature(i)));
    layers[name] = shapes;
  }
  return layers;
}

function shape(feature) {
  const rings = feature.loadGeometry().map((points) => {
    const ring = new Int16Array(points.length * 2);
    points.forEach((point, i) => {
      ring[2 * i] = point.x;
      ring[2 * i + 1] = point.y;
    });
    return ring;
  });
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      if (ring[i] < box[0]) box[0] = ring[i];
      if (ring[i] > box[2]) box[2] = ring[i];
      if (ring[i + 1] < box[1]) box[1] = ring[i + 1];
      if (ring[i + 1] > box[3]) box[3] = ring[i + 1];
    }
  }
  return {
    id: feature.id,
    closed: feature.type === 3,
    rings,
    box,
    path: trace(rings, feature.type === 3),
  };
}

function trace(rings, closed) {
  const path = new Path2D();
  for (const ring of rings) {
    path.moveTo(ring[0], ring[1]);
    for (let i = 2; i < ring.length; i += 2) path.lineTo(ring[i], ring[i + 1]);
    if (closed) path.closePath();
  }
  return path;
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

/**
 * The borders of a tile, one path for each rank: rankOf(a, b) says which border two neighbours
 * share; b is -1 where there is no neighbour. Neighbours share their vertices, so that an edge is
 * found twice and drawn once.
 */
export function borders(shapes, rankOf, ranks) {
  const first = new Map();
  const second = new Map();
  each(shapes, (key, at) => {
    if (!first.has(key)) first.set(key, at);
    else if (first.get(key) !== at) second.set(key, at);
  });
  const paths = Array.from({ length: ranks }, () => new Path2D());
  let last = -1;
  each(shapes, (key, at, ax, ay, bx, by, fresh) => {
    if (first.get(key) !== at) {
      last = -1;
      return;
    }
    const other = second.get(key);
    const rank = rankOf(shapes[at].id, other === undefined ? -1 : shapes[other].id);
    if (fresh || rank !== last) paths[rank].moveTo(ax, ay);
    paths[rank].lineTo(bx, by);
    last = rank;
  });
  return paths;
}

function each(shapes, visit) {
  shapes.forEach((one, at) => {
    for (const ring of one.rings) {
      let fresh = true;
      for (let i = 0; i + 3 < ring.length; i += 2) {
        const [ax, ay, bx, by] = [ring[i], ring[i + 1], ring[i + 2], ring[i + 3]];
        if (isCut(ax, ay, bx, by)) {
          fresh = true;
          continue;
        }
        const a = (ax + 2048) * 8192 + ay + 2048;
        const b = (bx + 2048) * 8192 + by + 2048;
        visit(a < b ? a * 67108864 + b : b * 67108864 + a, at, ax, ay, bx, by, fresh);
        fresh = false;
      }
    }
  });
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
