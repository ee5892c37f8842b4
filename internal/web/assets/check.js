// Checks a filing in the reader's browser. Addresses, numbers and the key of this page stand in its data- attributes; without addresses it works
// from files alone. Nothing that a reader gives is sent anywhere.
import { Wrong, bytesOf, leafHash, parseKey, parseProof, parseTrust, rootFrom, same, signedBy, textOf, wrong } from "./check-log.js";
import { fits, open, parseLeaf, sheetsFrom, sumOf } from "./check-filing.js";
import { forget, recall, remember, remembered } from "./check-memory.js";

const box = document.querySelector("[data-checker]");
const here = box.dataset;
const online = Boolean(here.proof) && location.protocol.startsWith("http");
const given = { proof: null, filing: null, sheets: null }; // bytes, and name where they came as a file

const h = (tag, attributes, ...kids) => {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes ?? {})) if (v !== false) e.setAttribute(k, v === true ? "" : v);
  e.append(...kids.filter((k) => k !== null && k !== ""));
  return e;
};
const count = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const two = (n) => String(n).padStart(2, "0");
const day = (d) => `${d.getUTCDate()} ${months[d.getUTCMonth()]} ${d.getUTCFullYear()}`;
const moment = (d) => `${day(d)}, ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} UTC`;
const and = (list) => (list.length < 2 ? list.join("") : `${list.slice(0, -1).join(", ")} and ${list.at(-1)}`);
const some = (n, one, more) => `${count(n)} ${n === 1 ? one : more}`;

// What a reader gives.

