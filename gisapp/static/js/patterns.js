// The patterns that tell classes apart without colour; the same on the map and in a swatch.

const made = new Map();

/** Period in pixels and what one tile of the pattern draws. */
const DRAWN = {
  rising: [6, (c, p) => lines(c, p, 1.5)],
  "rising-wide": [9, (c, p) => lines(c, p, 1.3)],
  level: [5, (c, p) => bar(c, p, 1.5)],
  "level-wide": [9, (c, p) => bar(c, p, 1.3)],
  crosses: [
    9,
    (c, p) => {
      const m = p / 2;
      stroke(c, 1.2, [[m - 2.4, m, m + 2.4, m], [m, m - 2.4, m, m + 2.4]]);
    },
  ],
  dashes: [
    8,
    (c) => stroke(c, 1.1, [[0.5, 2, 4.5, 2], [4.5, 6, 8.5, 6], [-3.5, 6, 0.5, 6]]),
  ],
  dots: [7, (c) => dots(c, 1, [[1.75, 1.75], [5.25, 5.25]])],
  stipple: [8, (c) => dots(c, 0.9, [[2, 2], [6, 6]])],
};

function lines(c, p, width) {
  stroke(c, width, [[-1, p + 1, p + 1, -1], [-1, 1, 1, -1], [p - 1, p + 1, p + 1, p - 1]]);
}

function bar(c, p, width) {
  stroke(c, width, [[0, p / 2, p, p / 2]]);
}

function stroke(c, width, segments) {
  c.lineWidth = width;
  c.beginPath();
  for (const [ax, ay, bx, by] of segments) {
    c.moveTo(ax, ay);
    c.lineTo(bx, by);
  }
  c.stroke();
}

function dots(c, radius, places) {
  for (const [x, y] of places) {
    c.beginPath();
    c.arc(x, y, radius, 0, 7);
    c.fill();
  }
}

/** {pattern, period} for a paint at a pixel ratio, or null where it has none. */
export function patternOf(paint, ratio) {
  const drawn = DRAWN[paint.pattern];
  if (!drawn) return null;
  const key = `${paint.pattern} ${paint.patternColour} ${ratio}`;
  if (!made.has(key)) {
    const [period, draw] = drawn;
    const canvas = document.createElement("canvas");
    const side = Math.round(period * ratio);
    canvas.width = side;
    canvas.height = side;
    const c = canvas.getContext("2d");
    c.scale(side / period, side / period);
    c.strokeStyle = paint.patternColour;
    c.fillStyle = paint.patternColour;
    c.globalAlpha = paint.pattern === "stipple" ? 0.9 : 0.8;
    draw(c, period);
    made.set(key, { pattern: c.createPattern(canvas, "repeat"), period, side });
  }
  return made.get(key);
}

/** A square swatch with pattern and sign, as a canvas; words stand beside it. */
export function swatch(paint, size = 24) {
  const canvas = document.createElement("canvas");
  const ratio = Math.max(2, window.devicePixelRatio || 1);
  canvas.className = "swatch";
  canvas.setAttribute("aria-hidden", "true");
  canvas.width = size * ratio;
  canvas.height = size * ratio;
  const c = canvas.getContext("2d");
  c.fillStyle = paint.colour;
  c.fillRect(0, 0, canvas.width, canvas.height);
  const lined = patternOf(paint, ratio);
  if (lined) {
    // The map moves the same pattern with its ground.
    lined.pattern.setTransform(new DOMMatrix());
    c.fillStyle = lined.pattern;
    c.fillRect(0, 0, canvas.width, canvas.height);
  }
  sign(c, paint, canvas.width / 2, canvas.height / 2, size * ratio * 0.54);
  return canvas;
}

/** Stamp a paint's sign with a halo of its own colour, so that the pattern does not cross it. */
export function sign(c, paint, x, y, size) {
  if (!paint.sign) return;
  if (paint.disc) {
    c.beginPath();
    c.arc(x, y, size * 0.72, 0, 7);
    c.fillStyle = paint.disc;
    c.fill();
    c.strokeStyle = "#FFFFFF";
    c.lineWidth = size * 0.1;
    c.stroke();
  }
  c.font = `700 ${size}px ${fontFamily()}`;
  c.textAlign = "center";
  c.textBaseline = "middle";
  c.lineJoin = "round";
  if (!paint.disc && paint.pattern && paint.pattern !== "none") {
    c.strokeStyle = paint.colour;
    c.lineWidth = size * 0.34;
    c.strokeText(paint.sign, x, y + size * 0.06);
  }
  c.fillStyle = paint.textColour;
  c.fillText(paint.sign, x, y + size * 0.06);
}

let family = "";

/** The page's own font, for text on canvases. */
export function fontFamily() {
  family ||= getComputedStyle(document.body).fontFamily;
  return family;
}
