// What is picked out on the sheet: hover, selection, keyboard focus, offices and lines to grids.

import { fontFamily } from "./patterns.js";
import { outline } from "./tile.js";

const INK = "#16202B";
const AMBER = "#FFC83D";

/** Draw all marks on the pen. */
export function drawMarks(sheet, c) {
  const scene = sheet.scene;
  // Hulls wipe out what is inside them: they come first, the one that is picked last of them.
  const isPicked = (cluster) => cluster === scene.alert || cluster.rank === scene.cluster;
  const clusters = [...scene.clusters, ...(scene.alert ? [scene.alert] : [])].sort((a, b) => isPicked(a) - isPicked(b));
  for (const cluster of clusters) hull(c, sheet, cluster, isPicked(cluster));
  if (scene.area) hull(c, sheet, scene.area, true);
  for (const line of scene.lines) arc(c, sheet, line);
  const { hover, selected, focused } = scene;
  if (hover && !same(hover, selected)) edge(c, sheet, hover, [["#FFFFFF", 3], [INK, 1.8]]);
  if (selected) {
    const rings = focused ? [[AMBER, 12], ["#FFFFFF", 6.5], [INK, 3]] : [["#FFFFFF", 7], [INK, 3]];
    edge(c, sheet, selected, rings);
  }
  for (const line of scene.lines) ends(c, sheet, line);
  for (const office of scene.offices) square(c, sheet, office.lat, office.lon, 4);
  for (const shop of scene.points) dot(c, sheet, shop.lat, shop.lon);
  for (const cluster of clusters) rank(c, sheet, cluster, isPicked(cluster));
  if (scene.pin) pin(c, sheet, scene.pin);
}

/** A drop whose point is at the place. */
function pin(c, sheet, { lat, lon }) {
  const { x, y } = sheet.point(lat, lon);
  c.setTransform(sheet.ratio, 0, 0, sheet.ratio, 0, 0);
  c.setLineDash([]);
  c.beginPath();
  c.moveTo(x, y);
  c.arc(x, y - 22, 10, 0.85 * Math.PI, 0.15 * Math.PI);
  c.closePath();
  c.fillStyle = AMBER;
  c.lineJoin = "round";
  for (const [colour, width] of [["#FFFFFF", 6], [INK, 2.5]]) {
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.stroke();
  }
  c.fill();
  c.beginPath();
  c.arc(x, y - 22, 3.5, 0, 7);
  c.fillStyle = INK;
  c.fill();
}

/** The line around all grids of a cluster or area together: drawn around each, then wiped out inside. */
function hull(c, sheet, { places }, picked) {
  const pieces = places.flatMap((position) => sheet.pieces("grid", position));
  const draw = (paint) => {
    for (const { one, left, top, k, clip } of pieces) {
      c.save();
      c.setTransform(1, 0, 0, 1, 0, 0);
      c.beginPath();
      c.rect(clip[0], clip[1], clip[2] - clip[0], clip[3] - clip[1]);
      c.clip();
      const s = k * sheet.ratio;
      c.setTransform(s, 0, 0, s, left * sheet.ratio, top * sheet.ratio);
      c.lineJoin = "round";
      paint(one, k);
      c.restore();
    }
  };
  const line = (colour, width) => (one, k) => {
    c.strokeStyle = colour;
    c.lineWidth = width / k;
    c.stroke(outline(one));
  };
  draw(line("#FFFFFF", picked ? 14 : 10));
  draw(line(INK, picked ? 8 : 5));
  c.globalCompositeOperation = "destination-out";
  draw((one, k) => {
    c.fill(one.path);
    // The seam between two grids is as thin as rounding, and would stay.
    line("#000000", 1)(one, k);
  });
  c.globalCompositeOperation = "source-over";
}

