// The bar under the top bar: which draft this is, what it is based on, and what can be done with all of it.

import { byId, el } from "../dom.js";
import { config, moment, say } from "../words.js";

/** `deeds` are the functions behind the buttons, by the id of each. */
export function startBar(deeds) {
  for (const [id, deed] of Object.entries(deeds)) byId(id).addEventListener("click", deed);
}

export function showBar({ facts, editable }) {
  const base = facts.based_on;
  const gone = facts.state === "deleted";
  const title = say(facts.state === "draft" || gone ? "draft_named" : "plan_named", { plan: facts.plan });
  byId("title").textContent = title;
  document.title = document.title.replace(/^[^·]*/, `${title} `);
  byId("mode").textContent = say(`mode_${facts.mode}`);
  byId("mode").classList.toggle("warn", facts.mode === "surge");
  byId("mode").hidden = false;
  byId("standing").textContent = [
    base ? say("based_on", { plan: base }) : say("based_on_nothing"),
    facts.state === "draft" ? say("saved_at", { at: moment(facts.saved_at) }) : say(gone ? "is_deleted" : "stands_still"),
  ].join(" · ");
  for (const id of ["undo", "redo", "lock-all", "propose"]) byId(id).hidden = !editable;
  byId("make-draft").hidden = editable || gone || !config.writes;
  byId("surge").hidden = gone || !config.writes || facts.mode === "surge";
  turn("undo", facts.undo, say("undo"));
  turn("redo", facts.redo, say("redo"));
  link("compare", config.urls.compare && base && !gone, () => {
    byId("compare").href = `${config.urls.compare}?${new URLSearchParams({ before: base, after: facts.plan })}`;
    byId("compare").textContent = say("compare_with", { plan: base });
  });
  link("publish", config.urls.publish && editable, () => {
    byId("publish").href = config.urls.publish;
  });
  editors(facts.editors ?? []);
}

function turn(id, about, word) {
  const button = byId(id);
  button.disabled = !about;
  button.setAttribute("aria-label", about ? `${word}：${about.sentence}` : word);
  button.title = about?.sentence ?? "";
}

function link(id, shown, dress) {
  byId(id).hidden = !shown;
  if (shown) dress();
}

/** Who changed the draft of late: the newest filled, the others outlined. */
function editors(people) {
  byId("editors").replaceChildren(
    ...people.slice(0, 4).map((one, i) =>
      el(
        "span",
        { class: i ? "me other" : "me", role: "img", "aria-label": editor(one), title: editor(one) },
        ([...one.name][0] ?? "").toUpperCase(),
      ),
    ),
  );
}

function editor(one) {
  return say("editor_at", { name: one.name, at: moment(one.at) });
}
