// What the draft adds to the sheet: grids it changes (dashed), locks, and the grids that are picked.

import { edge } from "../marks.js";

const INK = "#16202B";
const DASHED = [["#FFFFFFE6", 3.4], [INK, 2, [6, 4]]];
const DASHED_SMALL = [["#FFFFFFB3", 2], [INK, 1.1, [3, 2]]];
const PICKED = [["#FFFFFF", 6], [INK, 2.6]];
const LEAST = 13;
const LOCK_RADIUS = 8.5;

/** Draw them on the pen of the ground, under names and selection. */
export function drawEdits(sheet, c, picked, isDraft) {
  const { scene, view } = sheet;
  if (view.level !== "grid") return;
  const { locked } = scene.values.grid ?? {};
  const changed = isDraft ? scene.values.grid?.changed : null;
  const locks = [];
  const dashed = sheet.zoom >= LEAST ? DASHED : DASHED_SMALL;
  const seen = new Set();
  for (const { tile } of view.tiles) {
    if (tile?.level !== "grid") continue;
    for (const { id } of tile.layers.grid ?? []) {
      if (seen.has(id)) continue;
      seen.add(id);
      if (changed?.[id] && !picked.has(id)) edge(c, sheet, { level: "grid", position: id }, dashed);
      if (locked?.[id]) locks.push(id);
    }
  }
  for (const id of picked) if (seen.has(id)) edge(c, sheet, { level: "grid", position: id }, PICKED);
  if (sheet.zoom >= LEAST) for (const id of locks) lock(c, sheet, id);
}

/** A small lock at the upper right of where the sign stands, when the grid has room for it. */
function lock(c, sheet, position) {
  const pieces = sheet.pieces("grid", position);
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { one, left, top, k } of pieces) {
    box[0] = Math.min(box[0], left + one.box[0] * k);
    box[1] = Math.min(box[1], top + one.box[1] * k);
    box[2] = Math.max(box[2], left + one.box[2] * k);
    box[3] = Math.max(box[3], top + one.box[3] * k);
  }
  if (Math.min(box[2] - box[0], box[3] - box[1]) < 26) return;
  const stamped = sheet.scene.paint("grid", position)?.stamped;
  const x = (box[0] + box[2]) / 2 + (stamped ? 15 : 0);
  const y = (box[1] + box[3]) / 2 - (stamped ? 15 : 0);
  c.setTransform(sheet.ratio, 0, 0, sheet.ratio, 0, 0);
  c.setLineDash([]);
  c.beginPath();
  c.arc(x, y, LOCK_RADIUS, 0, 7);
  c.fillStyle = "#FFFFFF";
  c.strokeStyle = INK;
  c.lineWidth = 1.2;
  c.fill();
  c.stroke();
  c.fillStyle = INK;
  c.fillRect(x - 3.6, y - 0.8, 7.2, 5);
  c.beginPath();
  c.arc(x, y - 1, 2.3, Math.PI, 0);
  c.lineWidth = 1.4;
  c.stroke();
}
