// Keeps the tiles that were fetched and decoded, oldest out first; never fetches one twice.

import { decode } from "./tile.js";
import { bytes } from "./net.js";

const KEPT = 400;

export class Tiles {
  /** `address(z, x, y, level)` gives a tile's path; `arrived` is called after each one. */
  constructor(address, arrived) {
    this.address = address;
    this.arrived = arrived;
    this.kept = new Map();
    this.waiting = new Map();
    this.failed = false;
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
    if (!this.waiting.has(key)) this.waiting.set(key, this.#fetch(key, level, z, x, y));
    return null;
  }

  /** A tile that is there already, without fetching. */
  peek(level, z, x, y) {
    return this.kept.get(`${level}/${z}/${x}/${y}`) ?? null;
  }

  get busy() {
    return this.waiting.size > 0;
  }

  /** Every decoded shape with this id, with its tile. */
  async #fetch(key, level, z, x, y) {
    try {
      const layers = decode(await bytes(this.address(z, x, y, level)));
      this.kept.set(key, { z, x, y, level, layers, made: new Map() });
      if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
      this.failed = false;
    } catch (wrong) {
      // Stored as empty, so that a broken tile is not asked for on every frame.
      this.kept.set(key, { z, x, y, level, layers: {}, made: new Map(), wrong });
      this.failed = true;
    } finally {
      this.waiting.delete(key);
      this.arrived();
    }
  }
}
