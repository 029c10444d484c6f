// Follows a job to its end; then the page is loaded again, and shows what came of it.

import { byId } from "./dom.js";

const PAUSE = 1000;
const ENDED = ["done", "failed", "cancelled"];

follow(`/api/v1/jobs/${byId("job").dataset.job}`);

async function follow(path) {
  let told;
  try {
    const answer = await fetch(path, { headers: { Accept: "application/json" } });
    told = answer.ok ? await answer.json() : null;
  } catch {
    told = null; // asked again: the work goes on without us
  }
  if (told && ENDED.includes(told.state)) {
    location.reload();
    return;
  }
  if (told?.progress) {
    const { share, sentence } = told.progress;
    if (sentence && byId("job-step").textContent !== sentence) byId("job-step").textContent = sentence;
    if (share === null) byId("job-share").removeAttribute("value");
    else byId("job-share").value = share;
  }
  setTimeout(() => follow(path), PAUSE);
}
