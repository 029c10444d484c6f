// Trend classes: four groups by colour, each class by a strip of six month bars that draws it.

import { svg } from "./dom.js";
import { config, say } from "./words.js";

/** [height, significant] of six steps; below zero is cold. */
const STRIPS = {
  new: [[0.12], [0.12], [0.12], [0.12], [0.12], [1, 1]],
  consecutive: [[0.12], [0.12], [0.12], [1, 1], [1, 1], [1, 1]],
  intensifying: [[0.3, 1], [0.44, 1], [0.58, 1], [0.72, 1], [0.86, 1], [1, 1]],
  persistent: [[0.8, 1], [0.8, 1], [0.8, 1], [0.8, 1], [0.8, 1], [0.8, 1]],
  sporadic: [[0.12], [0.8, 1], [0.12], [0.8, 1], [0.12], [0.8, 1]],
  oscillating: [[-0.7, 1], [-0.4, 1], [0.12], [0.12], [0.6, 1], [0.9, 1]],
  diminishing: [[1, 1], [0.86, 1], [0.72, 1], [0.58, 1], [0.44, 1], [0.3, 1]],
  historical: [[0.9, 1], [0.9, 1], [0.9, 1], [0.9, 1], [0.9, 1], [0.12]],
};

const GROUP = {
  new: "act",
  consecutive: "act",
  intensifying: "act",
  persistent: "standing",
  sporadic: "unsettled",
  oscillating: "unsettled",
  diminishing: "easing",
  historical: "easing",
};

const HOT = { act: "#A32A12", standing: "#D9692F", unsettled: "#EDB65C", easing: "#F5E2C3" };
const COLD = { act: "#1F4F86", standing: "#4F88BF", unsettled: "#93B9DA", easing: "#D3E3F0" };

const SIGNS = {
  new: ["新", "NW"],
  consecutive: ["连", "CN"],
  intensifying: ["升", "IN"],
  persistent: ["持", "PE"],
  sporadic: ["散", "SP"],
  oscillating: ["摆", "OS"],
  diminishing: ["降", "DI"],
  historical: ["史", "HI"],
};

/** {name, cold} of a class as the doors call it; name "" for no pattern, null for no evidence. */
export function readTrend(value) {
  const text = String(value ?? "");
  if (text.includes("evidence")) return { name: null, cold: false };
  const name = Object.keys(STRIPS).find((one) => text.split(/[_ -]/).includes(one)) ?? "";
  return { name, cold: text.includes("cold") };
}

/** How a trend class looks on map, in list and legend. */
export function trendPaint(value) {
  const { name, cold } = readTrend(value);
  const plain = { pattern: "none", patternColour: "#7A8692", textColour: "#16202B", stamped: false };
  if (name === null) return { ...plain, word: say("no_evidence"), sign: config.locale === "en" ? "?" : "？", colour: "#FFFFFF", pattern: "stipple" };
  if (!name) return { ...plain, word: say("trend_none"), sign: "—", colour: "#F4F2EC" };
  const group = GROUP[name];
  const colour = (cold ? COLD : HOT)[group];
  return {
    ...plain,
    word: say(cold ? "trend_cold" : "trend_hot", { trend: say(`trend_${name}`) }),
    sign: SIGNS[name][config.locale === "en" ? 1 : 0],
    colour,
    textColour: group === "act" ? "#FFFFFF" : "#16202B",
    stamped: group === "act",
    glyph: () => glyph(value),
  };
}

/** The trend of a row in a word; none where it shows no pattern. */
export function trendWord({ trend }) {
  return readTrend(trend).name ? trendPaint(trend).word : "";
}

/** The strip of six bars. */
export function glyph(value) {
  const { name, cold } = readTrend(value);
  const drawing = svg("svg", { class: "glyph", viewBox: "0 0 48 26", "aria-hidden": "true" });
  const strip = STRIPS[name] ?? Array.from({ length: 6 }, () => [0.12]);
  const group = GROUP[name];
  const both = name === "oscillating";
  const floor = both ? 15 : cold ? 3 : 24;
  const room = both ? 13 : 20;
  drawing.append(svg("path", { d: `M0 ${floor}.5H48`, stroke: "#16202B", "stroke-width": 1 }));
  strip.forEach(([height, on], i) => {
    const up = (cold ? -height : height) > 0;
    const tall = Math.abs(height) * room;
    const pale = group === "unsettled" || group === "easing";
    drawing.append(
      svg("rect", {
        x: i * 8 + 0.5,
        y: up ? floor - tall : floor + 1,
        width: 7,
        height: tall,
        fill: on ? (up ? HOT : COLD)[group] : "#FFFFFF",
        stroke: on && !pale ? "none" : "#44515E",
        "stroke-width": 0.8,
      }),
    );
  });
  return drawing;
}
