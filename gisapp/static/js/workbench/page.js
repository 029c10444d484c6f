// The workbench page: opens the sheet and the draft, and hands them to the bench.

import { byId } from "../dom.js";
import { frameMap } from "../mapframe.js";
import { ask, Problem } from "../net.js";
import { Places } from "../places.js";
import { Scene } from "../scene.js";
import { Sheet } from "../sheet.js";
import { showTrouble } from "../trouble.js";
import { config, say } from "../words.js";
import { Bench } from "./bench.js";

const map = window.map_grid;

/** The bench, once it is open, and what went wrong before that. */
let open = null;
let early = null;

window.addEventListener("unhandledrejection", (event) => {
  const wrong = event.reason;
  if (!(wrong instanceof Problem)) return;
  event.preventDefault();
  if (open) open.missed(wrong);
  else showTrouble((early = wrong));
});

start();

async function start() {
  const free = frameMap(map);
  const ids = await ask(`/geometry/${config.revision}/ids`);
  const places = new Places(ids);
  if (!places.count) {
    showTrouble(new Problem(say("empty_town"), ""));
    return;
  }
  const scene = new Scene(places);
  const sheet = new Sheet(scene, {
    geometry: (z, x, y, level) => `/geometry/${config.revision}/${z}/${x}/${y}.mvt${asked(places, z, level)}`,
    context: (z, x, y) => `/context/${config.context}/${z}/${x}/${y}.mvt`,
  });
  const bench = new Bench({ map, scene, sheet, free });
  await bench.open();
  byId("veil").hidden = true;
  open = bench;
  if (early) bench.missed(early);
}

/** A small town shows its grids before the zoom at which a tile holds them. */
function asked(places, zoom, level) {
  const usual = zoom <= 10 ? "township" : zoom <= 12 ? "community" : "grid";
  return level === usual ? "" : `?level=${level}`;
}
