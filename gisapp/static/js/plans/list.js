// The list of plans: two of them to compare, a new draft, the end of one, the end of a surge.

import { announce, byId, el } from "../dom.js";
import { ask, newId, send } from "../net.js";
import { dayName, figure, say } from "../words.js";
import { confirmDeed } from "./deed.js";

const picks = [...document.querySelectorAll("input[name=pick]")];
let order = picks.filter((one) => one.checked).map((one) => one.value);

for (const pick of picks) {
  pick.addEventListener("change", () => {
    order = order.filter((one) => one !== pick.value);
    if (pick.checked) order.push(pick.value);
    if (order.length > 2) {
      const first = order.shift();
      picks.find((one) => one.value === first).checked = false;
    }
  });
}

byId("compare")?.addEventListener("click", () => {
  if (order.length === 1) return fail(say("choose_two"));
  // The lower number is the earlier plan.
  const [before, after] = [...order].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const query = before ? `?${new URLSearchParams({ before, after })}` : "";
  location.href = `/plan/compare${query}`;
});

for (const button of document.querySelectorAll("[data-draft]")) {
  const id = newId();
  button.addEventListener("click", async () => {
    button.disabled = true;
    announce(say("making_draft"));
    try {
      const made = await send("/api/v1/drafts", { id, based_on: null, mode: button.dataset.draft });
      location.href = document.querySelector(`tr[data-plan="${made.plan}"] a`)?.href ?? `/plan/${made.plan}`;
    } catch (wrong) {
      fail(wrong.message);
      button.disabled = false;
    }
  });
}

for (const button of document.querySelectorAll("[data-surge]")) {
  const id = newId();
  button.addEventListener("click", async () => {
    const { area, surge } = button.dataset;
    button.disabled = true;
    try {
      const found = await ask("/api/v1/stand-down", { area });
      confirmDeed({
        title: say("stand_down_title", { plan: surge }),
        word: say("stand_down_deed"),
        facts: facts(found),
        act: async () => {
          await send("/api/v1/stand-down", { id, area });
          location.href = "/plan/";
        },
      });
    } catch (wrong) {
      fail(wrong.message);
    }
    button.disabled = false;
  });
}

for (const button of document.querySelectorAll("[data-delete]")) {
  const { delete: plan, version } = button.dataset;
  button.addEventListener("click", () =>
    confirmDeed({
      title: say("delete_title", { plan }),
      word: say("delete_deed"),
      facts: [el("p", {}, say("delete_facts"))],
      act: async () => {
        await send(`/api/v1/drafts/${encodeURIComponent(plan)}`, undefined, { method: "DELETE", version });
        location.reload();
      },
    }),
  );
}

function facts(found) {
  const line = (key, fields) => el("p", {}, say(key, fields));
  return [
    line("stand_down_last", { on: dayName(found.on), back: dayName(found.back_on) }),
    line("stand_down_home", { n: figure(found.went_home) }),
    line("stand_down_open", { n: figure(found.open_posts.length) }),
    ...(found.no_longer_stand.length
      ? [
          line("stand_down_fallen", { n: figure(found.no_longer_stand.length) }),
          el("ul", {}, ...found.no_longer_stand.slice(0, 20).map((row) => el("li", {}, row.sentence))),
        ]
      : []),
  ];
}

function fail(text) {
  byId("wrong").textContent = text;
  byId("wrong").hidden = false;
}
