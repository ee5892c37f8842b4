// Checks what a leaf of the log is about: the bytes of a filing, and the words behind its commitments (docs/formats.md).
import { sha256 } from "./vendor/noble-hashes-2.4.0/sha2.js";
import { hmac } from "./vendor/noble-hashes-2.4.0/hmac.js";
import { bytesOf, hex, textOf, wrong } from "./check-log.js";

const hash64 = /^[0-9a-f]{64}$/;

// about says what each kind of leaf is that is about no filing.
const about = { key: "about a key", seal: "a seal" };

// parseLeaf reads a leaf about a filing. Bytes that Stocktake would not write are wrong.
export function parseLeaf(bytes) {
  const leaf = parseEntry(bytes);
  if (!leaf.number) wrong(`this entry of the log is ${about[leaf.kind]}, not about a filing`);
  return leaf;
}

// parseEntry reads a leaf of any kind. Those that are about no filing have no number.
export function parseEntry(bytes) {
  const text = textOf(bytes, "the entry of the log");
  let leaf;
  try {
    leaf = JSON.parse(text);
  } catch {
    wrong("the entry of the log cannot be read: it is not JSON");
  }
  const filed = String(leaf?.filed);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(filed) || Number.isNaN(Date.parse(filed))) wrong("the entry of the log does not say when it was filed");
  const { kind, number, sha256: sum, origin, vkey, seal } = leaf;
  const written = (x) => JSON.stringify(x) === text || wrong("the entry of the log is not in the form in which Stocktake writes it");
  if (kind === "key") {
    if (typeof origin !== "string" || typeof vkey !== "string" || origin === "" || vkey === "") wrong("the entry of the log is about a key, and names none");
    written({ filed, kind, origin, vkey });
    return leaf;
  }
  if (kind === "seal") {
    if (!hash64.test(seal)) wrong("the entry of the log is a seal, and holds none");
    written({ filed, kind, seal });
    return leaf;
  }
  if (!Number.isSafeInteger(leaf.number) || leaf.number < 1 || !hash64.test(leaf.sha256) || typeof kind !== "string" || kind === "") wrong("the entry of the log names no filing");
  written({ filed, kind, number, sha256: sum });
  return leaf;
}

// fits tells whether bytes are those that the leaf names. A line end that an editor or a download added does not count.
export function fits(leaf, bytes) {
  if (hex(sha256(bytes)) === leaf.sha256) return bytes;
  let n = bytes.length;
  while (n > 0 && (bytes[n - 1] === 10 || bytes[n - 1] === 13)) n--;
  return n < bytes.length && hex(sha256(bytes.slice(0, n))) === leaf.sha256 ? bytes.slice(0, n) : null;
}

export const sumOf = (bytes) => hex(sha256(bytes));

// commitments lists the places of a filing where words stand as a commitment: place, in the form acts/3/quotes/0/exact, to commitment.
export function commitments(filing) {
  const found = new Map();
  const walk = (x, path) => {
    if (x === null || typeof x !== "object") return;
    const members = Object.keys(x);
    if (members.length === 1 && typeof x.commitment === "string" && hash64.test(x.commitment)) found.set(path, x.commitment);
    else for (const m of members) walk(x[m], path ? `${path}/${m}` : m);
  };
  walk(filing, "");
  return found;
}

// open checks sheets against the commitments of a filing: the words that were opened, by place. A sheet that opens nothing is wrong.
export function open(filing, sheets) {
  const places = commitments(filing);
  const opened = new Map();
  if (!Array.isArray(sheets)) wrong("the sheets are no list");
  for (const s of sheets) {
    const place = String(s?.path);
    const about = `the sheet for ${place}`;
    if (typeof s?.text !== "string" || !hash64.test(s.salt) || !hash64.test(s.commitment)) wrong(`${about} is damaged: it needs path, commitment, salt and text`);
    if (places.get(place) !== s.commitment) wrong(`${about} is none of this filing: at that place the filing has ${places.has(place) ? "another commitment" : "no commitment"}`);
    const salt = Uint8Array.from(s.salt.match(/../g), (x) => parseInt(x, 16));
    if (hex(hmac(sha256, salt, bytesOf(s.text))) !== s.commitment) wrong(`${about} does not open its commitment: its words or its random bytes were changed`);
    opened.set(place, s.text);
  }
  return { opened, closed: [...places.keys()].filter((p) => !opened.has(p)) };
}

// sheetsFrom reads sheets from a text: one list, or a file of the log with a list for each leaf of a bundle.
export function sheetsFrom(text, index) {
  const lines = text.replace(/\n+$/, "").split("\n");
  const line = lines.length > 1 ? lines[index % 256] : lines[0];
  try {
    return JSON.parse(line);
  } catch {
    return wrong("the sheets cannot be read: they are no list in JSON");
  }
}
