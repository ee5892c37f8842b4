// Checks signed heads, proofs and keys of a log as docs/formats.md and the specifications of C2SP describe them: c2sp.org/signed-note,
// tlog-checkpoint, tlog-cosignature, tlog-policy, tlog-proof, tlog-tiles, and the tree of RFC 6962. It knows no page and no network. What does not
// hold is an error of the class Wrong, whose message is written for people.
import { sha256, sha512 } from "./vendor/noble-hashes-2.4.0/sha2.js";
import { hashes, verify } from "./vendor/noble-ed25519-3.2.0/index.js";

hashes.sha512 = sha512;

export class Wrong extends Error {}
export const wrong = (words) => {
  throw new Wrong(words);
};

export const bytesOf = (text) => new TextEncoder().encode(text);
export const textOf = (bytes, what) => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return wrong(`${what} is not text (UTF-8): bytes of it were changed`);
  }
};
export const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
export const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
export const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);
export const join = (...parts) => {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
};

// unbase64 takes each text in one form only, so that no changed byte passes; null where it is not that form.
export function unbase64(text) {
  try {
    const raw = atob(text);
    return btoa(raw) === text ? Uint8Array.from(raw, (c) => c.charCodeAt(0)) : null;
  } catch {
    return null;
  }
}

// whole reads a number without sign or leading zeros, up to 2^53; -1 where it is none.
const whole = (text) => (/^(0|[1-9][0-9]{0,15})$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : -1);

const nameOK = (name) => name !== "" && !/[\s+\u0000-\u001f\u007f-\u009f]/u.test(name);

// parseKey reads a key as c2sp.org/signed-note writes it, name+hash+base64: of a log (kind 1) or of a witness (kind 4).
export function parseKey(text) {
  text = text.trim();
  const parts = /^([^+]*)\+([0-9a-f]{8})\+(.+)$/.exec(text);
  const raw = parts && unbase64(parts[3]);
  if (!raw || !nameOK(parts[1]) || raw.length !== 33) wrong(`“${text}” is no key: a key is written name+hash+base64, all in one`);
  if (hex(sha256(join(bytesOf(parts[1] + "\n"), raw)).slice(0, 4)) !== parts[2]) wrong(`the key of ${parts[1]} was not copied whole: its short hash does not fit it`);
  if (raw[0] !== 1 && raw[0] !== 4) wrong(`the key of ${parts[1]} is of a kind that is not known here (${raw[0]})`);
  return { name: parts[1], hash: parts[2], witness: raw[0] === 4, bytes: raw.slice(1), text };
}

