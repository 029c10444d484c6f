// Notices while the page is idle that somebody else changed the draft.

import { Problem } from "../net.js";

const EVERY = 15_000;

/** `elsewhere(facts)` is called when the server knows a later version than the page. */
export function startWatch(draft, elsewhere) {
  let asking = false;
  const look = async () => {
    if (document.hidden || asking || !draft.facts) return;
    asking = true;
    try {
      const found = await draft.peek();
      if (found.version > draft.version || found.state !== draft.facts.state) await elsewhere(found);
    } catch (wrong) {
      // A broken line is told by whatever the reader does next.
      if (!(wrong instanceof Problem)) throw wrong;
    } finally {
      asking = false;
    }
  };
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
}
