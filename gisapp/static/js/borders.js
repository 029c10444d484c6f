// The borders of a tile by rank: every edge is found twice and drawn once.

import { isCut } from "./tile.js";

/**
 * One path for each rank: rankOf(a, b) says which border two neighbours share; b is -1 where there
 * is no neighbour. Neighbours share their vertices. A path is made when it is first drawn.
 */
export class Borders {
  constructor(shapes, rankOf, ranks) {
    this.shapes = shapes;
    this.paths = new Array(ranks).fill(null);
    this.runs = this.#runs(rankOf, ranks);
  }

  /** The path of a rank. */
  path(rank) {
    this.paths[rank] ??= this.#trace(this.runs[rank]);
    return this.paths[rank];
  }

  /** Rows of [shape, first point, last point] of each rank. */
  #runs(rankOf, ranks) {
    const { owners, slots } = this.#pair();
    const runs = Array.from({ length: ranks }, () => []);
    let edge = 0;
    this.shapes.forEach((one, at) => {
      for (let ring = 1; ring < one.ends.length; ring += 1) {
        let [last, from] = [-1, 0];
        const stop = one.ends[ring] - 2;
        for (let i = one.ends[ring - 1]; i < stop; i += 2, edge += 1) {
          const slot = slots[edge];
          let rank = -1;
          if (slot >= 0 && owners[2 * slot] === at + 1) {
            const other = owners[2 * slot + 1] - 1;
            rank = rankOf(one.id, other < 0 ? -1 : this.shapes[other].id);
          }
          if (rank === last) continue;
          if (last >= 0) runs[last].push(at, from, i);
          [last, from] = [rank, i];
        }
        if (last >= 0) runs[last].push(at, from, stop);
      }
    });
    return runs.map((run) => Uint32Array.from(run));
  }

  /** For each edge a slot, for each slot the one or two shapes that have it (their place + 1). */
  #pair() {
    let edges = 0;
    for (const { ends } of this.shapes) edges += (ends.at(-1) - ends[0]) / 2 - (ends.length - 1);
    const size = 2 ** Math.ceil(Math.log2(2 * edges + 2));
    const keys = new Uint32Array(2 * size);
    const owners = new Int32Array(2 * size);
    const slots = new Int32Array(edges);
    let edge = 0;
    this.shapes.forEach(({ points, ends }, at) => {
      for (let ring = 1; ring < ends.length; ring += 1) {
        for (let i = ends[ring - 1]; i < ends[ring] - 2; i += 2, edge += 1) {
          const [ax, ay, bx, by] = [points[i], points[i + 1], points[i + 2], points[i + 3]];
          if (isCut(ax, ay, bx, by)) {
            slots[edge] = -1;
            continue;
          }
          const a = ((ax + 8192) << 16) | (ay + 8192);
          const b = ((bx + 8192) << 16) | (by + 8192);
          const [low, high] = a < b ? [a, b] : [b, a];
          let slot = (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> 0;
          slot = (slot ^ (slot >>> 15)) & (size - 1);
          while (owners[2 * slot] && (keys[2 * slot] !== low || keys[2 * slot + 1] !== high)) slot = (slot + 1) & (size - 1);
          keys[2 * slot] = low;
          keys[2 * slot + 1] = high;
          if (!owners[2 * slot]) owners[2 * slot] = at + 1;
          else if (owners[2 * slot] !== at + 1) owners[2 * slot + 1] = at + 1;
          slots[edge] = slot;
        }
      }
    });
    return { owners, slots };
  }

  #trace(run) {
    const path = new Path2D();
    for (let at = 0; at < run.length; at += 3) {
      const { points } = this.shapes[run[at]];
      path.moveTo(points[run[at + 1]], points[run[at + 1] + 1]);
      for (let i = run[at + 1] + 2; i <= run[at + 2]; i += 2) path.lineTo(points[i], points[i + 1]);
    }
    return path;
  }
}
