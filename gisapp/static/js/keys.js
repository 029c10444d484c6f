// The map by keyboard: arrows to the neighbour, N and P along the list, the rest by letter.

import { announce, byId } from "./dom.js";
import { DIRECTION, neighbour } from "./walk.js";
import { say, together } from "./words.js";

/** Whether keys that are letters belong to what is being written. */
export function isTyping(target) {
  return Boolean(target.matches?.("input:not([type=radio],[type=checkbox]), select, textarea"));
}

export function startKeys(page) {
  const { map, scene, sheet } = page;
  const home = map.getContainer();
  const dialog = byId("keys");
  let leaving = false;

  home.addEventListener("focus", async () => {
    scene.focused = home.matches(":focus-visible");
    if (scene.focused && !leaving && !page.state.code && page.list.rows.length) {
      await walkTo(page.list.rows[0].code, "");
    }
    sheet.remark();
  });
  home.addEventListener("blur", () => {
    scene.focused = false;
    sheet.remark();
  });

  home.addEventListener("keydown", async (event) => {
    const by = { ArrowUp: [0, -90], ArrowDown: [0, 90], ArrowLeft: [-90, 0], ArrowRight: [90, 0] }[event.key];
    if (by && event.shiftKey) map.panBy(by);
    else if (by) await arrow(event.key);
    else if (page.toggle && (event.key === " " || (event.key === "Enter" && event.shiftKey))) page.toggle(page.state.code);
    else if (event.key === "Enter" && page.state.code) await page.card.show(page.state.code, true, true);
    else if (event.key === "+" || event.key === "=") map.zoomIn();
    else if (event.key === "-" || event.key === "_") map.zoomOut();
    else return;
    event.preventDefault();
  });

  document.addEventListener("keydown", async (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    if (isTyping(event.target)) return;
    if (event.key === "Escape") {
      if (!page.state.code) return;
      leave(page.state.code);
    } else if (event.key === "n" || event.key === "N") await step(1);
    else if (event.key === "p" || event.key === "P") await step(-1);
    else if (event.key === "t" || event.key === "T") {
      page.showTable(!page.state.table);
      (page.state.table ? (page.table ?? byId("ledger")) : home).focus();
    } else if (event.key === "/") byId("search").focus();
    else if (event.key === "?") dialog.showModal();
    else return;
    event.preventDefault();
  });
  byId("keys-open").addEventListener("click", () => dialog.showModal());

  async function arrow(key) {
    const here = page.state.code ? scene.places.at.get(page.state.code) : null;
    if (!here) return walkTo(page.list.rows[0]?.code, "");
    // Further out, or while it is still being drawn, nobody can tell who lies beside it.
    if (sheet.view.level !== here.level || !sheet.pieces(here.level, here.position).length) {
      const row = await page.card.row(page.state.code);
      page.bring(row.lat, row.lon);
    }
    await sheet.settled();
    const next = neighbour(sheet, here.position, key);
    if (next < 0) return announce(say("no_neighbour"));
    return walkTo(scene.places.codes[here.level][next], say(`neighbour_${DIRECTION[key]}`));
  }

  /** Close the card, and stay at its place; where there is none, leave the place. */
  function leave(code) {
    const { isOpen } = page.card;
    page.leave();
    if (isOpen) page.pick(code, { fly: true, open: false });
    leaving = true;
    home.focus();
    leaving = false;
  }

  async function step(by) {
    const code = await page.list.step(page.state.code, by);
    if (code) await walkTo(code, "", true);
  }

  /** Pick, bring into view, and say sign word, name, reason and the way there. */
  async function walkTo(code, way, fly = false) {
    if (!code) return;
    const shown = page.card.isOpen;
    await page.pick(code, { fly: true, open: fly || shown });
    const row = await page.card.row(code);
    if (page.state.code !== code) return;
    if (!fly && !shown) page.bring(row.lat, row.lon);
    const paint = page.theme.paintOf(scene, row);
    announce(together([paint?.word, row.name, row.sentence, way]));
  }
}
