// An office or enterprise that was looked for: a pin with its name, and the grid it lies in.

const CLOSE = 16;

/** Show where it is, and pick its grid. */
export async function pinDown({ scene, sheet, map, free }, row, pick) {
  scene.pin = row;
  const there = new Promise((go) => map.once("moveend", go));
  free.centre([row.lat, row.lon], CLOSE, true);
  await there;
  await sheet.settled();
  const found = sheet.at([row.lat, row.lon]);
  if (scene.pin === row && found?.level === "grid") await pick(scene.places.codes.grid[found.position]);
}
