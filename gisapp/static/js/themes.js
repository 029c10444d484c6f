// What differs between the maps: the sentence on top, the figure in the list, the rest of the card.

import { coverage } from "./coverage.js";
import { hotspots } from "./hotspots.js";
import { plan } from "./plan.js";
import { usual } from "./usual.js";

const OWN = { coverage, hotspots, plan };

/** The theme of a layer; one of an installation's own layers gets the usual one. */
export const THEMES = new Proxy(OWN, { get: (own, name) => ({ ...usual, ...own[name] }) });
