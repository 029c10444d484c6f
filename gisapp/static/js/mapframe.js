// Takes over the map folium made: our controls, and a centre that means the free part of the map.

import { byId } from "./dom.js";
import { isPhone } from "./drawer.js";
import { config, figure, say } from "./words.js";

const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");
const ROUND = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000];
const BAR = 96;

/** Pixels kept free around what is shown. */
const MARGIN = 40;

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

  /** Padding that keeps the view clear of what floats on the map. */
  const padding = () => ({
    paddingTopLeft: [14, isPhone() ? 60 : 14],
    paddingBottomRight: [14, 14],
  });
  // As long as nobody moved the map it shows everything, also when a card takes some of its width.
  let all = true;
  let ours = false;
  const whole = (animate = false) => {
    ours = true;
    map.fitBounds(bounds, { ...padding(), animate: animate && !CALM.matches });
    ours = false;
    all = true;
  };
  map.on("movestart zoomstart", () => {
    if (!ours) all = false;
  });

  map.invalidateSize({ animate: false });
  map.setMinZoom(Math.min(9, map.getBoundsZoom(bounds) - 1));
  map.setMaxZoom(18);
  const wide = 0.6 * Math.max(n - s, e - w);
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

  let lifted = 84;
  return {
    whole,
    fit,
    /** Leave the map as it is, whatever room it gets: somebody prints. */
    hold(on) {
      held = on;
    },
    /** Keep the centre of the map above what the drawer covers. */
    lift(covered) {
      if (covered === lifted) return;
      map.panBy([0, (covered - lifted) / 2], { animate: !CALM.matches, duration: 0.2 });
      lifted = covered;
    },
    /** Show all between west, south, east and north in what the drawer leaves free. */
    show([w, s, e, n], maxZoom) {
      const foot = MARGIN + (isPhone() ? lifted - 84 : 0);
      const room = { paddingTopLeft: [MARGIN, MARGIN], paddingBottomRight: [MARGIN, foot] };
      map.fitBounds([[s, w], [n, e]], { ...room, maxZoom, animate: !CALM.matches });
    },
    /** Centre a place in what the drawer or card leaves free. */
    centre(place, zoom, always = false) {
      const covered = isPhone() ? byId("card").clientHeight || 0 : 0;
      const size = map.getSize();
      const free = { x: size.x, y: size.y - Math.max(0, covered - 84) };
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
