// Asks our own server; a failure carries the sentence and the reference people can quote.

export class Problem extends Error {
  constructor(message, reference) {
    super(message);
    this.reference = reference;
  }
}

/** Fetch JSON from `path` with `query`; undefined and empty parameters are left out. */
export async function ask(path, query = {}, { signal } = {}) {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== "") params.append(name, one);
    }
  }
  const address = params.size ? `${path}?${params}` : path;
  const answer = await fetch(address, { headers: { Accept: "application/json" }, signal });
  if (answer.ok) return answer.json();
  let body = {};
  try {
    body = await answer.json();
  } catch (wrong) {
    if (!(wrong instanceof SyntaxError)) throw wrong;
  }
  throw new Problem(body.title ?? body.detail ?? String(answer.status), body.request_id ?? "");
}

/** The bytes of a tile; null for an empty one (204). */
export async function bytes(path, signal) {
  const answer = await fetch(path, { signal });
  if (answer.status === 204) return null;
  if (!answer.ok) throw new Problem(String(answer.status), "");
  return new Uint8Array(await answer.arrayBuffer());
}