// parseTrust reads what a reader was given by another way: keys, one a line, or a policy (c2sp.org/tlog-policy). met tells whether enough
// witnesses are among those that signed.
export function parseTrust(text) {
  const lines = text.split("\n").map((l) => l.replace(/#.*/, "").trim().split(/\s+/)).filter((l) => l[0] !== "");
  const trust = { log: null, witnesses: [], met: () => true, asks: "" };
  if (!lines.some((l) => ["log", "witness", "group", "quorum"].includes(l[0]))) {
    for (const l of lines) {
      const key = parseKey(l.join(" "));
      if (key.witness) trust.witnesses.push(key);
      else if (trust.log) wrong("two keys of logs; a check is about one");
      else trust.log = key;
    }
    return trust;
  }
  const names = new Map(); // name: a set of signers meets it or not
  let quorum = "";
  lines.forEach((l, i) => {
    const bad = (why) => wrong(`line ${i + 1} of the policy: ${why}`);
    const fresh = (name) => {
      if (names.has(name) || name === "none") bad(`the name “${name}” is taken`);
    };
    if (l[0] === "log" && (l.length === 2 || l.length === 3)) {
      if (trust.log) bad("a second log; a policy here is about one");
      trust.log = parseKey(l[1]);
      if (trust.log.witness) bad("this key is one of a witness, not of a log");
    } else if (l[0] === "witness" && (l.length === 3 || l.length === 4)) {
      const key = parseKey(l[2]);
      if (!key.witness) bad("this key is not one of a witness");
      fresh(l[1]);
      trust.witnesses.push(key);
      names.set(l[1], (signed) => signed.has(key.text));
    } else if (l[0] === "group" && l.length >= 4) {
      const members = l.slice(3);
      const need = l[2] === "any" ? 1 : l[2] === "all" ? members.length : whole(l[2]);
      if (need < 1 || need > members.length) bad(`“${l[2]}” of ${members.length} members`);
      if (new Set(members).size < members.length) bad("a member is named twice");
      for (const m of members) if (!names.has(m)) bad(`“${m}” was not named before`);
      fresh(l[1]);
      const tests = members.map((m) => names.get(m));
      names.set(l[1], (signed) => tests.filter((t) => t(signed)).length >= need);
    } else if (l[0] === "quorum" && l.length === 2) {
      if (quorum) bad("a second quorum");
      if (l[1] !== "none" && !names.has(l[1])) bad(`“${l[1]}” was not named before`);
      quorum = l[1];
    } else bad(`“${l.join(" ")}”; a line is log KEY, witness NAME KEY, group NAME any|all|N NAME…, or quorum NAME|none`);
  });
  if (!trust.log || !quorum) wrong("the policy needs a line that begins with log and one that begins with quorum");
  if (quorum !== "none") {
    trust.met = names.get(quorum);
    trust.asks = quorum;
  }
  return trust;
}

// parseHead reads a signed head without checking a signature.
export function parseHead(signed) {
  const bad = (why) => wrong(`the signed head cannot be read: ${why}`);
  if (signed.length > 1 << 20) bad("it is larger than a mebibyte");
  const all = textOf(signed, "the signed head");
  const cut = all.lastIndexOf("\n\n");
  const tail = all.slice(cut + 2);
  if (cut < 0 || !tail.endsWith("\n") || /[\u0000-\u0009\u000b-\u001f]/.test(all)) bad("it has not the form of a text with signatures beneath");
  const text = all.slice(0, cut + 1);
  const sigs = tail.slice(0, -1).split("\n").map((line) => {
    const m = /^— ([^ ]+) ([^ ]+)$/.exec(line);
    const raw = m && unbase64(m[2]);
    if (!raw || !nameOK(m[1]) || raw.length < 5) bad("a line of a signature is damaged");
    return { name: m[1], hash: hex(raw.slice(0, 4)), bytes: raw.slice(4) };
  });
  if (sigs.length > 100) bad("it has more than 100 signatures");
  const lines = text.split("\n");
  const root = unbase64(lines[2] ?? "");
  const size = whole(lines[1] ?? "");
  if (lines.length < 4 || lines[0] === "" || size < 0 || !root || root.length !== 32) bad("its first three lines are not name, number of entries and root");
  if (lines.slice(3, -1).includes("")) bad("a further line of it is empty");
  return { origin: lines[0], size, root, text, sigs, note: signed };
}

// signedBy checks the signature by one key: when it signed (a witness says; a log does not), or null where there is no signature by it. A signature
// that does not fit is wrong.
export function signedBy(head, key) {
  const sig = head.sigs.find((s) => s.name === key.name && s.hash === key.hash);
  if (!sig) return null;
  let { bytes } = sig;
  let message = bytesOf(head.text);
  let at = 0;
  if (key.witness) {
    if (bytes.length !== 72) wrong(`the signature of the witness ${key.name} is damaged`);
    const time = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
    at = Number(time);
    message = bytesOf(`cosignature/v1\ntime ${time}\n${head.text}`);
    bytes = bytes.slice(8);
  }
  let fits = false;
  try {
    fits = bytes.length === 64 && verify(bytes, message, key.bytes, { zip215: false });
  } catch {
    fits = false; // bytes that are no signature at all
  }
  if (!fits) wrong(`the signature of ${key.name} does not fit the head: the head, or its signature, was changed after it was signed, or another key made it`);
  return { key, at: at ? new Date(at * 1000) : null };
}

// parseProof reads a file .tlog-proof.
export function parseProof(bytes) {
  const bad = (why) => wrong(`the proof cannot be read: ${why}`);
  let rest = textOf(bytes, "the proof");
  const line = () => {
    const at = rest.indexOf("\n");
    if (at < 0) bad("it ends before the signed head");
    const l = rest.slice(0, at);
    rest = rest.slice(at + 1);
    return l;
  };
  if (line() !== "c2sp.org/tlog-proof@v1") bad("its first line is not c2sp.org/tlog-proof@v1");
  let l = line();
  let extra = new Uint8Array();
  if (l.startsWith("extra ")) {
    extra = unbase64(l.slice(6)) ?? bad("its line extra is damaged");
    l = line();
  }
  const index = l.startsWith("index ") ? whole(l.slice(6)) : -1;
  if (index < 0) bad("its line index is damaged or missing");
  const path = [];
  for (l = line(); l !== ""; l = line()) {
    const h = unbase64(l);
    if (!h || h.length !== 32 || path.length >= 64) bad(`hash ${path.length + 1} is damaged`);
    path.push(h);
  }
  return { index, path, leaf: extra, head: parseHead(bytesOf(rest)) };
}

export const leafHash = (leaf) => sha256(join(Uint8Array.of(0), leaf));
export const nodeHash = (left, right) => sha256(join(Uint8Array.of(1), left, right));

// rootFrom computes the root that a leaf and its path lead to (RFC 9162, 2.1.3.2); null where the path has not the length that it must have.
export function rootFrom(index, size, hash, path) {
  if (index >= size) return null;
  let at = index;
  let last = size - 1;
  const half = (n) => Math.floor(n / 2);
  for (const p of path) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(p, hash);
      while (at % 2 === 0 && at !== 0) {
        at = half(at);
        last = half(last);
      }
    } else hash = nodeHash(hash, p);
    at = half(at);
    last = half(last);
  }
  return last === 0 ? hash : null;
}

