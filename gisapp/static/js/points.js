// Close up, offices and enterprises stand on the map as points; nobody's disputes do.

import { byId } from "./dom.js";
import { ask } from "./net.js";

const CLOSE = 14.5;
const MOST = 1000;

/** Keep the points of what is seen: asked for after a move, dropped further away. */
export function startPoints({ map, scene, sheet }) {
  let turn = 0;
  map.on("moveend", look);

  async function look() {
    const now = (turn += 1);
    const close = map.getZoom() >= CLOSE;
    byId("points-key").hidden = !close;
    if (!close) {
      if (scene.offices.length || scene.points.length) show([], []);
      return;
    }
    const bounds = map.getBounds();
    const bbox = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((one) => one.toFixed(6)).join();
    const [offices, enterprises] = await Promise.all(
      ["offices", "enterprises"].map((layer) => ask(`/api/v1/features/${layer}`, { bbox, limit: MOST })),
    );
    if (now !== turn) return;
    // Half of them would look like all of them: either every enterprise in sight, or none.
    const every = enterprises.numberMatched <= enterprises.features.length;
    byId("points-few").hidden = every;
    byId("points-all").hidden = !every;
    show(offices.features, every ? enterprises.features : []);
  }

  function show(offices, enterprises) {
    scene.offices = offices.map(place);
    scene.points = enterprises.map(place);
    sheet.refresh();
  }
}

function place({ geometry, properties }) {
  const [lon, lat] = geometry.coordinates;
  return { lon, lat, name: properties.name };
}
