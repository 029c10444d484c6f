// The way to a publication: the check, what everybody will see, the days, and the deed.

import { byId, el } from "../dom.js";
import { ask, newId, Problem, send } from "../net.js";
import { OVER, Work } from "../work.js";
import { config, dayName, figure, moment, say } from "../words.js";
import { confirmDeed } from "./deed.js";

const path = `/api/v1/plans/${config.plan}`;
const SHOWN = 12;
const PAUSE = 200;
const [REFUSED, BROKEN] = [400, 500];
const state = { page: 1, found: null, turn: 0 };

for (const id of ["from", "to"]) byId(id).addEventListener("change", check);
byId("dates").addEventListener("submit", (event) => {
  event.preventDefault();
  publish();
});
let waiting = 0;
byId("people-search").addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => people(1), PAUSE);
});
byId("people-kind").addEventListener("change", () => people(1));
byId("people-back").addEventListener("click", () => people(state.page - 1));
byId("people-on").addEventListener("click", () => people(state.page + 1));
check();

function days() {
  return { from: byId("from").value, to: byId("to").value };
}

/** Ask the checklist for the days that are given; an older answer is dropped. True when it is shown. */
async function check() {
  const turn = (state.turn += 1);
  let shown = false;
  byId("publish").disabled = true;
  byId("wait").hidden = Boolean(config.job);
  byId("verdict").textContent = say("checking");
  try {
    const found = await questions();
    if (turn !== state.turn) return false;
    state.found = found;
    state.id = newId();
    show(found);
    await people(1);
    shown = true;
  } catch (wrong) {
    if (turn !== state.turn) return false;
    byId("verdict").textContent = "";
    fail(wrong.message);
  } finally {
    if (turn === state.turn) byId("wait").hidden = true;
  }
  document.documentElement.dataset.ready = "1";
  return shown;
}

/** The checklist; a large town's is worked out in the background, and a reload takes it up again. */
async function questions() {
  const { from, to } = days();
  if (!config.job) return ask(`${path}/checklist`, { from, to });
  const asked = { plan: config.plan, first: from || undefined, last: to || undefined };
  const old = state.work;
  if (old?.id) await send(`/api/v1/jobs/${old.id}/cancel`, {});
  return new Promise((go, refuse) => {
    const wrong = (sentence) => refuse(new Problem(sentence, ""));
    // Of these days and this state of the plan: what was asked before a change is another question.
    const slot = `checklist ${config.plan} ${from} ${to} ${config.stamp}`;
    state.work = new Work(byId("work"), slot, { done: (job) => go(job.result), wrong, stopped: () => wrong(say("check_stopped")) });
    resume(state.work, asked).catch(refuse);
  });
}

async function resume(work, asked) {
  const { rows } = await ask("/api/v1/jobs", { name: "checklist", plan: config.plan });
  const there = rows.find((job) => job.id === work.kept() && !OVER.has(job.state));
  return there ? work.watch(there.id) : work.begin("/api/v1/jobs", { name: "checklist", arguments: asked });
}

function show(found) {
  const many = (level) => found.items.filter((item) => item.level === level).length;
  byId("wrong").hidden = true;
  byId("verdict").textContent = [
    found.ready
      ? say("ready", { plan: found.plan })
      : say("not_ready", { n: many("stop"), plan: found.plan }),
    many("doubt") ? say("doubts", { n: many("doubt") }) : "",
  ].join(config.locale === "en" ? " " : "");
  byId("publish").disabled = !found.ready;
  const order = { stop: 0, doubt: 1, well: 2 };
  byId("checks").replaceChildren(
    ...[...found.items].sort((a, b) => order[a.level] - order[b.level]).map(item),
  );
  const floors = found.departments
    .map((row) => ({ ...row, gap: row.after - row.floor }))
    .sort((a, b) => a.gap - b.gap || b.after - b.before - (a.after - a.before));
  rows("departments", floors, (row) => [
    [row.name],
    [figure(row.before), "num second"],
    [figure(row.after), "num"],
    [row.gap < 0 ? `${figure(row.floor)} · ${say("floor_short", { n: -row.gap })}` : figure(row.floor), row.gap < 0 ? "num bad" : "num"],
    [figure(row.base), "num second"],
  ]);
  byId("offices").hidden = !floors.length;
  rows("townships", found.townships, (row) => [[row.name], [row.sentence]]);
  byId("townships-block").hidden = !found.townships.length;
  byId("people-line").textContent = say("people_line", {
    gain: figure(found.people.gain),
    lose: figure(found.people.lose),
    keep: figure(found.people.keep),
  });
  byId("handover").hidden = false;
}

function item(one) {
  const kind = { stop: "bad", doubt: "warn", well: "ok" }[one.level];
  return el(
    "li",
    { class: one.level },
    el("span", { class: `chip ${kind}` }, say(`level_${one.level}`)),
    el(
      "div",
      {},
      el("p", {}, one.sentence),
      one.places.length
        ? el(
            "div",
            { class: "places" },
            ...one.places.map(place),
            one.more ? el("span", { class: "mute" }, say("more_places", { n: figure(one.more) })) : null,
          )
        : null,
    ),
  );
}

