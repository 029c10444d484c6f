// When something fails: what, and the reference to quote; what is drawn already stays.

import { byId, el } from "./dom.js";
import { say } from "./words.js";

export function showTrouble(wrong) {
  const veil = byId("veil");
  const astray = isAstray(wrong);
  veil.replaceChildren(
    el(
      "div",
      { class: "state", role: "alert" },
      el("h2", {}, astray ? say("bad_link") : wrong.message || say("failed")),
      wrong.reference && !astray ? el("small", {}, `${say("reference")} ${wrong.reference}`) : null,
      astray
        ? el("a", { class: "btn", href: location.pathname }, say("usual_map"))
        : el("button", { type: "button", click: () => location.reload() }, say("again")),
    ),
  );
  veil.hidden = false;
  if (astray) byId("lead").textContent = "";
}

/** Whether the address asked for what there is not: to load it again would only repeat that. */
function isAstray(wrong) {
  return [404, 422].includes(wrong.status) && Boolean(location.search) && !document.documentElement.dataset.ready;
}
