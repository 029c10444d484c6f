// Finding the neighbour in a direction, and whose place is where on the page.

const TURN = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export const DIRECTION = {
  ArrowUp: "north",
  ArrowDown: "south",
  ArrowLeft: "west",
  ArrowRight: "east",
};

/** Centres of all places on the sheet, in pixels: position → {x, y}. */
export function centres(sheet) {
  const level = sheet.view.level;
  const boxes = new Map();
  for (const { tile, left, top, k } of sheet.view.tiles) {
    if (tile?.level !== level) continue;
    for (const one of tile.layers[level] ?? []) {
      const [x0, y0, x1, y1] = [left + one.box[0] * k, top + one.box[1] * k, left + one.box[2] * k, top + one.box[3] * k];
      const box = boxes.get(one.id);
      if (!box) boxes.set(one.id, [x0, y0, x1, y1]);
      else {
        box[0] = Math.min(box[0], x0);
        box[1] = Math.min(box[1], y0);
        box[2] = Math.max(box[2], x1);
        box[3] = Math.max(box[3], y1);
      }
    }
  }
  const found = new Map();
  for (const [id, [x0, y0, x1, y1]] of boxes) found.set(id, { x: (x0 + x1) / 2, y: (y0 + y1) / 2 });
  return found;
}

/** The nearest place in the direction of an arrow key, or -1. Off the axis counts double. */
export function neighbour(sheet, position, key) {
  const all = centres(sheet);
  const here = all.get(position);
  if (!here) return -1;
  const [dx, dy] = TURN[key];
  let best = -1;
  let least = Infinity;
  for (const [id, { x, y }] of all) {
    if (id === position) continue;
    const along = (x - here.x) * dx + (y - here.y) * dy;
    const across = Math.abs((x - here.x) * dy) + Math.abs((y - here.y) * dx);
    if (along <= 0 || across > along * 1.6) continue;
    const far = along + 2 * across;
    if (far < least) [best, least] = [id, far];
  }
  return best;
}
