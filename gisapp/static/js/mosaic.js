// Which shape lies at each pixel of a tile's picture: found out once, then other colours are a
// look-up for each pixel and no shape is drawn again.

/** Samples of a pixel, across and down, of which an edge takes its mixture. */
const [ACROSS, DOWN] = [2, 4];
const SAMPLES = ACROSS * DOWN;

/** Shapes that the smaller numbers can tell apart. */
const FEW = 65_535;

/** No byte of a colour's samples together runs into the next but one. */
const HALF = 0x00ff00ff;

const shades = new Map();

export class Mosaic {
  /** `shift` is where the tile begins on its picture and `scale` pixels for one of its units. */
  constructor(shapes, { width, height, scale, shift }) {
    Object.assign(this, { width, height });
    const Numbers = shapes.length < FEW ? Uint16Array : Uint32Array;
    const samples = new Numbers(width * height * SAMPLES);
    const view = { samples, wide: width * ACROSS, tall: height * DOWN };
    view.across = { scale: scale * ACROSS, shift: shift[0] * ACROSS };
    view.down = { scale: scale * DOWN, shift: shift[1] * DOWN };
    shapes.forEach((one, i) => lay(one, i + 1, view));
    this.#pack(samples, Numbers);
    this.image = null;
  }

  /** Paint each shape in its colour ("#RRGGBB") on a pen whose picture is as large. */
  paint(c, colours) {
    const shade = new Uint32Array(colours.length + 1);
    colours.forEach((colour, i) => (shade[i + 1] = shadeOf(colour)));
    this.image ??= new ImageData(this.width, this.height);
    const out = new Uint32Array(this.image.data.buffer);
    const { whole, edges, parts } = this;
    for (let i = 0; i < out.length; i += 1) out[i] = shade[whole[i]];
    for (let i = 0, at = 0; i < edges.length; i += 1) {
      let [low, high] = [0, 0];
      for (let n = 0; n < SAMPLES; n += 1, at += 1) {
        const one = shade[parts[at]];
        low += one & HALF;
        high += (one >>> 8) & HALF;
      }
      out[edges[i]] = mixed(low, high);
    }
    c.putImageData(this.image, 0, 0);
  }

  /** Keep one number for pixels within a shape, all samples for those on an edge. */
  #pack(samples, Numbers) {
    const { width, height } = this;
    const wide = width * ACROSS;
    const whole = new Numbers(width * height);
    const edges = [];
    for (let y = 0, at = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, at += 1) {
        const first = y * DOWN * wide + x * ACROSS;
        const one = samples[first];
        whole[at] = one;
        for (let row = first, n = 0; n < DOWN; n += 1, row += wide) {
          if (samples[row] === one && samples[row + 1] === one) continue;
          edges.push(at);
          break;
        }
      }
    }
    this.whole = whole;
    this.edges = Uint32Array.from(edges);
    this.parts = new Numbers(edges.length * SAMPLES);
    let to = 0;
    for (const at of edges) {
      const first = Math.floor(at / width) * DOWN * wide + (at % width) * ACROSS;
      for (let row = first, n = 0; n < DOWN; n += 1, row += wide) {
        this.parts[to++] = samples[row];
        this.parts[to++] = samples[row + 1];
      }
    }
  }
}

/** Where the rows of samples cross the shape that is laid: a row for each, then how many. */
let crossings = new Float64Array(1024);
let many = new Uint16Array(64);
const ROOM = 16;

/** Write a shape's number into the samples that lie in it: between odd and even crossings. */
function lay(one, number, { samples, wide, tall, across, down }) {
  const top = Math.max(0, Math.ceil(one.box[1] * down.scale + down.shift - 0.5));
  const foot = Math.min(tall, Math.ceil(one.box[3] * down.scale + down.shift - 0.5));
  if (foot <= top || !one.closed) return;
  const rows = foot - top;
  let room = ROOM;
  while (!cross(one, top, foot, room, across, down)) room *= 4;
  for (let row = 0; row < rows; row += 1) {
    const n = many[row];
    const from = row * room;
    if (n > 2) crossings.subarray(from, from + n).sort();
    else if (n === 2 && crossings[from] > crossings[from + 1]) {
      const first = crossings[from + 1];
      crossings[from + 1] = crossings[from];
      crossings[from] = first;
    }
    const line = (top + row) * wide;
    for (let i = from; i + 1 < from + n; i += 2) {
      const a = Math.max(0, Math.ceil(crossings[i] - 0.5));
      const b = Math.min(wide, Math.ceil(crossings[i + 1] - 0.5));
      for (let x = line + a; x < line + b; x += 1) samples[x] = number;
    }
  }
}

/** Find all crossings of the rows from `top` to `foot`; false where a row has no `room` for its own. */
function cross({ points, ends }, top, foot, room, across, down) {
  const rows = foot - top;
  if (crossings.length < rows * room) crossings = new Float64Array(2 * rows * room);
  if (many.length < rows) many = new Uint16Array(2 * rows);
  many.fill(0, 0, rows);
  for (let ring = 1; ring < ends.length; ring += 1) {
    let i = ends[ring - 1];
    let ax = points[i] * across.scale + across.shift;
    let ay = points[i + 1] * down.scale + down.shift;
    for (i += 2; i < ends[ring]; i += 2) {
      const bx = points[i] * across.scale + across.shift;
      const by = points[i + 1] * down.scale + down.shift;
      const low = Math.max(top, Math.ceil(Math.min(ay, by) - 0.5));
      const high = Math.min(foot, Math.ceil(Math.max(ay, by) - 0.5));
      if (high > low) {
        const slope = (bx - ax) / (by - ay);
        let x = ax + (low + 0.5 - ay) * slope;
        for (let row = low - top; row < high - top; row += 1, x += slope) {
          if (many[row] === room) return false;
          crossings[row * room + many[row]++] = x;
        }
      }
      [ax, ay] = [bx, by];
    }
  }
  return true;
}

/** The mean of samples whose bytes were added apart; what lies outside all shapes lets through. */
function mixed(low, high) {
  const n = Math.round((high >>> 16) / 255);
  const alpha = n === SAMPLES ? 255 : Math.round((255 * n) / SAMPLES);
  const blue = ((low >>> 16) / n) | 0;
  const green = ((high & 0xffff) / n) | 0;
  const red = ((low & 0xffff) / n) | 0;
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** A colour as a picture keeps it: red in the lowest byte. */
function shadeOf(colour) {
  if (!shades.has(colour)) {
    const all = parseInt(colour.slice(1), 16);
    shades.set(colour, (0xff000000 | ((all & 255) << 16) | (all & 0xff00) | (all >> 16)) >>> 0);
  }
  return shades.get(colour);
}
