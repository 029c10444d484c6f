// One file: its rows are shown anew when the reader says how it is read.

import { announce, byId, el } from "../dom.js";

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
  const { fresh, wrong } = await asked(form);
  if (mine !== turn) return;
  if (!fresh) {
    refused(wrong);
    return;
  }
  byId("reading").replaceWith(fresh);
  if (held) byId("mapping")?.elements[held]?.focus?.();
  announce(byId("first-rows")?.textContent ?? "");
}

/** The part of the page with the rows read anew; a sentence where there is none. */
async function asked(form) {
  try {
    const answer = await fetch(form.action.replace(/check$/, "look"), {
      method: "POST",
      headers: { "X-Part": "reading", Accept: "text/html" },
      body: new URLSearchParams(new FormData(form)),
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = answer.ok ? page.getElementById("reading") : null;
    return { fresh, wrong: page.querySelector("main h1")?.textContent ?? form.dataset.lost };
  } catch (wrong) {
    if (!(wrong instanceof TypeError)) throw wrong;
    return { fresh: null, wrong: form.dataset.lost };
  }
}

/** What is shown stays, and above it stands why nothing else is. */
function refused(sentence) {
  const reading = byId("reading");
  reading.removeAttribute("aria-busy");
  byId("refused")?.remove();
  reading.prepend(el("div", { class: "fault-card", role: "alert", id: "refused" }, el("p", {}, el("b", {}, sentence))));
}
