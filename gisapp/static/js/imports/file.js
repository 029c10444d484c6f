// One file: its rows are shown anew when the reader says how it is read.

import { announce, byId } from "../dom.js";

document.addEventListener("change", (event) => {
  const form = byId("mapping");
  if (!form?.contains(event.target)) return;
  if (event.target.id === "given-file") given(form, event.target.files[0]);
  else if (form.dataset.atOnce && !waits(event.target)) show(form);
});
document.addEventListener("click", (event) => {
  const { crs } = event.target.dataset ?? {};
  if (!crs) return;
  const form = byId("mapping");
  const select = form.elements.crs;
  if (![...select.options].some((one) => one.value === crs)) select.add(new Option(crs, crs));
  select.value = crs;
  if (form.dataset.atOnce) show(form);
});

/** A choice that needs a text beside it says nothing before the text is there. */
function waits(target) {
  if (target.name === "crs") return target.value === "other";
  return target.name.startsWith("f-") && target.value === "=";
}

async function given(form, file) {
  if (!file) return;
  form.elements.given.value = await file.text();
  if (form.dataset.atOnce) show(form);
  else form.querySelector("button[formaction$=look]").click();
}

let turn = 0;
async function show(form) {
  const mine = ++turn;
  const held = document.activeElement?.name;
  byId("reading").setAttribute("aria-busy", "true");
  const answer = await fetch(form.action.replace(/check$/, "look"), {
    method: "POST",
    headers: { "X-Part": "reading", Accept: "text/html" },
    body: new URLSearchParams(new FormData(form)),
  });
  if (mine !== turn) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("reading");
  if (!answer.ok || !fresh) {
    announce(page.querySelector("h1")?.textContent ?? "");
    byId("reading").removeAttribute("aria-busy");
    return;
  }
  byId("reading").replaceWith(fresh);
  if (held) byId("mapping")?.elements[held]?.focus?.();
  announce(byId("first-rows")?.textContent ?? "");
}
