// Keeps the tiles that were fetched and decoded, oldest out first; never fetches one twice.

import { decode } from "./tile.js";
import { bytes } from "./net.js";

const KEPT = 400;

/** Shapes of all kept tiles together, so that close-packed tiles do not fill the memory. */
const MOST_SHAPES = 160_000;

/** A tile that did not come for another reason than this is asked for again when so much time has gone. */
const GONE = 404;
const AGAIN_MS = 5_000;

/** Decoding stops for a frame after this long. */
const SLICE_MS = 24;

export class Tiles {
  /** `address(z, x, y, level)` gives a tile's path; `arrived` is called when some have come, `gone` when there are none any more. */
  constructor(address, arrived, gone = () => {}) {
    Object.assign(this, { address, arrived, gone });
    this.kept = new Map();
    this.shapes = 0;
    this.waiting = new Set();
    this.raw = [];
  }

  /** The tile, if it is there; else it is on its way, and null. */
  get(level, z, x, y) {
    const key = `${level}/${z}/${x}/${y}`;
    const found = this.kept.get(key);
    if (found) {
      this.kept.delete(key);
      this.kept.set(key, found);
      return found;
    }
    if (!this.waiting.has(key)) this.#fetch({ key, level, z, x, y });
    return null;
  }

  /** A tile that is there already, without fetching. */
  peek(level, z, x, y) {
    return this.kept.get(`${level}/${z}/${x}/${y}`) ?? null;
  }

  get busy() {
    return this.waiting.size > 0;
  }

  async #fetch(tile) {
    this.waiting.add(tile.key);
    try {
      this.raw.push([tile, await bytes(this.address(tile.z, tile.x, tile.y, tile.level))]);
    } catch (wrong) {
      // Stored as empty, so that a broken tile is not asked for on every frame.
      this.raw.push([{ ...tile, wrong }, null]);
      if (wrong.status === GONE) this.gone(wrong);
      else setTimeout(() => this.kept.delete(tile.key), AGAIN_MS);
    }
    if (this.raw.length === 1) setTimeout(() => this.#decode());
  }

  /** Decode what has come, for a slice of time; the rest after the next frame. */
  #decode() {
    const end = performance.now() + SLICE_MS;
    while (this.raw.length && performance.now() < end) {
      const [tile, data] = this.raw.shift();
      this.#keep({ ...tile, layers: {}, made: new Map() }, data);
      this.waiting.delete(tile.key);
    }
    if (this.raw.length) requestAnimationFrame(() => setTimeout(() => this.#decode()));
    this.arrived();
  }

  #keep(tile, data) {
    try {
      tile.layers = decode(data);
    } catch (wrong) {
      tile.wrong = wrong;
    }
    tile.size = Object.values(tile.layers).reduce((sum, shapes) => sum + shapes.length, 0);
    this.shapes += tile.size;
    this.kept.set(tile.key, tile);
    for (const [key, old] of this.kept) {
      if (key === tile.key || (this.kept.size <= KEPT && this.shapes <= MOST_SHAPES)) break;
      this.kept.delete(key);
      this.shapes -= old.size;
    }
  }
}
