// Search in the top bar: grids, communities, townships, enterprises of this reader's area.

import { announce, byId, el } from "./dom.js";
import { ask, Problem } from "./net.js";
import { say } from "./words.js";

const PAUSE = 180;

/** The places that fit a text. */
export async function places(text) {
  return (await ask("/api/v1/search", { q: text })).rows;
}

/** `go(row)` shows what was found: {kind, code, name, lon, lat}; `find(text)` gives such rows. */
export function startSearch(go, find = places) {
  const field = byId("search");
  const list = byId("found");
  let rows = [];
  let at = -1;
  let timer = 0;
  let asked = 0;

  async function look() {
    const text = field.value.trim();
    const turn = (asked += 1);
    if (!text) return close();
    try {
      const found = await find(text);
      if (turn === asked) open(found);
    } catch (wrong) {
      if (!(wrong instanceof Problem) || turn !== asked) throw wrong;
      open([]);
      list.replaceChildren(el("li", { role: "option", "aria-disabled": "true" }, wrong.message));
    }
    return undefined;
  }

  function open(found) {
    rows = found;
    at = -1;
    list.replaceChildren(
      ...found.map((row, i) =>
        el(
          "li",
          {
            role: "option",
            id: `found-${i}`,
            "aria-selected": "false",
            pointerdown: (event) => {
              event.preventDefault();
              choose(i);
            },
          },
          el("span", { class: "kind" }, say(`kind_${row.kind}`)),
          el("span", {}, row.name, " ", el("small", {}, row.code)),
        ),
      ),
    );
    if (!found.length) list.append(el("li", { role: "option", "aria-disabled": "true" }, say("nothing_found")));
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    announce(found.length ? say("found_n", { n: found.length }) : say("nothing_found"));
  }

  function close() {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function mark(next) {
    at = (next + rows.length) % rows.length;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    field.setAttribute("aria-activedescendant", `found-${at}`);
    list.children[at].scrollIntoView({ block: "nearest" });
  }

  function choose(i) {
    close();
    field.value = "";
    field.blur();
    go(rows[i]);
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && rows.length && !list.hidden) mark(at + 1);
    else if (event.key === "ArrowUp" && rows.length && !list.hidden) mark(at < 0 ? -1 : at - 1);
    else if (event.key === "Enter" && rows.length && !list.hidden) choose(Math.max(0, at));
    else if (event.key === "Escape") {
      close();
      field.blur();
    } else return;
    event.preventDefault();
  });
}
