// Picking an area: a box drawn with Shift or while several are picked, a community, all gaps in view.

import { el, styled } from "../dom.js";
import { centres } from "../walk.js";

/** A drag shorter than this is a click, in pixels. */
const LEAST = 6;

/** Let a box be drawn on the map; `on()` tells whether it needs no Shift, `drawn(positions)` takes its grids. */
export function startBox(bench, on, drawn) {
  const { map } = bench;
  const home = map.getContainer();
  const frame = el("div", { class: "box-drawn", hidden: true });
  home.append(frame);
  map.boxZoom.disable();
  let from = null;
  let moved = false;

  const at = (event) => {
    const { left, top } = home.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  const end = () => {
    if (!from) return;
    from = null;
    frame.hidden = true;
    map.dragging.enable();
  };

  home.addEventListener(
    "pointerdown",
    (event) => {
      if (from) {
        // A second finger: the map is pinched, and nothing is drawn.
        end();
        moved = false;
        return;
      }
      if (event.button || !(event.shiftKey || on()) || !event.isPrimary) return;
      from = at(event);
      moved = false;
      map.dragging.disable();
    },
    true,
  );
  window.addEventListener("pointermove", (event) => {
    if (!from || !event.isPrimary) return;
    const [x, y] = at(event);
    const [wide, high] = [Math.abs(x - from[0]), Math.abs(y - from[1])];
    moved ||= Math.max(wide, high) >= LEAST;
    frame.hidden = !moved;
    styled(frame, {
      translate: `${Math.min(x, from[0])}px ${Math.min(y, from[1])}px`,
      width: `${wide}px`,
      height: `${high}px`,
    });
  });
  window.addEventListener("pointerup", (event) => {
    if (!from || !event.isPrimary) return;
    const box = [from, at(event)];
    end();
    if (moved) drawn(within(bench, box));
  });
  window.addEventListener("pointercancel", end);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !from) return;
    end();
    event.stopImmediatePropagation();
  }, true);
  // What ends a box is no click on a grid.
  home.addEventListener(
    "click",
    (event) => {
      if (!moved) return;
      moved = false;
      event.stopImmediatePropagation();
    },
    true,
  );
}

/** Positions of the grids whose middle lies in a box of the map; further out, of its communities or townships. */
export function within({ map, sheet, scene }, [one, other]) {
  const corners = [one, other].map((point) => {
    const { lat, lng } = map.containerPointToLatLng(point);
    return sheet.point(lat, lng);
  });
  const [left, right] = corners.map(({ x }) => x).sort((a, b) => a - b);
  const [top, bottom] = corners.map(({ y }) => y).sort((a, b) => a - b);
  const there = new Set();
  for (const [id, { x, y }] of centres(sheet)) if (x >= left && x <= right && y >= top && y <= bottom) there.add(id);
  return sheet.view.level === "grid" ? [...there] : below(scene.places, sheet.view.level, there);
}

/** Positions of the grids in some communities or townships. */
export function below(places, level, there) {
  const above = level === "community" ? (at) => places.up("grid", at) : (at) => places.township("grid", at);
  return places.codes.grid.map((_, at) => at).filter((at) => there.has(above(at)));
}

/** Positions of the grids in view that lack something and are not hidden. */
export function gapsInView(bench) {
  const { map, scene } = bench;
  const { x, y } = map.getSize();
  const { state } = scene.values.grid;
  return within(bench, [[0, 0], [x, y]]).filter((at) => state[at] !== "served" && !scene.hidden.has(String(state[at])));
}
