// The frame around every page: size of type, the menu of eyes.

const root = document.documentElement;
const size = document.getElementById("size");

function show() {
  size.setAttribute("aria-pressed", String(root.dataset.type === "large"));
}

size.addEventListener("click", () => {
  if (root.dataset.type === "large") delete root.dataset.type;
  else root.dataset.type = "large";
  try {
    localStorage.setItem("type", root.dataset.type ?? "");
  } catch {
    // Kept for this page only.
  }
  show();
  window.dispatchEvent(new Event("resize"));
});
show();

const menu = document.getElementById("view-as");
if (menu) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  });
  menu.addEventListener("toggle", offer);
  const cadre = menu.querySelector("input[name=cadre]");
  cadre.addEventListener("input", () => {
    if (cadre.value) menu.querySelector("input[value=cadre]").checked = true;
  });
}

/** The areas one may look at: a large city has thousands, so they come when the menu is opened. */
async function offer() {
  const home = menu.querySelector("select[name=area]");
  if (!menu.open || home.dataset.whole || home.dataset.asked) return;
  const missing = menu.querySelector("[role=alert]");
  home.dataset.asked = "1";
  const areas = await offered();
  delete home.dataset.asked;
  missing.hidden = Boolean(areas);
  if (!areas) return;
  home.dataset.whole = "1";
  const own = [...home.options].find((one) => one.value);
  const made = areas.map(({ code, name }) => (code === own?.value ? own : new Option(name, code)));
  home.append(...made);
}

/** Ask for them; null where no answer comes, which the menu says. */
async function offered() {
  try {
    const answer = await fetch("/view-as/areas", { headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).areas : null;
  } catch {
    return null;
  }
}
