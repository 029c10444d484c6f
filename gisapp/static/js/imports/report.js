// A report: a finding is picked without loading the page anew; N, P and Escape go on, back and out.

import { announce, byId } from "../dom.js";

const PARTS = ["found", "lines", "picked"];
const WIDE = matchMedia("(min-width: 900px)");

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-pick]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  pick(link);
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const link = meant(event.key.toLowerCase());
  if (!link) return;
  event.preventDefault();
  pick(link);
});
addEventListener("popstate", () => show(location.href));
hint();

/** N goes on, or to the first kind where nothing is picked; P goes back; Escape leaves. */
function meant(key) {
  if (key === "escape") return document.querySelector("a[data-pick=close]");
  if (key === "p") return byId("back");
  if (key !== "n") return null;
  return byId("picked-what") ? byId("on") : document.querySelector(".heaps-of a[data-pick]");
}

function pick(link) {
  show(link.href, link.dataset.pick);
}

let turn = 0;
/** Put the parts of another state of the page in the place of those that are there. */
async function show(address, from) {
  const mine = ++turn;
  const page = await read(address);
  if (mine !== turn) return;
  if (!page) {
    location.assign(address);
    return;
  }
  if (from !== undefined) history.pushState(null, "", address);
  for (const part of PARTS) {
    const fresh = page.getElementById(part);
    if (fresh) byId(part)?.replaceWith(document.adoptNode(fresh));
  }
  hint();
  settle(from);
  announce(byId("picked-what")?.innerText ?? "");
}

async function read(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  } catch (wrong) {
    if (!(wrong instanceof TypeError)) throw wrong;
    return null;
  }
}

/** The focus stays where it was; where one column is all there is, what was picked comes into sight. */
function settle(from) {
  const same = from ? document.querySelector(`a[data-pick="${CSS.escape(from)}"]`) : null;
  const picked = Boolean(byId("picked-what"));
  if (picked && !WIDE.matches) byId("picked").scrollIntoView();
  if (same) same.focus({ preventScroll: true });
  else byId("picked").focus({ preventScroll: true });
  document.querySelector("#lines tr.now")?.scrollIntoView({ block: "nearest" });
}

/** The keys are named where they work. */
function hint() {
  const keys = document.querySelector(".walk .keys");
  if (keys) keys.hidden = !WIDE.matches;
}
