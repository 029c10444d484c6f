// Asks once more before something that cannot be undone; the safe answer has the focus.

import { byId } from "../dom.js";

/** `facts` are elements; `act()` does it, and what it throws is said in place. */
export function confirmDeed({ title, word, facts, act }) {
  const dialog = byId("deed");
  const yes = byId("deed-yes");
  const wrong = byId("deed-wrong");
  byId("deed-title").textContent = title;
  byId("deed-facts").replaceChildren(...facts);
  yes.textContent = word;
  yes.disabled = false;
  wrong.hidden = true;
  yes.onclick = async () => {
    yes.disabled = true;
    wrong.hidden = true;
    try {
      await act();
      dialog.close();
    } catch (problem) {
      wrong.textContent = problem.message;
      wrong.hidden = false;
      yes.disabled = false;
    }
  };
  byId("deed-no").onclick = () => dialog.close();
  dialog.showModal();
  byId("deed-no").focus();
}