/** A place leads to the plan, with that place picked. */
function place(one) {
  if (one.kind === "department") return el("span", {}, one.name);
  const code = one.code.split(":")[0];
  return el("a", { href: `${config.urls.workbench}#place=${code}` }, one.name);
}

/** Fill a table with its first rows; a button brings the others. */
function rows(id, all, cells, shown = SHOWN) {
  const body = byId(id).querySelector("tbody");
  body.replaceChildren(
    ...all.slice(0, shown).map((row) =>
      el("tr", {}, ...cells(row).map(([text, kind]) => el("td", kind ? { class: kind } : {}, text))),
    ),
  );
  const more = byId(`${id}-more`);
  more.hidden = all.length <= shown;
  more.textContent = say("more_places", { n: figure(all.length - shown) });
  more.onclick = () => rows(id, all, cells, all.length);
}

async function people(page) {
  state.page = page;
  const found = await ask(`${path}/handover`, {
    ...days(),
    q: byId("people-search").value.trim(),
    kind: byId("people-kind").value,
    page,
  });
  if (state.page !== page) return;
  byId("people")
    .querySelector("tbody")
    .replaceChildren(
      ...found.rows.map((row) =>
        el("tr", {}, el("td", {}, el("b", {}, row.name)), el("td", { class: "second" }, row.department), el("td", {}, row.sentence)),
      ),
    );
  byId("people-found").textContent = say("handover_found", { n: figure(found.total) });
  byId("people-at").textContent = say("page_of", { page, pages: Math.max(1, found.pages), n: figure(found.total) });
  byId("people-back").disabled = page <= 1;
  byId("people-on").disabled = page >= found.pages;
}

function publish() {
  const { found } = state;
  if (!found?.ready) return;
  const line = (key, fields, kind) => el("p", kind ? { class: kind } : {}, say(key, fields));
  const said = (code) => found.items.filter((one) => one.code === code && one.level !== "well");
  confirmDeed({
    title: say("publish_title", { plan: found.plan }),
    word: say("publish_deed", { plan: found.plan }),
    facts: [
      line("people_line", found.people),
      ...said("unserved").map((one) => el("p", {}, one.sentence)),
      line(found.to ? "publish_days_to" : "publish_days", { from: dayName(found.from), to: dayName(found.to) }),
      ...found.displaces.map((one) => el("p", {}, one.sentence)),
      ...said("after").map((one) => el("p", { class: "bad" }, one.sentence)),
      ...said("floors").map((one) => el("p", { class: "bad" }, one.sentence)),
    ].filter(Boolean),
    act: async () => {
      try {
        const displaces = found.displaces.map(({ plan, from, to }) => ({ plan, from, to }));
        const deed = { id: state.id, from: found.from, to: found.to, displaces };
        const done = await send(`${path}/publish`, deed, { version: found.version });
        finished(done);
      } catch (wrong) {
        // What broke on the way may be tried again from here; what was refused is looked at anew.
        if (!(wrong instanceof Problem) || wrong.status < REFUSED || wrong.status >= BROKEN) throw wrong;
        await refused(wrong);
      }
    },
  });
}

/** The question is over: the check is of the newest now, and over it stands why nothing was done. */
async function refused({ body, message }) {
  byId("deed").close();
  if (!(await check())) return;
  const last = body.changes?.at(-1);
  const why = last ? say("changed_by", { name: last.actor, at: moment(last.at), sentence: last.sentence }) : message;
  const told = [why, body.code === "draft_changed" ? say("changed_meanwhile") : say("checked_again")];
  fail(told.join(config.locale === "en" ? " " : ""));
  byId("wrong").focus();
}

function finished(done) {
  const fields = { plan: done.plan, from: dayName(done.from), to: dayName(done.to) };
  const link = (plan, words) => el("a", { href: `/map/plan?plan=${plan}`, class: "btn" }, words);
  const box = byId("done");
  box.replaceChildren(
    el("h2", {}, say("published", fields)),
    el("p", {}, say(done.to ? "published_to" : "published_from", fields)),
    ...done.displaces.map((one) => el("p", {}, one.sentence)),
    el(
      "p",
      { class: "row" },
      link(done.plan, say("plan_on_map", { plan: done.plan })),
      done.replaces && done.replaces !== done.plan ? link(done.replaces, say("plan_on_map", { plan: done.replaces })) : "",
    ),
  );
  box.hidden = false;
  byId("wrong").hidden = true;
  byId("dates").hidden = true;
  byId("checks").hidden = true;
  byId("verdict").textContent = say("published", fields);
  // A dialog gives the focus back to its button as it closes: only after that it goes on.
  byId("deed").close();
  box.focus();
}

function fail(sentence) {
  byId("wrong").textContent = sentence;
  byId("wrong").hidden = false;
}
