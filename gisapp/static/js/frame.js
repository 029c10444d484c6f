// The frame around every page: size of type, the menu of eyes.

/** To wait for the next letter, in milliseconds. */
const PAUSE = 200;

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
  const role = menu.querySelector("input[value=cadre]");
  const check = () => cadre.setCustomValidity(role.checked && !cadre.value.trim() ? cadre.dataset.empty : "");
  let timer = 0;
  cadre.addEventListener("input", () => {
    if (cadre.value) role.checked = true;
    check();
    clearTimeout(timer);
    timer = setTimeout(() => suggest(cadre), PAUSE);
  });
  menu.addEventListener("change", check);
  menu.open ||= location.hash === "#view-as";
}

/** Those whom the written name or number may mean; whoever knows the number needs none of it. */
async function suggest(field) {
  const text = field.value.trim();
  const found = text ? await told(`/view-as/people?${new URLSearchParams({ q: text })}`) : null;
  if (!found || text !== field.value.trim()) return;
  const made = found.people.map((one) => Object.assign(new Option(`${one.name} · ${one.department}`), { value: one.staff_number }));
  document.getElementById("cadres").replaceChildren(...made);
}

/** The areas one may look at: a large city has thousands, so they come when the menu is opened. */
async function offer() {
  const home = menu.querySelector("select[name=area]");
  if (!menu.open || home.dataset.whole || home.dataset.asked) return;
  const missing = menu.querySelector("[role=alert]");
  home.dataset.asked = "1";
  const areas = (await told("/view-as/areas"))?.areas;
  delete home.dataset.asked;
  missing.hidden = Boolean(areas);
  if (!areas) return;
  home.dataset.whole = "1";
  const own = [...home.options].find((one) => one.value);
  const made = areas.map(({ code, name }) => (code === own?.value ? own : new Option(name, code)));
  home.append(...made);
}

/** What an address answers; null where no answer comes. */
async function told(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
