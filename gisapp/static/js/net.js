// Asks our own server; a failure carries the sentence and the reference people can quote.

import { config, say } from "./words.js";

export class Problem extends Error {
  /** `body` is the whole problem as the server wrote it (RFC 9457), with its `code`. */
  constructor(message, reference, status = 0, body = {}) {
    super(message);
    this.reference = reference;
    this.status = status;
    this.body = body;
  }
}

/** Fetch JSON from `path` with `query`; undefined and empty parameters are left out. */
export async function ask(path, query = {}, how = {}) {
  return (await answered(path, query, how)).json();
}

/** The same as {tag, read()}: its text is read only where the tag tells of something new. */
export async function tagged(path, query, how) {
  const answer = await answered(path, query, how);
  return { tag: answer.headers.get("ETag"), read: () => answer.text() };
}

async function answered(path, query, { signal, priority }) {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== "") params.append(name, one);
    }
  }
  const address = params.size ? `${path}?${params}` : path;
  const answer = await reach(address, { headers: { Accept: "application/json" }, signal, priority });
  if (answer.ok) return answer;
  throw await problem(answer);
}

/** Write: `body` goes as JSON, `version` as the version it was made on. Null where nothing comes back. */
export async function send(path, body, { method = "POST", version, signal } = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": config.csrf };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (version !== undefined) headers["If-Match"] = `"${version}"`;
  const answer = await reach(path, {
    method,
    headers,
    signal,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw await problem(answer);
  return answer.status === 204 ? null : answer.json();
}

/** A name nobody else gives: what is sent twice under it is done once. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const random = crypto.getRandomValues(new Uint8Array(16));
  random[6] = (random[6] & 15) | 64;
  random[8] = (random[8] & 63) | 128;
  const text = [...random].map((one) => one.toString(16).padStart(2, "0")).join("");
  return text.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

/** Fetch; when nobody answers at all that is a problem with the status 0. */
async function reach(address, how) {
  try {
    return await fetch(address, how);
  } catch (wrong) {
    if (!(wrong instanceof TypeError)) throw wrong;
    throw new Problem(say("no_connection"), "");
  }
}

async function problem(answer) {
  let body = {};
  try {
    body = await answer.json();
  } catch (wrong) {
    if (!(wrong instanceof SyntaxError)) throw wrong;
  }
  const said = body.title ?? body.detail ?? String(answer.status);
  return new Problem(said, body.request_id ?? "", answer.status, body);
}

/** The bytes of a tile; null for an empty one (204). */
export async function bytes(path, signal) {
  const answer = await reach(path, { signal });
  if (answer.status === 204) return null;
  if (!answer.ok) throw await problem(answer);
  return new Uint8Array(await answer.arrayBuffer());
}
