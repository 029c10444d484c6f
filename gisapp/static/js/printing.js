// The page on paper: the print sheet is put on first, so that the map is drawn for its size.

import { byId } from "./dom.js";
import { showScale } from "./mapframe.js";
import { dayName, say } from "./words.js";

/** Dots of the canvas for each of the page: 96 an inch become 288. */
const SHARP = 3;

/** Set up printing; returns what prints when everything in view is drawn. */
export function startPrinting(page) {
  const { map, sheet, free } = page;
  const style = byId("print-style");
  const panel = byId("panel").querySelector(".scroll");
  const lot = byId("lot");
  const [heading, aside, rest] = byId("printed-rest").children;
  let ready = false;
  let cut = null;
  let parts = [];
  let view = null;

  const dress = (media, sharp) => {
    style.media = media;
    sheet.sharp = sharp;
    map.invalidateSize({ animate: false });
    sheet.settle();
    showScale(map);
    sheet.canvases.forEach(solid);
  };
  /** Rows that have no room beside the map, whole, go to the next sheet. */
  const overleaf = () => {
    const block = byId("list-block");
    cut = [...block.querySelectorAll("ol.urgent")].find((list) => list.checkVisibility()) ?? byId("list");
    const foot = block.getBoundingClientRect().bottom;
    rest.append(...[...cut.children].filter((row) => row.getBoundingClientRect().bottom > foot + 1));
    // What stands beside the rows needs room, too; it follows them where there is none.
    const full = () => block.scrollHeight > block.clientHeight + 1;
    while (full() && cut.children.length) rest.prepend(cut.lastElementChild);
    parts = [...lot.children];
    for (const part of parts.toReversed()) if (part !== cut && full()) aside.prepend(part);
    rest.parentElement.hidden = !rest.children.length && !aside.children.length;
    heading.textContent = `${byId("title").textContent} · ${byId("list-title").textContent}`;
  };
  const before = () => {
    if (ready) return;
    // The browser's own command does not wait: what is loaded is printed, at the zoom it is loaded for.
    free.hold(true);
    byId("printed").textContent = say("printed_at", { moment: hour(new Date()) });
    view = { centre: map.getCenter(), zoom: map.getZoom(), top: panel.scrollTop };
    panel.scrollTop = 0;
    dress("all", SHARP);
    overleaf();
  };
  const after = () => {
    if (!view) return;
    ready = false;
    cut.append(...rest.children);
    if (aside.children.length) lot.replaceChildren(...parts);
    dress("print", 0);
    map.setView(view.centre, view.zoom, { animate: false });
    panel.scrollTop = view.top;
    view = null;
    free.hold(false);
    free.fit();
  };
  window.addEventListener("beforeprint", before);
  window.addEventListener("afterprint", after);

  return async () => {
    await Promise.all([page.labelled, page.theme.worth ? page.list.rest() : null]);
    const seen = map.getBounds();
    before();
    ready = true;
    map.fitBounds(seen, { animate: false });
    showScale(map);
    await sheet.settled();
    window.print();
  };
}

/**
 * Have the browser print the dots of a canvas: else it draws again what was drawn since the canvas
 * was last wiped, without the pictures of the tiles. A point drawn upon dots that are there ends that.
 */
function solid(canvas) {
  const c = canvas.getContext("2d");
  const copy = document.createElement("canvas").getContext("2d");
  for (const width of [0, 1]) {
    c.clearRect(0, 0, width, width);
    // To copy them there must be dots.
    copy.drawImage(canvas, 0, 0, 1, 1);
  }
}

function hour(at) {
  const two = (n) => String(n).padStart(2, "0");
  const day = dayName(`${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`);
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
