// Notices while the page is idle that somebody else changed the draft.

import { Problem } from "../net.js";

const EVERY = 15_000;

/** `elsewhere(facts)` is called when the server knows a later version, `lost(wrong)` when it refuses to tell. */
export function startWatch(draft, elsewhere, lost) {
  let asking = false;
  const look = async () => {
    if (document.hidden || asking || !draft.isOpen) return;
    asking = true;
    try {
      const found = await draft.peek();
      if (found.version > draft.version || found.state !== draft.facts.state) await elsewhere(found);
    } catch (wrong) {
      if (!(wrong instanceof Problem)) throw wrong;
      // A broken line is told by whatever the reader does next.
      await lost(wrong);
    } finally {
      asking = false;
    }
  };
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
}
