// What the bar's buttons do: lock all, propose, rehearse a surge, make a draft; and what comes of long work.

import { announce, el } from "../dom.js";
import { ask, Problem } from "../net.js";
import { config, moment, say } from "../words.js";
import { newDraft } from "./draft.js";
import { ended, published } from "./ended.js";
import { button } from "./parts.js";

export function deedsOf(bench) {
  const { draft } = bench;

  let making = false;

  /** A new draft, and the page of it; asked twice in a row it is made once. */
  async function make(based, mode, begin = "") {
    if (making) return;
    making = true;
    bench.trial.show("busy", el("div", { class: "said", role: "status" }, say("making_draft")));
    try {
      const made = await newDraft(based, mode);
      location.assign(`/plan/${encodeURIComponent(made.plan)}${begin}`);
    } catch (wrong) {
      making = false;
      if (!(wrong instanceof Problem)) throw wrong;
      bench.trial.say(wrong.message, "wrong");
    }
  }

  function propose(grids) {
    // In a surge nobody moves; there is nothing to limit.
    const more = { max_moves: draft.facts.mode === "surge" ? null : bench.limit.value };
    if (grids?.length) more.grids = grids;
    return bench.work.start("propose", more, draft.version);
  }

  const curve = () => bench.work.start("curve", {}, draft.version);

  const work = {
    done: (job) => {
      if (job.name === "curve") bench.limit.take(job.result.curve);
      else if (job.result.version !== draft.version) stale(job);
      else bench.trial.open({ deed: "propose", job: job.id });
    },
    wrong: (sentence) => bench.trial.say(sentence, "wrong"),
    stopped: () => bench.trial.say(say("job_stopped")),
  };

  /** A proposal for what the draft was before: it can be kept as a draft of its own. */
  function stale(job) {
    const keep = () => bench.trial.clash.branch(job.result.version, { deed: "propose", job: job.id });
    bench.trial.say(say("proposal_stale"), "news", button("keep_branch", keep, "", "go"));
  }

  /** Work of before the page was loaded: what still goes on, and the last curve of this version. */
  async function resume() {
    if (!draft.editable) return;
    const rows = await bench.work.resume();
    const known = rows.find((job) => job.name === "curve" && job.state === "done" && job.arguments.version === draft.version);
    if (location.hash === "#propose" && !bench.work.busy) {
      history.replaceState(null, "", location.pathname);
      propose();
    }
    if (known && !bench.limit.curve) bench.limit.take((await ask(`/api/v1/jobs/${known.id}`)).result.curve);
  }

  /** Somebody else changed the draft while nobody touched this page. */
  async function elsewhere(facts) {
    if (occupied()) return;
    if (facts.state !== "draft") {
      await published(bench, say("no_draft_now"));
      return;
    }
    await bench.reload();
    const { rows } = await draft.read("history", { page: 1 });
    const last = rows[0];
    const told = last ? say("changed_by", { name: last.actor, at: moment(last.at), sentence: last.sentence }) : say("newest_shown");
    bench.trial.say(told);
    announce(told);
  }

  /** What the watch found out in vain: the draft may be gone. */
  async function lost(wrong) {
    if (!occupied()) await ended(bench, wrong);
  }

  /** Whether something is asked here that the news of others must not wipe away. */
  function occupied() {
    return bench.trial.isOpen || bench.trial.isClash || bench.work.busy;
  }

  return {
    bar: {
      undo: () => bench.trial.undo(),
      redo: () => bench.trial.redo(),
      "lock-all": () => bench.trial.open({ deed: "lock", all: true }),
      propose: () => bench.picked.few(() => propose(bench.picked.codes)),
      // A rehearsal begins with what the program would do.
      surge: () => make(draft.facts.state === "draft" ? draft.facts.based_on : draft.plan, "surge", "#propose"),
      "make-draft": () => make(config.plan, draft.facts.mode),
    },
    propose,
    curve,
    work,
    resume,
    elsewhere,
    lost,
  };
}
