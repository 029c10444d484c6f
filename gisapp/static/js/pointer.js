// Mouse and finger on the map: a tip while hovering, a pick on a click.

import { byId, styled } from "./dom.js";

const PAUSE = 80;

export function startPointer(page) {
  const { map, scene, sheet } = page;
  const tip = byId("tip");
  let timer = 0;
  let last = "";

  map.on("mousemove", (event) => {
    const found = sheet.at(event.latlng);
    const key = found ? `${found.level} ${found.position}` : "";
    map.getContainer().style.cursor = found ? "pointer" : "";
    const box = map.getSize();
    const { x, y } = event.containerPoint;
    const left = x > box.x - 260 ? x - tip.offsetWidth - 14 : x + 14;
    styled(tip, { translate: `${Math.max(4, left)}px ${y > 60 ? y - 36 : y + 18}px` });
    if (key === last) return;
    last = key;
    scene.hover = found;
    sheet.remark();
    tip.hidden = true;
    clearTimeout(timer);
    if (found) timer = setTimeout(() => show(found), PAUSE);
  });
  map.on("mouseout", hide);
  map.on("movestart", hide);
  map.on("click", (event) => {
    const found = sheet.at(event.latlng);
    hide();
    if (!found) return;
    const code = scene.places.codes[found.level][found.position];
    if (found.level === "grid") page.pick(code, { more: event.originalEvent.shiftKey });
    else map.setView(event.latlng, Math.min(14, Math.floor(map.getZoom()) + (found.level === "township" ? 2 : 1)));
  });

  function show(found) {
    tip.textContent = page.theme.tip(page, found);
    tip.hidden = !tip.textContent;
  }

  function hide() {
    clearTimeout(timer);
    tip.hidden = true;
    last = "";
    if (scene.hover) {
      scene.hover = null;
      sheet.remark();
    }
  }
}
