// The compact key on the map: words and swatches; a click hides a class, a double click shows only it.

import { byId, el, svg } from "../dom.js";
import { swatch } from "../patterns.js";
import { config, figure, percent, say } from "../words.js";
import { SHARE_BREAKS } from "../scene.js";

/**
 * Show the key of the level that is drawn; `edits` says whether there are changes to name;
 * `changed` is called after a class was hidden or shown.
 */
export function showKey(scene, level, counts, { edits, changed }) {
  const active = document.activeElement?.id;
  const rows = level === "grid" ? [] : shares(scene);
  for (const value of config.style.order) rows.push(state(scene, String(value), counts, changed));
  if (level === "grid" && edits) rows.push(el("li", { class: "sample" }, dashed(), el("span", {}, say("changed_here"))));
  byId("key-list").replaceChildren(...rows);
  const hidden = scene.hidden.size;
  byId("hidden-note").hidden = !hidden;
  byId("hidden-note").textContent = say("hidden_classes", { n: hidden });
  if (active?.startsWith("key-")) byId(active)?.focus();
}

function state(scene, key, counts, changed) {
  const paint = scene.paints[key];
  const shown = !scene.hidden.has(key);
  return el(
    "li",
    {},
    el(
      "button",
      {
        type: "button",
        class: "mini",
        id: `key-${key}`,
        "aria-pressed": String(shown),
        title: say("n_grids", { n: figure(counts[key] ?? 0) }),
        click: (event) => {
          if (event.detail > 1) only(scene, key);
          else if (shown) scene.hidden.add(key);
          else scene.hidden.delete(key);
          changed();
        },
      },
      swatch(paint, 18),
      el("span", {}, paint.word),
      el("span", { class: "hush" }, say("n_grids", { n: figure(counts[key] ?? 0) })),
    ),
  );
}

/** Only this class; once more, all of them again. The first click of the two has already turned it. */
function only(scene, key) {
  const others = config.style.order.map(String).filter((other) => other !== key);
  const alone = others.every((other) => scene.hidden.has(other));
  scene.hidden = new Set(alone ? [] : others);
}

function dashed() {
  return svg(
    "svg",
    { viewBox: "0 0 18 18", class: "dashed", "aria-hidden": "true" },
    svg("rect", { x: 2, y: 3, width: 14, height: 12, fill: "none", stroke: "#16202B", "stroke-width": 2, "stroke-dasharray": "4 2.5" }),
  );
}

/** Far out the map shows shares of grids in the worst state, in six classes. */
function shares(scene) {
  const ends = SHARE_BREAKS.map((end) => percent(end).replace(/\s?%/, ""));
  const words = [`< ${ends[0]}`, ...ends.slice(0, -1).map((end, i) => `${end}–${ends[i + 1]}`), `≥ ${ends.at(-1)}`];
  return [
    el("li", { class: "about" }, config.share?.title ?? "", " %"),
    ...scene.shareClasses.map((paint, i) => el("li", { class: "sample" }, swatch(paint, 18), el("span", {}, words[i]))),
  ];
}
