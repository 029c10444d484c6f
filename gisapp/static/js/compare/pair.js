// Two maps that are one: the same view, a cross-hair and a tip in both.

import { byId, styled } from "../dom.js";
import { frameMap } from "../mapframe.js";

const MIDDLE = 14;

/** Tie the maps together; returns what `frameMap` gives for the left one. */
export function tie(left, right) {
  const free = frameMap(left);
  left.options.zoomAnimation = false;
  Object.assign(right.options, left.options, { zoomAnimation: false });
  right.keyboard.disable();
  right.attributionControl?.setPrefix("Leaflet");
  right.setMinZoom(left.getMinZoom()).setMaxZoom(left.getMaxZoom());
  right.setMaxBounds(left.options.maxBounds);
  const home = right.getContainer();
  home.setAttribute("role", "img");
  home.setAttribute("aria-label", byId("after-title").textContent.trim());
  home.tabIndex = -1;
  new ResizeObserver(() => right.invalidateSize({ animate: false, pan: false })).observe(home);
  let busy = false;
  const follow = (from, to) => () => {
    if (busy) return;
    busy = true;
    to.setView(from.getCenter(), from.getZoom(), { animate: false });
    busy = false;
  };
  left.on("move zoomend moveend resize", follow(left, right));
  right.on("move zoomend moveend", follow(right, left));
  follow(left, right)();
  return free;
}

/** Where the pointer is, in both maps: `seen(place)` is told, null when it leaves. */
export function crosshair(maps, seen) {
  const lines = [...document.querySelectorAll(".crosshair")];
  const show = (point) => {
    for (const line of lines) {
      line.hidden = !point;
      if (point) styled(line, { "--x": `${point.x}px`, "--y": `${point.y}px` });
    }
  };
  for (const map of maps) {
    map.on("mousemove", (event) => {
      show(event.containerPoint);
      seen(event.latlng);
    });
    map.on("mouseout", () => {
      show(null);
      seen(null);
    });
    map.on("movestart", () => show(null));
  }
}

/** Put the two tips beside a place of the ground; hidden where it is out of sight. */
export function tips(maps, place, texts) {
  maps.forEach((map, side) => {
    const tip = byId(side ? "tip-after" : "tip-before");
    const at = place && map.latLngToContainerPoint(place);
    const size = map.getSize();
    const inside = at && at.x > 0 && at.y > 0 && at.x < size.x && at.y < size.y;
    tip.hidden = !inside || !texts[side];
    if (tip.hidden) return;
    tip.textContent = texts[side];
    const width = tip.offsetWidth;
    const x = Math.max(6, Math.min(at.x + MIDDLE, size.x - width - 6));
    const y = at.y > size.y - 60 ? at.y - 44 : at.y + MIDDLE;
    styled(tip, { translate: `${x}px ${y}px` });
  });
}
