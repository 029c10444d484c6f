// When something fails: what, and the reference to quote; what is drawn already stays.

import { byId, el } from "./dom.js";
import { say } from "./words.js";

export function showTrouble(wrong) {
  const veil = byId("veil");
  veil.replaceChildren(
    el(
      "div",
      { class: "state", role: "alert" },
      el("h2", {}, wrong.message || say("failed")),
      wrong.reference ? el("small", {}, `${say("reference")} ${wrong.reference}`) : null,
      el("button", { type: "button", click: () => location.reload() }, say("again")),
    ),
  );
  veil.hidden = false;
}
