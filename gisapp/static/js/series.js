// The published months of one place as bars, with the same figures as a table.

import { el, svg } from "./dom.js";
import { figure, listed, say, windowName, withheld } from "./words.js";

const YEAR = 12;
const [WIDTH, HEIGHT, LEFT, FOOT, TOP] = [336, 132, 26, 20, 8];

/** How high a month stands whose figure is not published: a sign, no measure. */
const STUB = 12;

/** `series` is [{month, count, bin}], oldest first; counts as published. */
export function seriesChart(series, chosen, title) {
  const most = Math.max(10, ...series.map((one) => Number(one.count) || 0));
  const step = most <= 20 ? 10 : most <= 60 ? 20 : most <= 150 ? 50 : 100;
  const room = HEIGHT - FOOT - TOP;
  const y = (n) => HEIGHT - FOOT - (n / most) * room;
  const wide = (WIDTH - LEFT) / series.length;
  const chart = svg("svg", { class: "series", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": spoken(series, title) });
  const dots = svg(
    "pattern",
    { id: "few", width: 4, height: 4, patternUnits: "userSpaceOnUse" },
    svg("rect", { x: 1, y: 1, width: 1.4, height: 1.4, fill: "#5A6774" }),
  );
  chart.append(svg("defs", {}, dots, hatch()));
  for (let n = step; n <= most; n += step) {
    chart.append(svg("path", { d: `M${LEFT} ${y(n)}H${WIDTH}`, stroke: "#D8DEE4" }));
    chart.append(text(LEFT - 5, y(n) + 4, String(n), "end"));
  }
  series.forEach((one, i) => chart.append(...bar(one, LEFT + i * wide, wide, y, one.month === chosen)));
  chart.append(...yearBefore(series, wide, y));
  chart.append(svg("path", { d: `M${LEFT} ${HEIGHT - FOOT + 0.5}H${WIDTH}`, stroke: "#16202B" }));
  const ends = [[0, "start"], [Math.floor(series.length / 2), "middle"], [series.length - 1, "end"]];
  for (const [i, anchor] of ends) {
    const x = anchor === "start" ? LEFT : anchor === "end" ? WIDTH : LEFT + (i + 0.5) * wide;
    if (series[i]) chart.append(text(x, HEIGHT - 4, windowName(series[i].month, true), anchor));
  }
  return el("figure", {}, chart, keys(series), table(series));
}

function spoken(series, title) {
  const hushed = series.filter((one) => withheld(one.count)).map((one) => windowName(one.month));
  return hushed.length ? say("not_published_in", { title, months: listed(hushed) }) : title;
}

function hatch() {
  const lines = svg("path", { d: "M-1 1 1-1M0 4 4 0M3 5 5 3", stroke: "#5A6774", "stroke-width": 1 });
  return svg("pattern", { id: "hushed", width: 4, height: 4, patternUnits: "userSpaceOnUse" }, lines);
}

/** A hatched stub with a dash over it. */
function stub(x, wide, base) {
  const middle = x + wide / 2;
  const half = Math.min(4, wide / 2 - 1.5);
  return [
    svg("rect", { class: "hushed", x: x + 1.5, y: base - STUB, width: Math.max(2, wide - 3), height: STUB, fill: "url(#hushed)", stroke: "none" }),
    svg("path", { d: `M${middle - half} ${base - STUB - 4}H${middle + half}`, stroke: "#16202B", "stroke-width": 1.6 }),
  ];
}

function bar(one, x, wide, y, chosen) {
  const few = one.count === "<5";
  const n = few ? 2.5 : Number(one.count) || 0;
  const base = HEIGHT - FOOT;
  const top = withheld(one.count) ? base - STUB - 6 : Math.min(base - 8, y(n)) - 4;
  const hot = typeof one.bin === "number" && one.bin >= 2;
  const cold = typeof one.bin === "number" && one.bin <= -2;
  const made = withheld(one.count) ? stub(x, wide, base) : [
    svg("rect", {
      x: x + 1.5,
      y: Math.min(base - 1, y(n)),
      width: Math.max(2, wide - 3),
      height: Math.max(1, base - y(n)),
      fill: few ? "url(#few)" : hot ? "#A32A12" : cold ? "#1F4F86" : "#FFFFFF",
      stroke: hot ? "#A32A12" : cold ? "#1F4F86" : "#7A8692",
      "stroke-dasharray": few ? "2 2" : null,
    }),
  ];
  if (chosen) {
    made.push(
      svg("rect", { x: x - 0.5, y: top, width: wide + 1, height: base - top, fill: "none", stroke: "#16202B", "stroke-width": 2 }),
    );
  }
  return made;
}

/** The counts of twelve months before as a broken line over the bars; it breaks where none is said. */
function yearBefore(series, wide, y) {
  let drawn = "";
  let open = false;
  series.forEach((one, i) => {
    const before = series[i - YEAR]?.count;
    const n = typeof before === "number" ? before : Number.NaN;
    const [from, to] = [LEFT + i * wide, LEFT + (i + 1) * wide];
    if (Number.isFinite(n)) drawn += `${open ? "L" : "M"}${from} ${y(n)}H${to}`;
    open = Number.isFinite(n);
  });
  if (!drawn) return [];
  const line = (stroke, wide, dashes) => svg("path", { d: drawn, fill: "none", stroke, "stroke-width": wide, "stroke-dasharray": dashes });
  return [line("#FFFFFF", 3.5, null), line("#16202B", 1.4, "4 2")];
}

function text(x, y, words, anchor) {
  return svg("text", { x, y, "text-anchor": anchor, "font-size": 12, fill: "#5A6774" }, words);
}

function keys(series) {
  const hushed = series.some((one) => withheld(one.count));
  const breaks = series.slice(0, -YEAR).some((one) => typeof one.count !== "number");
  const item = (fill, stroke, word) => {
    const box = svg("svg", { width: 12, height: 12, "aria-hidden": "true" });
    box.append(svg("rect", { x: 0.5, y: 0.5, width: 11, height: 11, fill, stroke }));
    return el("li", {}, box, word);
  };
  return el(
    "ul",
    { class: "keys" },
    item("#A32A12", "#A32A12", say("significant_hot")),
    item("#1F4F86", "#1F4F86", say("significant_cold")),
    item("#FFFFFF", "#7A8692", say("not_significant")),
    item("url(#few)", "#7A8692", "<5"),
    hushed ? item("url(#hushed)", "none", `— ${say("not_published")}`) : null,
    el("li", {}, dashed(), say(breaks ? "year_ago_breaks" : "year_ago")),
  );
}

function dashed() {
  const box = svg("svg", { width: 18, height: 12, "aria-hidden": "true" });
  box.append(svg("path", { d: "M0 6H18", stroke: "#16202B", "stroke-width": 1.4, "stroke-dasharray": "4 2" }));
  return box;
}

function table(series) {
  return el(
    "details",
    {},
    el("summary", {}, say("as_table")),
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("month")), el("th", { scope: "col", class: "number" }, say("disputes")), el("th", { scope: "col", class: "number" }, say("year_ago")))),
      el(
        "tbody",
        {},
        [...series.keys()].reverse().map((i) =>
          el("tr", {}, el("th", { scope: "row" }, windowName(series[i].month)), el("td", { class: "number" }, read(series[i].count)), el("td", { class: "number" }, read(series[i - YEAR]?.count))),
        ),
      ),
    ),
  );
}

function read(count) {
  return withheld(count) ? say("not_published") : figure(count);
}
