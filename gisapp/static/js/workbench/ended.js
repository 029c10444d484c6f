// The draft is none any more: somebody published or deleted it while it stood open here.

import { announce, el } from "../dom.js";
import { config, say } from "../words.js";
import { button } from "./parts.js";

/** What the server answers to a change of such a draft. */
const PUBLISHED = "plan_frozen";
const DELETED = "plan_not_found";

/** Turn the editing off and offer what can be done instead; false when `wrong` is about something else. */
export async function ended(bench, { body, message }) {
  if (body.code === PUBLISHED) await published(bench, message);
  else if (body.code === DELETED) deleted(bench);
  else return false;
  return true;
}

export async function published(bench, sentence) {
  await bench.reload();
  const make = config.writes ? button("make_draft", bench.deeds.bar["make-draft"], "", "go") : null;
  bench.trial.say(sentence, "wrong", make);
  announce(sentence);
}

function deleted(bench) {
  bench.draft.end();
  bench.leave();
  bench.trial.say(say("draft_deleted"), "wrong", el("a", { class: "btn", href: "/plan/" }, say("all_plans")));
  announce(say("draft_deleted"));
}
