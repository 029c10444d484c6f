// My grid on a phone: draws it with its neighbours, and tells inside from outside.
// The phone's place is compared here and nowhere else; nothing of it is kept or sent.

const words = JSON.parse(document.getElementById("words").textContent);
const say = (key, fields = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => fields[name]);
const byId = (id) => document.getElementById(id);

const METRES = 111319.49;
const WALK = 75;
const ROUND = [20, 50, 100, 200, 500, 1000, 2000, 5000];
const WINDS = ["north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest"];

let places = [];
let aim = [];
let here = null;
let kx = METRES;

start().catch(() => tell(say("no_outline"), ""));

async function start() {
  const answer = await fetch("/field/places", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  places = (await answer.json()).features.map((one) => ({ ...one.properties, rings: rings(one.geometry) }));
  kx = METRES * Math.cos(((places[0]?.rings[0]?.[0]?.[1] ?? 0) * Math.PI) / 180);
  const own = places.filter((one) => one.own);
  const first = document.querySelector(".go")?.dataset.code;
  const grids = own.filter(isGrid);
  pick([own.find((one) => one.code === first) ?? grids[0] ?? own[0]].filter(Boolean));
  for (const button of document.querySelectorAll(".go")) {
    button.addEventListener("click", () => {
      const code = button.dataset.code;
      const exact = own.filter((one) => one.code === code);
      const within = grids.filter((one) => one.code.startsWith(code));
      pick(exact.length ? exact : within.length ? within : own);
      byId("place").textContent = button.querySelector("b").textContent;
      byId("lot").scrollIntoView({ block: "nearest" });
    });
  }
  byId("inside").addEventListener("click", look);
  byId("copy").addEventListener("click", copy);
  new ResizeObserver(draw).observe(byId("lot"));
  document.documentElement.dataset.ready = "1";
}

/** Communities and townships of a post are drawn only when they are picked. */
function isGrid(one) {
  return (one.level ?? "grid") === "grid";
}

function rings(geometry) {
  const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return parts.flat();
}

function pick(chosen) {
  aim = chosen;
  const target = middle();
  byId("way").hidden = !target;
  byId("copy").hidden = !target;
  if (target) {
    const at = `${target[1].toFixed(6)},${target[0].toFixed(6)}`;
    byId("way").href = `geo:${at}?q=${at}(${encodeURIComponent(aim[0].name)})`;
    byId("coordinates").textContent = `${target[0].toFixed(6)}, ${target[1].toFixed(6)}`;
  }
  if (here) judge();
  draw();
}

/** A point of the first own grid that surely lies inside it: on a level line through its middle. */
function middle() {
  if (!aim.length) return null;
  const all = aim[0].rings.flat();
  const [s, n] = [Math.min(...all.map((p) => p[1])), Math.max(...all.map((p) => p[1]))];
  let best = null;
  for (const part of [0.5, 0.35, 0.65]) {
    const lat = s + (n - s) * part;
    const cuts = crossings(aim[0].rings, lat);
    for (let i = 0; i + 1 < cuts.length; i += 2) {
      const length = cuts[i + 1] - cuts[i];
      if (!best || length > best.length) best = { length, at: [(cuts[i] + cuts[i + 1]) / 2, lat] };
    }
  }
  return best?.at ?? null;
}

function crossings(all, lat) {
  const cuts = [];
  for (const ring of all) {
    for (let i = 1; i < ring.length; i += 1) {
      const [[ax, ay], [bx, by]] = [ring[i - 1], ring[i]];
      if (ay > lat !== by > lat) cuts.push(ax + ((lat - ay) / (by - ay)) * (bx - ax));
    }
  }
  return cuts.sort((a, b) => a - b);
}

function look() {
  if (!navigator.geolocation || !window.isSecureContext) {
    tell(say("no_place"), "");
    return;
  }
  tell(say("looking"), "");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      here = [coords.longitude, coords.latitude, coords.accuracy];
      judge();
      draw();
    },
    () => tell(say("no_place"), ""),
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 },
  );
}

function judge() {
  const near = nearest();
  const sure = say("accuracy", { metres: Math.round(here[2]) });
  const inside = aim.some((one) => crossings(one.rings, here[1]).filter((x) => x < here[0]).length % 2);
  if (near.metres < here[2] / 2) tell(say("at_edge"), sure);
  else if (inside) tell(say("inside"), sure, true);
  else {
    const metres = near.metres < 100 ? Math.round(near.metres / 5) * 5 : Math.round(near.metres / 10) * 10;
    const turn = Math.round(Math.atan2(near.dx, near.dy) / (Math.PI / 4));
    const direction = say(WINDS[(turn + 8) % 8]);
    tell(say("outside", { metres }), say("go", { direction, minutes: Math.max(1, Math.round(near.metres / WALK)) }));
  }
}

