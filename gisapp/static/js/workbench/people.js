// The tab of people: who they are, what they hold, what they could still take. Who serves the grid that
// is picked comes first.

import { byId, el } from "../dom.js";
import { figure, say } from "../words.js";
import { Listing, nameCell } from "./listing.js";

export function peopleList(bench) {
  const free = el("input", { type: "checkbox", change: () => list.reload() });
  const list = new Listing(byId("people"), {
    caption: say("people_caption"),
    search: say("seek_person"),
    heads: [[say("person")], [say("where")], [say("load"), "number"]],
    tools: [el("label", { class: "pick" }, free, say("only_free"))],
    read: (query) => bench.draft.read("people", { ...query, first: bench.holders, free: free.checked ? 1 : undefined }),
    key: (row) => row.staff_number,
    pick: (row) => bench.pickPerson(row.staff_number),
    hover: (row) => bench.point(row?.posts[0]?.grid),
    line: (row) => [
      nameCell(row.name, el("div", { class: "note" }, row.office || row.department)),
      el("td", { class: "why", title: row.posts.map((one) => one.place).join("、") }, row.posts[0]?.place ?? "—"),
      el("td", { class: "number" }, figure(row.held), el("span", { class: "unit" }, ` / ${figure(row.capacity)}`)),
    ],
  });
  return list;
}
