// Long work on one plan: proposals, and the curve of moves.

import { byId } from "../dom.js";
import { ask } from "../net.js";
import { OVER, Work } from "../work.js";
import { say } from "../words.js";

const OURS = ["propose", "curve"];

export class PlanWork extends Work {
  /** `told` as in `Work`. */
  constructor(plan, told) {
    super(byId("work"), `work:${plan}`, told);
    this.plan = plan;
  }

  async start(name, more = {}, version) {
    if (this.busy) return this.wrong(say("one_at_a_time"));
    return this.begin("/api/v1/jobs", { name, arguments: { plan: this.plan, version, ...more } });
  }

  /** Take up again what was going on before the page was loaded. */
  async resume() {
    const kept = this.kept();
    const { rows } = await ask("/api/v1/jobs", { plan: this.plan });
    const job = rows.find((one) => one.id === kept) ?? rows.find((one) => !OVER.has(one.state) && OURS.includes(one.name));
    if (job) await this.watch(job.id);
    else this.keep(null);
    return rows;
  }
}
