// Comments on a grid: who said what and when; one's own can be taken back.

import { el } from "../dom.js";
import { newId, Problem, send } from "../net.js";
import { moment, say } from "../words.js";
import { act, block } from "./parts.js";

const LONGEST = 400;

export function comments(bench, row) {
  const path = `${bench.draft.path}/comments`;
  const list = el("ul", { class: "comments" });
  const wrongLine = el("p", { class: "bad", role: "alert", hidden: true });
  const text = el("textarea", { rows: "2", maxlength: String(LONGEST), "aria-label": say("comment_text"), placeholder: say("comment_text") });
  let known = row.comments ?? [];
  let id = newId();
  const title = el("h3");
  show();
  const made = block("", title, list, wrongLine);
  if (bench.mayComment) made.append(el("div", { class: "write" }, text, act(say("add_comment"), add)));
  return made;

  async function add() {
    const said = text.value.trim();
    if (!said) return text.focus();
    return tried(async () => {
      known = [...known, await send(path, { id, place: row.code, text: said })];
      id = newId();
      text.value = "";
    });
  }

  function drop(one) {
    return tried(async () => {
      await send(`${path}/${encodeURIComponent(one.id)}`, undefined, { method: "DELETE", version: one.version });
      known = known.filter((other) => other !== one);
    });
  }

  /** Do it, show what there is now, and say in place what did not work; nothing typed is lost. */
  async function tried(deed) {
    wrongLine.hidden = true;
    try {
      await deed();
      show();
      bench.commented(row.code, known.length);
    } catch (wrong) {
      if (!(wrong instanceof Problem)) throw wrong;
      wrongLine.textContent = wrong.message;
      wrongLine.hidden = false;
    }
  }

  function show() {
    title.textContent = known.length ? say("comments_n", { n: known.length }) : say("comments");
    list.replaceChildren(
      ...known.map((one) =>
        el(
          "li",
          {},
          el("div", { class: "note" }, `${one.actor} · ${moment(one.at)}`),
          el("p", {}, one.text),
          one.mine && bench.mayComment ? act(say("delete_comment"), () => drop(one), { kind: "quiet mini" }) : null,
        ),
      ),
    );
  }
}
