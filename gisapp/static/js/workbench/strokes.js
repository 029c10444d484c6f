// Keys of the bench beside those of every map: undo and redo, lock, keep and leave.

import { isTyping } from "../keys.js";
import { say } from "../words.js";

export function startBenchKeys(bench) {
  const { trial, draft } = bench;
  document.addEventListener(
    "keydown",
    (event) => {
      if (document.querySelector("dialog[open]")) return;
      const key = event.key.toLowerCase();
      if (isTyping(event.target)) return;
      if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y") && draft.editable) {
        if (key === "y" || event.shiftKey) trial.redo();
        else trial.undo();
      } else if (event.ctrlKey || event.metaKey || event.altKey) return;
      else if (key === "escape" && trial.isOpen) trial.leave();
      else if (key === "escape" && trial.isClash) trial.clash.take();
      else if (key === "escape" && (bench.state.person || bench.state.department)) bench.leave();
      else if (key === "escape" && (bench.picked.positions.size || bench.picked.on)) bench.picked.clear();
      else if (key === "l" && draft.editable) lock(bench);
      else if (key === "s") pickMany(bench);
      else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
}

/** Begin to pick several, where arrows and the space bar do it, or end it. */
function pickMany({ picked, home }) {
  picked.turn(!picked.on);
  if (picked.on) home.focus({ preventScroll: true });
}

/** Lock what is picked, or unlock it when all of it is locked. */
async function lock({ state, picked, trial, scene, card }) {
  if (picked.positions.size) {
    picked.lock([...picked.positions].every((position) => scene.values.grid.locked[position]));
    return;
  }
  if (!state.code) return;
  const row = await card.row(state.code);
  const held = row.posts.find((post) => post.place_code === row.code && post.holders.length);
  if (!held) {
    trial.say(say("nothing_to_lock"));
    return;
  }
  const all = held.holders.every((one) => one.locked);
  await trial.open({ deed: all ? "unlock" : "lock", pairs: held.holders.map((one) => ({ post: held.post, cadre: one.staff_number })) });
}
