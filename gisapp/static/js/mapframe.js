// Takes over the map folium made: our controls, and a centre that means the free part of the map.

import { byId } from "./dom.js";
import { isPhone } from "./drawer.js";
import { config, figure, say } from "./words.js";

const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");
const ROUND = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000];
const BAR = 96;

/** Pixels kept free around what is shown, and around everything. */
const MARGIN = 40;
const EDGE = 14;

/** On the phone the switch between map and table floats over so much of its top. */
const SWITCH = 60;

/** Set up the map and return {centre(place, zoom), whole()}. */
export function frameMap(map) {
  map.options.zoomSnap = 0.25;
  map.options.zoomDelta = 0.75;
  map.options.wheelPxPerZoomLevel = 110;
  map.options.zoomAnimation = !CALM.matches;
  map.options.fadeAnimation = false;
  map.keyboard.disable();
  map.doubleClickZoom?.enable();
  map.attributionControl?.setPrefix("Leaflet");
  const home = map.getContainer();
  home.tabIndex = 0;
  home.setAttribute("role", "application");
  home.setAttribute("aria-label", config.title);
  home.setAttribute("aria-describedby", "caption");
  const [w, s, e, n] = config.bounds;
  const bounds = [[s, w], [n, e]];

  /** How much of the map a drawer of this height covers: below the map stand its strip and, on some pages, the months. */
  const under = (height) => {
    const below = home.closest("main").getBoundingClientRect().bottom - home.getBoundingClientRect().bottom;
    return Math.max(0, height - below);
  };
  let lifted = 0;
  /** How much of it the panel's drawer covers, or the card's over it. */
  const covered = () => (isPhone() ? under(Math.max(lifted, byId("card")?.clientHeight ?? 0)) : 0);

  /** Padding that keeps the view clear of what floats on the map, and of the drawer. */
  const padding = (margin) => ({
    paddingTopLeft: [margin, isPhone() ? SWITCH : margin],
    paddingBottomRight: [margin, margin + covered()],
  });
  // As long as nobody moved the map it shows everything, also when a card takes some of its width.
  let all = true;
  let ours = false;
  const whole = (animate = false) => {
    ours = true;
    map.fitBounds(bounds, { ...padding(EDGE), animate: animate && !CALM.matches });
    ours = false;
    all = true;
  };
  map.on("movestart zoomstart", () => {
    if (!ours) all = false;
  });

  map.invalidateSize({ animate: false });
  map.setMinZoom(Math.min(9, map.getBoundsZoom(bounds) - 1));
  map.setMaxZoom(18);
  // The drawer covers half of a phone's map: what is at the city's edge must come out from under it.
  const wide = (isPhone() ? 1.5 : 0.6) * Math.max(n - s, e - w);
  map.setMaxBounds([[s - wide, w - wide], [n + wide, e + wide]]);
  whole();
  byId("zoom-in").addEventListener("click", () => map.zoomIn());
  byId("zoom-out").addEventListener("click", () => map.zoomOut());
  byId("zoom-all").addEventListener("click", () => whole(true));
  let held = false;
  const fit = () => {
    if (held) return;
    const still = all;
    map.invalidateSize({ animate: false, pan: false });
    if (still && !isPhone()) whole();
  };
  new ResizeObserver(fit).observe(home);
  showScale(map);

  return {
    whole,
    fit,
    /** Leave the map as it is, whatever room it gets: somebody prints. */
    hold(on) {
      held = on;
    },
    /** Keep the centre of the map above what the drawer covers. */
    lift(covered) {
      const by = (under(covered) - under(lifted)) / 2;
      if (by) map.panBy([0, by], { animate: !CALM.matches, duration: 0.2 });
      lifted = covered;
    },
    /** Show all between west, south, east and north in what the drawer leaves free. */
    show([w, s, e, n], maxZoom) {
      map.fitBounds([[s, w], [n, e]], { ...padding(MARGIN), maxZoom, animate: !CALM.matches });
    },
    /** Centre a place in what the drawer or card leaves free. */
    centre(place, zoom, always = false) {
      const size = map.getSize();
      const free = { x: size.x, y: size.y - covered() };
      const at = map.latLngToContainerPoint(place);
      const inside = at.x > 60 && at.y > 60 && at.x < free.x - 60 && at.y < free.y - 40;
      if (inside && !always && zoom <= map.getZoom()) return;
      const aim = map.project(place, zoom).add([0, (size.y - free.y) / 2]);
      map.setView(map.unproject(aim, zoom), zoom, { animate: !CALM.matches, duration: 0.3 });
    },
  };
}

/** The scale bar: the longest round length that fits. */
export function showScale(map) {
  const y = map.getSize().y / 2;
  const across = map.distance(map.containerPointToLatLng([0, y]), map.containerPointToLatLng([BAR, y]));
  const metres = ROUND.filter((length) => length <= across).at(-1) ?? ROUND[0];
  byId("scale-bar").style.width = `${(BAR * metres) / across}px`;
  byId("scale-word").textContent =
    metres >= 1000 ? say("km", { n: figure(metres / 1000) }) : say("m", { n: figure(metres) });
}