/** The number of a cluster, on a plate in its middle. */
function rank(c, sheet, cluster, picked) {
  const { x, y } = sheet.point(cluster.lat, cluster.lon);
  const radius = picked ? 13 : 11;
  c.setTransform(sheet.ratio, 0, 0, sheet.ratio, 0, 0);
  c.beginPath();
  c.arc(x, y, radius, 0, 7);
  c.fillStyle = picked ? INK : "#FFFFFF";
  c.strokeStyle = picked ? "#FFFFFF" : INK;
  c.lineWidth = 2;
  c.fill();
  c.stroke();
  c.fillStyle = picked ? "#FFFFFF" : INK;
  c.font = `700 13px ${fontFamily()}`;
  c.textAlign = "center";
  c.textBaseline = "middle";
  c.fillText(String(cluster.rank), x, y + 0.5);
}

function same(a, b) {
  return Boolean(a && b && a.level === b.level && a.position === b.position);
}

/** Draw around a place: one line for each of `rings`, [colour, width, dash] in pixels. */
export function edge(c, sheet, { level, position }, rings) {
  const pieces = sheet.pieces(level, position);
  for (const [colour, width, dash = []] of rings) {
    for (const { one, left, top, k, clip } of pieces) {
      c.save();
      c.setTransform(1, 0, 0, 1, 0, 0);
      c.beginPath();
      c.rect(clip[0], clip[1], clip[2] - clip[0], clip[3] - clip[1]);
      c.clip();
      const s = k * sheet.ratio;
      c.setTransform(s, 0, 0, s, left * sheet.ratio, top * sheet.ratio);
      c.lineJoin = "round";
      c.lineCap = "round";
      c.strokeStyle = colour;
      c.lineWidth = width / k;
      c.setLineDash(dash.map((part) => part / k));
      c.stroke(outline(one));
      c.restore();
    }
  }
}

function arc(c, sheet, line) {
  const [a, b, bend] = ground(sheet, line);
  c.setTransform(sheet.ratio, 0, 0, sheet.ratio, 0, 0);
  c.lineCap = "round";
  for (const [colour, width] of [["#FFFFFFE6", 5], ["#16202BB3", 2]]) {
    c.setLineDash(line.dashed && width < 5 ? [7, 6] : []);
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.beginPath();
    c.moveTo(a.x, a.y);
    c.quadraticCurveTo(bend.x, bend.y, b.x, b.y);
    c.stroke();
  }
  c.setLineDash([]);
}

/** Both ends in pixels, and the bend: away from the centre of the town. */
function ground(sheet, line) {
  const a = sheet.point(...line.from);
  const b = sheet.point(...line.to);
  const middle = sheet.point(...sheet.scene.centre);
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const halfway = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  const away = (halfway.x - middle.x) * -dy + (halfway.y - middle.y) * dx >= 0 ? 1 : -1;
  const bow = 0.16 * away;
  return [a, b, { x: halfway.x - dy * bow, y: halfway.y + dx * bow }];
}

function ends(c, sheet, line) {
  square(c, sheet, ...line.from, 5);
  dot(c, sheet, ...line.to, 4);
}

function square(c, sheet, lat, lon, half) {
  const { x, y } = sheet.point(lat, lon);
  c.setTransform(sheet.ratio, 0, 0, sheet.ratio, 0, 0);
  c.fillStyle = "#FFFFFF";
  c.fillRect(x - half - 1.5, y - half - 1.5, 2 * half + 3, 2 * half + 3);
  c.fillStyle = INK;
  c.fillRect(x - half, y - half, 2 * half, 2 * half);
}

function dot(c, sheet, lat, lon, radius = 2.6) {
  const { x, y } = sheet.point(lat, lon);
  c.setTransform(sheet.ratio, 0, 0, sheet.ratio, 0, 0);
  c.beginPath();
  c.arc(x, y, radius, 0, 7);
  c.fillStyle = radius > 3.5 ? INK : "#174A8B";
  c.strokeStyle = "#FFFFFF";
  c.lineWidth = 1.2;
  c.fill();
  c.stroke();
}
