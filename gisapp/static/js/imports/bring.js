// Brings one file: chosen or dropped, sent as it is, with how far it is.

import { announce, byId } from "../dom.js";

const form = byId("bring");
const picker = byId("file");
const CREATED = 201;

picker.addEventListener("change", () => bring(picker.files[0]));
form.addEventListener("submit", (event) => event.preventDefault());
for (const name of ["dragenter", "dragover"]) {
  form.addEventListener(name, (event) => {
    event.preventDefault();
    form.classList.add("over-it");
  });
}
form.addEventListener("dragleave", () => form.classList.remove("over-it"));
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("over-it");
  bring(event.dataTransfer.files[0]);
});

function bring(file) {
  if (!file) return;
  const { csrf, id, sending } = form.dataset;
  const said = sending.replace("{name}", file.name);
  byId("wrong").hidden = true;
  byId("sending").hidden = false;
  byId("sending-what").textContent = said;
  announce(said);
  const way = new XMLHttpRequest(); // fetch cannot tell how far a body has gone
  way.open("POST", `/api/v1/imports/files?${new URLSearchParams({ id, name: file.name })}`);
  way.setRequestHeader("X-CSRFToken", csrf);
  way.setRequestHeader("Accept", "application/json");
  way.setRequestHeader("Content-Type", "application/octet-stream");
  way.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) byId("sending-share").value = event.loaded / event.total;
  });
  way.addEventListener("load", () => {
    const answer = read(way.responseText);
    if (way.status === CREATED) open(answer);
    else fail(answer.title ?? form.dataset.lost);
  });
  way.addEventListener("error", () => fail(form.dataset.lost));
  way.addEventListener("abort", () => fail(""));
  byId("sending-stop").onclick = () => way.abort();
  way.send(file);
}

/** A large file is looked at by a job, which the page of the file asks for. */
function open(brought) {
  const page = `/import/${brought.id}`;
  if (brought.size <= Number(form.dataset.atOnce)) {
    location.assign(page);
    return;
  }
  const look = document.createElement("form");
  const token = document.createElement("input");
  Object.assign(look, { method: "post", action: `${page}/look`, hidden: true });
  Object.assign(token, { name: "csrf_token", value: form.dataset.csrf });
  look.append(token);
  document.body.append(look);
  look.submit();
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function fail(text) {
  byId("sending").hidden = true;
  byId("wrong").textContent = text;
  byId("wrong").hidden = !text;
  picker.value = "";
}
