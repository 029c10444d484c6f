// Copies the browser's libraries out of node_modules, with their licences, and lists them:
// name, version and sha-512 of every file. With --check it changes nothing and fails on a difference.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const SHIPPED = {
  root: "gisapp/static/vendor",
  packages: {
    leaflet: {
      "dist/leaflet.js": "leaflet/leaflet.js",
      "dist/leaflet.css": "leaflet/leaflet.css",
      LICENSE: "leaflet/LICENSE",
    },
    pbf: { "index.js": "pbf/index.js", LICENSE: "pbf/LICENSE" },
  },
};
const TESTED = {
  root: "tests/vendor",
  packages: {
    "axe-core": {
      "axe.min.js": "axe-core/axe.min.js",
      LICENSE: "axe-core/LICENSE",
      "LICENSE-3RD-PARTY.txt": "axe-core/LICENSE-3RD-PARTY.txt",
    },
  },
};
const checking = process.argv.includes("--check");

function put(path, bytes) {
  if (!checking) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  } else if (Buffer.compare(readFileSync(path), bytes) !== 0) {
    throw new Error(`${path} differs from its package; run: npm ci && npm run vendor`);
  }
}

for (const { root, packages } of [SHIPPED, TESTED]) {
  const manifest = [];
  for (const [name, files] of Object.entries(packages)) {
    const home = join("node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
    const hashes = {};
    for (const [from, to] of Object.entries(files)) {
      // A source map would be asked for and is not there.
      const text = readFileSync(join(home, from), "utf8").replace(/\n?\/\/# sourceMappingURL=.*\n?$/, "\n");
      const bytes = Buffer.from(text, "utf8");
      put(join(root, to), bytes);
      hashes[to] = createHash("sha512").update(bytes).digest("hex");
    }
    manifest.push({ name, version, licence: license, files: hashes });
  }
  put(join(root, "manifest.json"), Buffer.from(JSON.stringify(manifest, null, 2) + "\n", "utf8"));
}
