// The pole of inaccessibility of a shape that may lie in several tiles: where a sign stands best.

import { holds, isCut } from "./tile.js";

/**
 * Find the point farthest from the border. `pieces` are [{one, left, top, k, water}]: a decoded shape,
 * how its tile lies on the page (pixels = left + k · units), and the water of the tile, where
 * nothing is written. Returns {x, y, radius} in pixels.
 */
export function pole(pieces, precision = 2) {
  const edges = [];
  const wet = [];
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { one, left, top, k, water = [] } of pieces) {
    for (const lake of water) if (meets(one.box, lake.box)) wet.push({ one: lake, left, top, k });
    const rings = [...one.rings, ...water.filter((lake) => meets(one.box, lake.box)).flatMap((lake) => lake.rings)];
    for (const ring of rings) {
      for (let i = 0; i + 3 < ring.length; i += 2) {
        const [ax, ay, bx, by] = [ring[i], ring[i + 1], ring[i + 2], ring[i + 3]];
        if (isCut(ax, ay, bx, by)) continue;
        edges.push(left + ax * k, top + ay * k, left + bx * k, top + by * k);
      }
    }
    box[0] = Math.min(box[0], left + Math.max(0, one.box[0]) * k);
    box[1] = Math.min(box[1], top + Math.max(0, one.box[1]) * k);
    box[2] = Math.max(box[2], left + Math.min(4096, one.box[2]) * k);
    box[3] = Math.max(box[3], top + Math.min(4096, one.box[3]) * k);
  }
  const within = (all, x, y) =>
    all.some(({ one, left, top, k }) => holds(one, (x - left) / k, (y - top) / k));
  const inside = (x, y) => within(pieces, x, y) && !within(wet, x, y);
  const reach = (x, y) => {
    let near = Infinity;
    for (let i = 0; i < edges.length; i += 4) {
      near = Math.min(near, gap(x, y, edges[i], edges[i + 1], edges[i + 2], edges[i + 3]));
    }
    return (inside(x, y) ? 1 : -1) * Math.sqrt(near);
  };
  const side = Math.min(box[2] - box[0], box[3] - box[1]) || 1;
  let best = cell((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, 0, reach);
  const queue = [];
  for (let x = box[0]; x < box[2]; x += side) {
    for (let y = box[1]; y < box[3]; y += side) {
      queue.push(cell(x + side / 2, y + side / 2, side / 2, reach));
    }
  }
  for (let turns = 0; queue.length && turns < 200; turns += 1) {
    queue.sort((a, b) => a.hope - b.hope);
    const next = queue.pop();
    if (next.radius > best.radius) best = next;
    if (next.hope - best.radius < precision) break;
    const half = next.half / 2;
    for (const [dx, dy] of [[-half, -half], [half, -half], [-half, half], [half, half]]) {
      queue.push(cell(next.x + dx, next.y + dy, half, reach));
    }
  }
  return best;
}

function meets(a, b) {
  return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];
}

function cell(x, y, half, reach) {
  const radius = reach(x, y);
  return { x, y, half, radius, hope: radius + half * Math.SQRT2 };
}

function gap(x, y, ax, ay, bx, by) {
  const dx = bx - ax;
  const dy = by - ay;
  const length = dx * dx + dy * dy;
  const t = length ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
  return (x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2;
}
