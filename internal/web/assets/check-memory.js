// What this browser saw of each log: the newest head that it checked, in the form of docs/formats.md. It lies in the browser's own storage, which
// no other site can read; where a browser has none, nothing is remembered and nothing fails.
import { Wrong, base64, parseHead, roots, same, signedBy, unbase64, wrong } from "./check-log.js";

const place = (origin) => `stocktake-seen/${origin}`;

export function remembered(origin) {
  try {
    const m = JSON.parse(localStorage.getItem(place(origin)));
    return m?.origin === origin && Number.isSafeInteger(m.size) && typeof m.key === "string" && unbase64(m.root) && unbase64(m.note) ? m : null;
  } catch {
    return null;
  }
}

export function remember(head, key) {
  const m = remembered(head.origin);
  if (m && m.size >= head.size) return;
  const seen = { origin: head.origin, key: key.text, size: head.size, root: base64(head.root), at: new Date().toISOString().slice(0, 19) + "Z", note: base64(head.note) };
  try {
    localStorage.setItem(place(head.origin), JSON.stringify(seen));
  } catch {
    return; // a browser that keeps nothing
  }
}

export function forget(origin) {
  try {
    localStorage.removeItem(place(origin));
  } catch {
    return;
  }
}

const clash = (words, ...heads) => {
  const e = new Wrong(words);
  e.heads = heads;
  throw e;
};

// recall compares a head, whose signature by key holds, with what was seen before. read asks the log for a file of its own, where it can be asked.
export async function recall(head, key, memory, read) {
  if (!memory) return { mark: "open", says: "this browser had seen no head of this log. From now on it remembers this one, and notices when another history is shown to it" };
  const seen = parseHead(unbase64(memory.note));
  const before = { what: "what this browser saw before", size: seen.size, note: seen.note };
  const shown = { what: "what it was shown now", size: head.size, note: head.note };
  if (seen.size === head.size) {
    if (!same(seen.root, head.root)) clash("the log signed two different histories of the same length", before, shown);
    return "It is the head that this browser saw before.";
  }
  if (!read) return { says: `this head has ${head.size} entries and the one that this browser saw before ${seen.size}; whether one goes on from the other can be told only where the log can be asked` };
  let newest;
  try {
    newest = parseHead(await read("checkpoint"));
  } catch (e) {
    if (e instanceof Wrong) return { says: `the log could not be asked: ${e.message}` };
    throw e;
  }
  if (newest.origin !== head.origin) return { says: `the log goes on under another name, ${newest.origin}; the program stocktake verify follows it there` };
  if (!signedBy(newest, key)) wrong("the newest head that the log shows is not signed by its key");
  const now = { what: "what the log shows as its newest head", size: newest.size, note: newest.note };
  if (newest.size < seen.size) clash(`the log now shows a head of ${newest.size} entries, and this browser saw one of ${seen.size}: it went back, and entries are missing`, before, now);
  if (newest.size < head.size) return { says: "the log does not show a head as new as this one" };
  const all = [before, shown, now].map((h) => ({ ...h, head: parseHead(h.note) }));
  const sizes = [...new Set(all.map((h) => h.size))].sort((a, b) => a - b);
  const computed = await roots(sizes, read);
  for (const h of all.reverse()) {
    if (same(computed[sizes.indexOf(h.size)], h.head.root)) continue;
    if (h.what === now.what) wrong("the hashes that the log shows do not lead to the head that it signed");
    clash(`the log does not go on from ${h.what}: its entries were changed since`, h, now);
  }
  remember(newest, key);
  return `The log goes on from the head of ${seen.size} entries that this browser saw before: all of them are still there, unchanged and in the same order.`;
}