/** The nearest point of the own outlines, in metres east and north of the phone. */
function nearest() {
  let best = { metres: Infinity, dx: 0, dy: 0 };
  for (const ring of aim.flatMap((one) => one.rings)) {
    for (let i = 1; i < ring.length; i += 1) {
      const [ax, ay] = [(ring[i - 1][0] - here[0]) * kx, (ring[i - 1][1] - here[1]) * METRES];
      const [bx, by] = [(ring[i][0] - here[0]) * kx, (ring[i][1] - here[1]) * METRES];
      const [ux, uy] = [bx - ax, by - ay];
      const t = Math.max(0, Math.min(1, -(ax * ux + ay * uy) / (ux * ux + uy * uy || 1)));
      const [dx, dy] = [ax + t * ux, ay + t * uy];
      const metres = Math.hypot(dx, dy);
      if (metres < best.metres) best = { metres, dx, dy };
    }
  }
  return best;
}

function tell(first, second, inside = false) {
  const home = byId("verdict");
  home.hidden = false;
  home.classList.toggle("inside", inside);
  home.querySelector("b").textContent = first;
  home.querySelector("span").textContent = second;
}

async function copy() {
  const text = byId("coordinates").textContent;
  try {
    await navigator.clipboard.writeText(text);
    tell(say("copied"), text);
  } catch {
    // Without HTTPS there is no clipboard: the figures are marked to be copied by hand.
    getSelection().selectAllChildren(byId("coordinates"));
  }
}

function draw() {
  const canvas = byId("drawing");
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!aim.length || !width) return;
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const c = canvas.getContext("2d");
  c.scale(ratio, ratio);
  const all = aim.flatMap((one) => one.rings.flat());
  const [w, e] = [Math.min(...all.map((p) => p[0])), Math.max(...all.map((p) => p[0]))];
  const [s, n] = [Math.min(...all.map((p) => p[1])), Math.max(...all.map((p) => p[1]))];
  const k = Math.min((width * 0.42) / ((e - w) * kx), (height * 0.42) / ((n - s) * METRES));
  const at = ([lon, lat]) => [
    width / 2 + (lon - (w + e) / 2) * kx * k,
    height * 0.47 - (lat - (s + n) / 2) * METRES * k,
  ];
  c.lineJoin = "round";
  for (const one of places.filter(isGrid)) shape(c, one, at, "#F4F2EC", [["#8D979F", 2]]);
  for (const one of aim) {
    shape(c, one, at, "#F6E6BE", [["#FFFFFF", 9], ["#16202B", 4.5]]);
    for (const inner of isGrid(one) ? [] : places.filter((each) => isGrid(each) && each.code.startsWith(one.code))) {
      shape(c, inner, at, "#F6E6BE00", [["#8D979F", 1.5]]);
    }
  }
  names(c, at, width, height);
  if (here) mark(c, at, k);
  const metres = ROUND.filter((length) => length * k <= 90).at(-1) ?? ROUND[0];
  byId("bar").style.width = `${metres * k}px`;
  byId("bar-word").textContent = metres < 1000 ? say("m", { n: metres }) : say("km", { n: metres / 1000 });
}

function shape(c, one, at, fill, strokes) {
  c.beginPath();
  for (const ring of one.rings) {
    ring.forEach((point, i) => c[i ? "lineTo" : "moveTo"](...at(point)));
    c.closePath();
  }
  c.fillStyle = fill;
  c.fill("evenodd");
  for (const [colour, width] of strokes) {
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.stroke();
  }
}

function names(c, at, width, height) {
  c.textAlign = "center";
  c.textBaseline = "middle";
  const family = getComputedStyle(document.body).fontFamily;
  for (const one of places.filter(isGrid)) {
    const [x, y] = at(centre(one.rings[0]));
    if (x < 24 || x > width - 24 || y < 40 || y > height - 70) continue;
    const own = aim.includes(one);
    c.font = `${own ? 700 : 400} ${own ? 16 : 14}px ${family}`;
    const text = say("grid", { number: (one.code.slice(12) || one.code).replace(/^0(?=\d\d)/, "") });
    c.strokeStyle = own ? "#F6E6BE" : "#FFFFFFEB";
    c.lineWidth = 4;
    c.strokeText(text, x, y);
    c.fillStyle = "#16202B";
    c.fillText(text, x, y);
  }
}

function centre(ring) {
  let [x, y, area] = [0, 0, 0];
  const [ox, oy] = ring[0];
  for (let i = 1; i < ring.length; i += 1) {
    const [ax, ay, bx, by] = [ring[i - 1][0] - ox, ring[i - 1][1] - oy, ring[i][0] - ox, ring[i][1] - oy];
    const cross = ax * by - bx * ay;
    area += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return area ? [ox + x / (3 * area), oy + y / (3 * area)] : ring[0];
}

function mark(c, at, k) {
  const [x, y] = at(here);
  c.beginPath();
  c.arc(x, y, Math.max(14, here[2] * k), 0, 7);
  c.fillStyle = "#16202B2E";
  c.fill();
  c.beginPath();
  c.arc(x, y, 8, 0, 7);
  c.fillStyle = "#174A8B";
  c.strokeStyle = "#FFFFFF";
  c.lineWidth = 3;
  c.fill();
  c.stroke();
}