const kindOf = (name, text) => {
  if (name.endsWith(".tlog-proof") || text.startsWith("c2sp.org/tlog-proof")) return "proof";
  if (text.trimStart().startsWith("[")) return "sheets";
  if (text.trimStart().startsWith("{") || name.endsWith(".json")) return "filing";
  if (/^(log |witness |group |quorum |#|[^\s+]+\+[0-9a-f]{8}\+\S+\s*$)/m.test(text) && text.length < 65536) return "keys";
  return "";
};

// take sorts what was given into proof, filing, sheets and keys; unreadable files are named.
async function take(files) {
  const strange = [];
  for (const f of files) {
    const bytes = new Uint8Array(await f.arrayBuffer());
    const text = new TextDecoder().decode(bytes);
    const kind = kindOf(f.name.toLowerCase(), text);
    const line = /^\{"filing":(\{.*\}),"sha256":"[^"]*","sheets":(\[.*\])\}\s*$/s.exec(text);
    if (line) { // a line of an export, or what this page saved: the filing and its sheets in one
      given.filing = { bytes: bytesOf(line[1]), name: f.name };
      given.sheets = { bytes: bytesOf(line[2]), name: f.name };
    } else if (kind === "keys") keys.value = text;
    else if (kind === "") strange.push(f.name);
    else given[kind] = { bytes, name: f.name };
  }
  return strange;
}

async function ask(address) {
  let answer;
  try {
    answer = await fetch(new URL(address, document.baseURI), { cache: "no-store", credentials: "omit" });
  } catch {
    return wrong("the site does not answer. Files that you have can be checked without it");
  }
  if (!answer.ok) wrong(`the site has nothing at ${address} (${answer.status})`);
  return new Uint8Array(await answer.arrayBuffer());
}

// The check itself, a step at a time. A step says what holds and what that does not show.

async function check(fetched) {
  const steps = [];
  const found = { steps, filing: null, sheets: [], leaf: null, head: null, words: null, clash: null };
  const step = async (title, not, run) => {
    const s = { title, not, mark: "good", says: "" };
    steps.push(s);
    try {
      const said = await run();
      if (typeof said === "string") s.says = said;
      else Object.assign(s, { mark: "open" }, said);
    } catch (e) {
      if (!(e instanceof Wrong)) throw e;
      Object.assign(s, { mark: "bad", says: e.message });
      found.clash ??= e.heads ?? null;
    }
    return s.mark;
  };

  let proof;
  let leaf;
  const readable = await step("Proof", "", () => {
    if (!given.proof) return { says: "no proof was given. It is a small file whose name ends with .tlog-proof; “Check this” on the page of a filing leads to it" };
    proof = parseProof(given.proof.bytes);
    leaf = parseLeaf(proof.leaf);
    if (fetched && leaf.number !== Number(here.number)) wrong(`the site was asked for the proof of filing ${here.number} and gave that of filing ${leaf.number}`);
    return "";
  });
  if (readable !== "good") return found;
  steps.pop();
  found.leaf = leaf;
  found.head = proof.head;
  const { head } = proof;
  const name = `filing ${count(leaf.number)}`;

  await step("Bytes of the filing", "This does not show that what the filing says is so, nor that its source is right.", () => {
    if (!given.filing) return { says: `the filing itself was not given, so nothing was compared with its entry. Its public bytes must have the SHA-256 ${leaf.sha256}` };
    const bytes = fits(leaf, given.filing.bytes);
    if (!bytes) wrong(`these are not the bytes that the entry of ${name} names: their SHA-256 is ${sumOf(given.filing.bytes)}, and the entry says ${leaf.sha256}. A byte of the filing was changed, or it is another filing`);
    found.filing = JSON.parse(textOf(bytes, "the filing"));
    return `Their SHA-256 is the one that the entry of ${name} in the log names: not a letter is different.`;
  });

  await step("Words on its sheets", "", () => {
    if (!found.filing) return { says: "they can only be checked together with the filing" };
    if (given.sheets) found.sheets = sheetsFrom(textOf(given.sheets.bytes, "the file of sheets"), proof.index);
    const { opened, closed } = open(found.filing, found.sheets);
    found.words = opened;
    if (opened.size + closed.length === 0) return given.sheets ? "The filing has none." : "The filing has none: all that it says stands in its bytes.";
    const all = opened.size === 1 ? "The one passage of it was filed with these very words" : `${count(opened.size)} passages of it were filed with these very words`;
    if (closed.length === 0) return `${all}, down to the letter. That does not show that somebody said them.`;
    const rest = `what opens ${some(closed.length, "passage", "passages")} was ${given.sheets ? "not among the sheets: the words were removed since, which a later filing then says, or were not handed on" : "not given"}`;
    return { says: opened.size > 0 ? `${all}; ${rest}` : rest };
  });

  await step("Place in the log", "This does not show when it was entered: that moment is the record’s own word, unless a witness signed.", () => {
    const root = rootFrom(proof.index, head.size, leafHash(proof.leaf), proof.path);
    if (!root || !same(root, head.root)) wrong("the proof does not lead from this entry to the signed head: entry, proof or head was changed");
    return `From the entry and ${some(proof.path.length, "hash", "hashes")} follows the root of the signed head. It is entry ${count(proof.index)} of ${count(head.size)}, counted from 0.`;
  });

  let trust = { log: null, witnesses: [], met: () => true, asks: "" };
  const memory = remembered(head.origin);
  let key = null;
  const signed = await step("Signature", "This does not show that nobody was shown another head, only that whoever has that key cannot deny this one.", () => {
    trust = parseTrust(keys.value);
    const own = here.key ? parseKey(here.key) : null;
    let from;
    if (trust.log) [key, from] = [trust.log, "the key that you gave"];
    else if (memory) [key, from] = [parseKey(memory.key), `the key that this browser remembers since ${day(new Date(memory.at))}`];
    else if (own?.name === head.origin) [key, from] = [own, here.alone !== undefined ? "the key that was written into this file when it was saved. Compare it with one that you got by another way" : "the key that this site names. Compare it with one that you got by another way: a site that lies names a key that fits"];
    if (!key && own) wrong(`it is a head of the log “${head.origin}”, and the key at hand is that of “${own.name}”. Its name was changed, or it belongs to another record: then give that record’s key above`);
    if (!key) return { says: `nobody named the key of the log ${head.origin}. Give it above; a key that comes with the proof itself would show nothing` };
    if (key.name !== head.origin) wrong(`it is a head of the log “${head.origin}”, and the key is that of “${key.name}”`);
    const sig = signedBy(head, key);
    if (!sig) wrong(`it carries no signature by ${from.split(".")[0]}. Another key signed it, or it was changed`);
    for (const other of [memory && parseKey(memory.key), own]) {
      if (other && other.name === key.name && other.text !== key.text) wrong(`it is signed, but two keys of one name are about: ${key.text} and ${other.text}. One of them is false: ask for the key by another way than a page`);
    }
    return `The log ${head.origin} signed that it has ${some(head.size, "entry", "entries")} with this root, by ${from}.`;
  });

  await step("Witnesses", "A witness never judges what a filing says.", () => {
    const others = head.sigs.filter((s) => !(s.name === head.origin)).map((s) => s.name);
    if (trust.witnesses.length === 0) {
      return { says: others.length ? `the head carries ${some(others.length, "further signature", "further signatures")}, under the ${others.length === 1 ? "name" : "names"} ${and(others)}; without their keys, given above, ${others.length === 1 ? "it shows" : "they show"} nothing` : "nobody signed besides the log. Two readers could then be shown two histories, which they notice only when they compare" };
    }
    const by = trust.witnesses.map((w) => signedBy(head, w)).filter(Boolean);
    if (!trust.met(new Set(by.map((s) => s.key.text)))) wrong(`too few witnesses signed the head: the policy asks for “${trust.asks}”`);
    if (by.length === 0) return { says: `none of the ${trust.witnesses.length} whose keys you gave signed this head` };
    return `${and(by.map((s) => `${s.key.name} on ${moment(s.at)}`))} signed the same head: the entry was there by then, whatever the log says.`;
  });

  if (signed === "good" && !steps.some((s) => s.mark === "bad")) {
    await step("What this browser saw before", "What it never saw, it cannot miss.", () => recall(head, key, memory, online && here.log ? (path) => ask(here.log + path) : null));
  }
  if (signed === "good" && !steps.some((s) => s.mark === "bad")) remember(head, key);
  return found;
}

// The page.

const marks = { good: ["✓", "in order"], bad: ["✗", "wrong"], open: ["○", "not checked"] };
const says = (s) => s.charAt(0).toUpperCase() + s.slice(1) + (/[.!?]$/.test(s) ? "" : ".");
const saved = (name, label, bytes) => h("a", { href: URL.createObjectURL(new Blob([bytes])), download: name }, label);

function verdict(f) {
  const bad = f.steps.find((s) => s.mark === "bad");
  if (bad) return ["bad", "It does not hold.", `${bad.title}: ${says(bad.says)}`];
  const open = f.steps.find((s) => s.mark === "open" && ["Proof", "Signature"].includes(s.title));
  if (open) return ["open", "This is not settled.", `${open.title}: ${says(open.says)}`];
  if (!f.filing) return ["good", "It holds as far as it goes.", `The entry of filing ${count(f.leaf.number)} stands in the signed log. The filing itself was not given.`];
  return ["good", "It holds.", `Filing ${count(f.leaf.number)}, with these very bytes, stands in the signed log.`];
}

function sources(filing) {
  const titles = new Map((filing.sources ?? []).map((s) => [s.id, s.title]));
  const used = new Set(titles.keys());
  for (const part of Object.values(filing)) if (Array.isArray(part)) for (const x of part) if (typeof x?.source === "string") used.add(x.source);
  return [...used].map((id) => (titles.get(id) ? `${titles.get(id)} (${id})` : id));
}

function show(f) {
  const [mark, short, long] = verdict(f);
  const filed = f.leaf && new Date(f.leaf.filed);
  const parts = [h("div", { class: `verdict ${mark}`, role: mark === "bad" ? "alert" : false }, h("p", {}, h("strong", {}, `${marks[mark][0]} ${short}`), ` ${long}`))];
  if (mark === "good") parts.unshift(h("p", {}, `This does not show that a fact is true: it shows only that this record has said so since ${moment(filed)}, and on which source.`));
  if (f.clash) {
    parts.push(h("p", {}, "Both of these heads carry the signature of the log. Keep them, and show them to others who read this record:"));
    parts.push(h("ul", {}, ...f.clash.map((c, i) => h("li", {}, saved(`head-${i + 1}-of-${c.size}.txt`, `${c.what}: ${some(c.size, "entry", "entries")}`, c.note)))));
  }
  if (mark !== "bad" && f.filing) {
    const told = h("dl", {}, h("dt", {}, "What it says of itself"), h("dd", {}, f.filing.title), h("dt", {}, "Filed, by the record’s own clock"), h("dd", {}, moment(filed)));
    const on = sources(f.filing);
    if (on.length) told.append(h("dt", {}, on.length === 1 ? "Its source" : "Its sources"), ...on.slice(0, 12).map((s) => h("dd", {}, s)));
    if (on.length > 12) told.append(h("dd", {}, `and ${on.length - 12} more`));
    parts.push(h("div", { class: "facts" }, told));
    if (f.words?.size) parts.push(h("details", {}, h("summary", {}, some(f.words.size, "passage that was opened", "passages that were opened")), ...[...f.words].slice(0, 50).map(([place, words]) => h("blockquote", {}, h("p", {}, words), h("footer", { class: "mono" }, place)))));
  }
  parts.push(h("ol", { class: "steps" }, ...f.steps.map((s) => h("li", { class: s.mark }, h("p", {}, h("strong", {}, `${marks[s.mark][0]} ${s.title}: ${marks[s.mark][1]}. `), s.says ? says(s.says) : "", s.mark === "good" && s.not ? h("span", { class: "not" }, ` ${s.not}`) : "")))));
  if (given.proof && f.leaf && mark !== "bad") {
    const n = f.leaf.number;
    const keep = [saved(`filing-${n}.tlog-proof`, "the proof", given.proof.bytes)];
    if (given.filing && f.filing) {
      keep.push(saved(`filing-${n}.json`, "the filing with its sheets", `{"filing":${textOf(fits(f.leaf, given.filing.bytes), "")},"sha256":"${f.leaf.sha256}","sheets":${JSON.stringify(f.sheets)}}\n`));
    }
    const line = h("p", {}, "Keep what was checked: ");
    keep.forEach((a, i) => line.append(i ? ", " : "", a));
    line.append(". With the page in one file it can be checked anywhere, without this site.");
    parts.push(line);
  }
  const memory = f.head && remembered(f.head.origin);
  if (memory) {
    const off = h("button", { type: "button" }, "Forget it");
    const line = h("p", { class: "small" }, `This browser remembers of the log ${f.head.origin}: its key, and a head of ${some(memory.size, "entry", "entries")}. It tells nobody. `, off);
    off.addEventListener("click", () => {
      forget(f.head.origin);
      line.textContent = "Forgotten.";
    });
    parts.push(line);
  }
  result.replaceChildren(...parts);
  result.dataset.mark = mark;
}

const named = () => {
  const list = Object.values(given).filter((g) => g?.name).map((g) => g.name);
  return list.length ? `Given: ${and([...new Set(list)])}.` : "";
};

async function run(fetched) {
  box.setAttribute("aria-busy", "true");
  try {
    show(await check(fetched));
  } catch (e) {
    stop(`this page itself failed (${e.message}). Check with the program instead: stocktake verify FILE.tlog-proof`);
    throw e;
  } finally {
    box.removeAttribute("aria-busy");
  }
}

const stop = (words) => {
  result.replaceChildren(h("div", { class: "verdict bad", role: "alert" }, h("p", {}, h("strong", {}, "✗ Not checked."), ` ${says(words)}`)));
  result.dataset.mark = "bad";
};

async function fromSite() {
  result.replaceChildren(h("p", {}, "Fetching the proof, the filing and its sheets…"));
  try {
    const [proof, filing] = [await ask(here.proof), await ask(here.filing)];
    Object.assign(given, { proof: { bytes: proof }, filing: { bytes: filing }, sheets: null });
    if (textOf(filing, "the filing").includes('"commitment":')) {
      const all = textOf(await ask(here.sheets), "the file of sheets");
      given.sheets = { bytes: bytesOf(JSON.stringify(sheetsFrom(all, Number(here.line)))) };
    }
    files.value = "";
    list.textContent = "";
    await run(true);
  } catch (e) {
    if (!(e instanceof Wrong)) throw e;
    stop(e.message);
  }
}

async function fromFiles(chosen) {
  if (!list.textContent) Object.assign(given, { proof: null, filing: null, sheets: null }); // what was fetched is not mixed with files
  const strange = await take(chosen);
  list.textContent = named();
  if (strange.length) stop(`${and(strange)} is neither a proof, nor a filing or its sheets, nor a key`);
  else await run(false);
}

const files = h("input", { type: "file", id: "check-files", multiple: true, "aria-describedby": "check-files-help" });
const list = h("p", { class: "given" });
const keys = h("textarea", { id: "check-keys", rows: "4", spellcheck: "false", autocomplete: "off", "aria-describedby": "check-keys-help" });
const result = h("div", { class: "checked", "aria-live": "polite" });
const drop = h(
  "div",
  { class: "drop" },
  h("p", {}, h("label", { for: "check-files" }, "Files that you have"), " ", files),
  h("p", { class: "small", id: "check-files-help" }, "A proof (.tlog-proof), the filing (.json), its sheets, a policy: choose them together or one after another, or drop them here. They stay on this computer; nothing is sent."),
  list,
);
box.append(
  h("p", {}, online ? "Your browser can do the check by itself: it fetches the proof, the filing and its sheets, and computes every hash and signature here. It takes nobody’s word for the answer." : "Your browser can do the check by itself, from files, with no network: it computes every hash and signature here and takes nobody’s word for the answer."),
  online ? h("p", {}, h("button", { type: "button", id: "check-now" }, `Check filing ${count(Number(here.number))} in this browser`)) : "",
  drop,
  h("details", {}, h("summary", {}, "A key that you got by another way"), h("p", {}, h("label", { for: "check-keys" }, "Key of the log, keys of witnesses, or a policy")), keys, h("p", { class: "small", id: "check-keys-help" }, "One key a line, as a printed page, a letter or another organisation gives it: name+hash+base64. Without one, the key is taken that this browser remembers, else the one that this page names.")),
  result,
);
if (here.file) box.append(h("p", { class: "small" }, h("a", { href: here.file, download: "check-a-record.html" }, "Save this checker as one file"), ": a page that works from your disk, on a computer without network, for every filing of this and of any other record of this kind."));

box.querySelector("#check-now")?.addEventListener("click", fromSite);
files.addEventListener("change", () => files.files.length && fromFiles([...files.files]));
keys.addEventListener("change", () => given.proof && run(false));
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (e) => {
    e.preventDefault();
    drop.classList.add("over");
  });
}
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (e) => {
  e.preventDefault();
  drop.classList.remove("over");
  fromFiles([...e.dataTransfer.files]);
});
