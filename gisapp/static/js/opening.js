// How a large town opens: what is drawn comes first and alone, what nobody sees yet after it.

import { ask } from "./net.js";
import { config } from "./words.js";

/** How long what is not seen yet waits for what is: a page that nobody looks at is not painted. */
const PATIENCE_MS = 10_000;

export class Opening {
  constructor({ scene, sheet }, query) {
    Object.assign(this, { scene, sheet, query });
    this.seen = new Promise((go) => (this.see = go));
    sheet.on("seen", this.painted, this);
  }

  /** The first time that shapes stand with their values is what a reader waits for: it is marked. */
  painted() {
    if (!this.scene.values[this.sheet.view.level]) return;
    this.sheet.off("seen", this.painted, this);
    performance.mark("painted");
    this.see();
  }

  /** The values of a level above grids, until they are seen: they are few. */
  async values(level) {
    const found = await ask(`/values/${config.layer}`, { level, ...this.query });
    if (found.revision !== config.revision) return;
    this.scene.take(level, found.columns);
    this.sheet.refresh();
    await Promise.race([this.seen, new Promise((go) => setTimeout(go, PATIENCE_MS))]);
  }

  /** The codes of all grids, where the page began without them. */
  async codes() {
    const { places } = this.scene;
    if (places.whole) return;
    places.take(await ask(`/geometry/${config.revision}/ids`));
    this.scene.trouble = null;
    this.sheet.settle();
  }
}
