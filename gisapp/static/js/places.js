// What is known of all places: codes and parents by level, and the rank of the border two share.

export const LEVELS = ["township", "community", "grid"];

/** Border ranks, thin to thick. */
export const RANK = { grid: 0, community: 1, township: 2, county: 3 };

const SMALL = 3000;

/** The zoom from which communities are drawn. */
const COMMUNITIES = 11;

export class Places {
  /** `count` is the number of grids, for `ids` may come without them at first; see `take`. */
  constructor(ids, count = ids.grid.length) {
    this.count = count;
    this.small = count <= SMALL;
    this.take(ids);
    /** Show grids one zoom earlier than usual, because the reader asked for it. */
    this.early = false;
  }

  /** Take the codes of all levels, or of the upper ones: then no closer level is drawn yet. */
  take(ids) {
    this.codes = { grid: ids.grid ?? [], community: ids.community ?? [], township: ids.township };
    this.parent = ids.parent;
    this.whole = Boolean(ids.grid);
    this.coarse = !ids.community;
    this.places = null;
  }

  /** Whether the codes of what a zoom draws are still to come; those of grids are waited for later. */
  lacks(zoom) {
    return this.coarse && zoom >= COMMUNITIES;
  }

  /** Where a code is: {level, position}. Made when a place is first looked up. */
  get at() {
    if (!this.places) {
      this.places = new Map();
      for (const level of LEVELS) {
        this.codes[level].forEach((code, position) => this.places.set(code, { level, position }));
      }
    }
    return this.places;
  }

  /** The zoom from which grids are drawn. */
  get closest() {
    return (this.small ? 12 : 13) - (this.early ? 1 : 0);
  }

  /** Which level is drawn at a tile zoom. A small town shows its grids earlier. */
  levelAt(zoom) {
    if (zoom >= this.closest && this.whole) return "grid";
    return zoom >= COMMUNITIES && !this.coarse ? "community" : "township";
  }

  /** The position one level up, -1 for none. */
  up(level, position) {
    if (position < 0 || level === "township") return -1;
    return this.parent[level]?.[position] ?? -1;
  }

  /** The township a place lies in. */
  township(level, position) {
    if (level === "township") return position;
    const community = level === "grid" ? this.up("grid", position) : position;
    return this.up("community", community);
  }

  /** Which border two neighbours of `level` share; the edge of everything counts as a township's. */
  rank(level, a, b) {
    if (b < 0) return RANK.township;
    const [one, two] = [this.township(level, a), this.township(level, b)];
    if (this.#county(one) !== this.#county(two)) return RANK.county;
    if (one !== two || level === "township") return RANK.township;
    if (level === "community" || this.up("grid", a) !== this.up("grid", b)) return RANK.community;
    return RANK.grid;
  }

  #county(township) {
    return township < 0 ? "" : (this.codes.township[township] ?? "").slice(0, 6);
  }
}
