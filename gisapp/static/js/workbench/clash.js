// Somebody else changed the draft first: who, what and when, and three ways on.

import { announce, el } from "../dom.js";
import { newId, Problem } from "../net.js";
import { moment, say } from "../words.js";
import { button } from "./parts.js";

const FEW = 3;

export class Clash {
  constructor(trial) {
    this.trial = trial;
  }

  /** `told` is the answer 412; `deed` what was about to be done, null for undo and redo. */
  open(told, deed) {
    const { bench } = this.trial;
    const version = bench.draft.version;
    const changes = told.changes ?? [];
    const rows = changes.slice(-FEW).map((one) => el("li", {}, say("changed_by", { name: one.actor, at: moment(one.at), sentence: one.sentence })));
    const head = say(told.touches ? "changed_this" : "changed_elsewhere", { name: changes.at(-1)?.actor ?? "", at: moment(changes.at(-1)?.at) });
    // A proposal is for the draft as it was; built on what is new it would be another one.
    const build = deed && deed.deed !== "propose" ? button("build_on", () => this.#build(deed), "", "go") : null;
    const take = button("take_newest", () => this.take(), "Esc", build ? "plain" : "go");
    this.trial.show(
      "clash",
      el("div", { class: "said", role: "alert" }, el("b", {}, head), el("ul", {}, rows), changes.length > FEW ? el("span", { class: "note" }, say("more_changes", { n: changes.length - FEW })) : null),
      build,
      take,
      button("keep_branch", () => this.branch(version, deed), "", "plain"),
    );
    announce(head);
    (build ?? take).focus({ preventScroll: true });
  }

  /** The same deed on top of what is there now; its effect is shown again before it is kept. */
  async #build(deed) {
    await this.trial.bench.reload();
    await this.trial.open(deed);
  }

  /** Leave the own deed, and look at what there is now. */
  async take() {
    this.trial.close();
    await this.trial.bench.reload();
    this.trial.say(say("newest_shown"));
  }

  /** Keep what `deed` makes of the draft as it was in `version`, as a draft of its own. */
  async branch(version, deed, id = newId()) {
    const { bench } = this.trial;
    this.trial.show("busy", el("div", { class: "said", role: "status" }, say("making_draft")));
    try {
      const made = await bench.draft.branch(version, deed, id);
      location.assign(`/plan/${encodeURIComponent(made.plan)}`);
    } catch (wrong) {
      if (!(wrong instanceof Problem)) throw wrong;
      this.trial.say(wrong.message, "wrong", button("keep_branch", () => this.branch(version, deed, id), "", "go"));
    }
  }
}