// tilePath is the address of a tile beneath the log: tile/0/x001/234, tile/entries/000.p/12.
export function tilePath(what, n, width) {
  let s = String(n % 1000).padStart(3, "0");
  for (n = Math.floor(n / 1000); n > 0; n = Math.floor(n / 1000)) s = `x${String(n % 1000).padStart(3, "0")}/${s}`;
  return `${what}/${s}${width < 256 ? `.p/${width}` : ""}`;
}

// treeOf reads hashes of the tree of a log at a size from its tiles: hash(level, n) is that of the nth complete subtree of 2^level leaves, range(lo, hi)
// that over those leaves (RFC 6962, 2.1), and tiles are those that were read, by address. read takes the address of a tile and promises its bytes.
export function treeOf(size, read) {
  const tiles = new Map();
  const tile = async (level, n) => {
    const count = Math.floor(size / 256 ** level);
    const width = Math.min(256, count - n * 256);
    const path = tilePath(`tile/${level}`, n, width);
    if (!tiles.has(path)) {
      const b = await read(path);
      if (b.length !== width * 32) wrong(`the tile ${path} has ${b.length} bytes, not ${width * 32}`);
      tiles.set(path, b);
    }
    return tiles.get(path);
  };
  const hash = async (level, n) => {
    const within = level % 8;
    const first = n * 2 ** within;
    const b = await tile((level - within) / 8, Math.floor(first / 256));
    let list = [];
    for (let i = first % 256; list.length < 2 ** within; i++) list.push(b.slice(i * 32, i * 32 + 32));
    while (list.length > 1) list = list.filter((_, i) => i % 2 === 0).map((h, i) => nodeHash(h, list[2 * i + 1]));
    return list[0];
  };
  // sizes are those of trees whose own parts must be among what is put together.
  const range = async (lo, hi, sizes = []) => {
    const n = hi - lo;
    let level = 0;
    while (2 ** (level + 1) <= n) level++;
    const crossed = sizes.some((s) => lo < s && s < hi);
    if (2 ** level === n && !crossed) return hash(level, lo / n);
    const split = 2 ** level === n ? n / 2 : 2 ** level;
    return nodeHash(await range(lo, lo + split, sizes), await range(lo + split, hi, sizes));
  };
  return { hash, range, tiles };
}

// roots computes the root of the tree at each of the sizes, ascending, from the tiles of the tree at the last of them. All of it comes from one
// set of hashes, so that every root which is right belongs to the same tree.
export async function roots(sizes, read) {
  const tree = treeOf(sizes.at(-1), read);
  const out = [];
  for (const s of sizes) out.push(s === 0 ? sha256(new Uint8Array()) : await tree.range(0, s, sizes));
  return out;
}

// pathOf is the way from a leaf to the root of the tree of a size (RFC 6962, 2.1.1).
export async function pathOf(index, size, tree) {
  const path = [];
  let lo = 0;
  for (let hi = size; hi - lo > 1; ) {
    let split = 1;
    while (2 * split < hi - lo) split *= 2;
    if (index < lo + split) {
      path.push(await tree.range(lo + split, hi));
      hi = lo + split;
    } else {
      path.push(await tree.range(lo, lo + split));
      lo += split;
    }
  }
  return path.reverse();
}

// proofText writes a file .tlog-proof, byte for byte as the program does.
export const proofText = ({ index, path, leaf, note }) => join(bytesOf(`c2sp.org/tlog-proof@v1\nextra ${base64(leaf)}\nindex ${index}\n${path.map((h) => base64(h) + "\n").join("")}\n`), note);

// leavesOf reads a bundle of leaves, each after its length in two bytes; name is its address, want how many there must be.
export function leavesOf(bytes, name, want) {
  const list = [];
  for (let at = 0; at < bytes.length; ) {
    const n = 256 * bytes[at] + (bytes[at + 1] ?? 0);
    if (at + 2 + n > bytes.length) wrong(`the file ${name} cannot be read: entry ${list.length} of it is cut off`);
    list.push(bytes.slice(at + 2, at + 2 + n));
    at += 2 + n;
  }
  if (list.length !== want) wrong(`the file ${name} holds ${list.length} entries, not ${want}`);
  return list;
}
