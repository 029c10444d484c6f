// A field to find a person by name or number; what fits stands below as buttons.

import { el, icon } from "../dom.js";
import { Problem } from "../net.js";
import { figure, say } from "../words.js";

const PAUSE = 200;
const MOST = 6;

/** `chosen(row)` is told who; `buttons(row)` may give other buttons in place of the one name. */
export function personField(draft, label, chosen, buttons = null) {
  const found = el("ul", { class: "chosen" });
  let timer = 0;
  let asked = 0;
  let rows = [];
  const field = el("input", {
    type: "search",
    autocomplete: "off",
    maxlength: "60",
    "aria-label": label,
    placeholder: say("name_or_number"),
    input: () => {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE);
    },
    keydown: async (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      clearTimeout(timer);
      await look();
      if (rows.length) found.querySelector("button")?.[buttons ? "focus" : "click"]();
    },
  });

  async function look() {
    const q = field.value.trim();
    const turn = (asked += 1);
    rows = [];
    if (!q) return found.replaceChildren();
    try {
      const answer = await draft.read("people", { q, size: MOST });
      if (turn !== asked) return undefined;
      rows = answer.rows;
      found.replaceChildren(...rows.map(line));
      if (!rows.length) found.replaceChildren(el("li", { class: "note" }, say("nothing_found")));
      lift();
    } catch (wrong) {
      if (!(wrong instanceof Problem)) throw wrong;
      found.replaceChildren(el("li", { class: "note" }, wrong.message));
    }
    return undefined;
  }

  /** Scroll the card, and no more than it, until what was found is in view, or the field at its top. */
  function lift() {
    const rest = home.closest(".rest");
    if (!rest) return;
    const [card, all, list] = [rest, home, found].map((one) => one.getBoundingClientRect());
    rest.scrollTop += Math.max(0, Math.min(list.bottom - card.bottom, all.top - card.top));
  }

  function line(row) {
    const about = el("span", { class: "note" }, `${row.office || row.department} · ${figure(row.held)} / ${figure(row.capacity)}`);
    if (buttons) return el("li", {}, el("b", {}, row.name), " ", about, el("span", { class: "row" }, buttons(row)));
    const pick = () => {
      field.value = row.name;
      rows = [];
      found.replaceChildren();
      chosen(row);
    };
    return el("li", {}, el("button", { type: "button", class: "mini", click: pick }, el("b", {}, row.name), " ", about));
  }

  const home = el("div", { class: "choose" }, el("label", { class: "field" }, icon("search"), field), found);
  home.focus = () => field.focus();
  return home;
}
