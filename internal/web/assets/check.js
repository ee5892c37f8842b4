// Checks a filing in the reader's browser. Addresses, numbers and the key of this page stand in its data- attributes; without addresses it works
// from files alone. On a published copy (data-copy) the number stands behind the # of the address, and the proof is made here, from the files of the
// log. Nothing that a reader gives is sent anywhere.
import { Wrong, bytesOf, leafHash, parseKey, parseProof, parseTrust, rootFrom, same, signedBy, textOf, wrong } from "./check-log.js";
import { fits, open, parseLeaf, sheetsFrom, sumOf } from "./check-filing.js";
import { NotYet, ask, readerOf, takeFiling } from "./check-copy.js";
import { forget, recall, remember, remembered } from "./check-memory.js";

const box = document.querySelector("[data-checker]");
const here = box.dataset;
const web = location.protocol.startsWith("http");
const copy = here.copy !== undefined;
const online = Boolean(here.proof) && web;
const nothing = { proof: null, filing: null, sheets: null, blame: "", apart: "" };
const given = { ...nothing }; // bytes, and name where they came as a file; and what takeFiling says of files that do not fit each other
let number = Number(here.number ?? 0); // of the filing that is asked about, 0 where none is
const beside = web && here.log ? (path) => ask(here.log + path) : null; // reads a file of the log beside this page
let log = beside; // what is asked whether the log goes on from what was seen before

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
    let bytes;
    try {
      bytes = new Uint8Array(await f.arrayBuffer());
    } catch { // a folder, or a file that went
      strange.push(f.name);
      continue;
    }
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

// The check itself, a step at a time. A step says what holds and what that does not show.

async function check(fetched) {
  const steps = [];
  const found = { steps, fetched, filing: null, sheets: [], leaf: null, head: null, words: null, clash: null };
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
    if (fetched && leaf.number !== number) wrong(`the site was asked for the proof of filing ${number} and gave that of filing ${leaf.number}`);
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
    if (given.apart) wrong(given.apart);
    if (!root || !same(root, head.root)) wrong(given.blame || "the proof does not lead from this entry to the signed head: entry, proof or head was changed");
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
    await step("What this browser saw before", "What it never saw, it cannot miss.", () => recall(head, key, memory, log));
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
    const told = h("dl", {}, h("dt", {}, "What it says of itself"), h("dd", {}, beside && log === beside && f.fetched ? h("a", { href: copy ? `f/${f.leaf.number}.html` : `${here.proof ? "../" : ""}f/${f.leaf.number}` }, f.filing.title) : f.filing.title), h("dt", {}, "Filed, by the record’s own clock"), h("dd", {}, moment(filed)));
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
      const bytes = fits(f.leaf, given.filing.bytes);
      keep.push(saved(`filing-${n}.json`, "the filing’s public bytes", bytes));
      keep.push(saved(`filing-${n}-with-sheets.json`, "the filing with its sheets", `{"filing":${textOf(bytes, "")},"sha256":"${f.leaf.sha256}","sheets":${JSON.stringify(f.sheets)}}\n`));
    }
    const line = h("p", {}, "Keep what was checked: ");
    keep.forEach((a, i) => line.append(i ? ", " : "", a));
    line.append(". With the page in one file it can be checked anywhere, without this site; so can the proof with the program: ", h("span", { class: "mono" }, `stocktake verify filing-${n}.tlog-proof`), ".");
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

const stop = (words, mark = "bad") => {
  result.replaceChildren(h("div", { class: `verdict ${mark}`, role: mark === "bad" ? "alert" : false }, h("p", {}, h("strong", {}, `${marks[mark][0]} Not checked.`), ` ${says(words)}`)));
  result.dataset.mark = mark;
};

// fetching gathers what is checked, and checks it.
async function fetching(what, gather) {
  result.replaceChildren(h("p", {}, what));
  box.setAttribute("aria-busy", "true");
  try {
    Object.assign(given, nothing, await gather());
    files.value = "";
    list.textContent = "";
    await run(true);
  } catch (e) {
    if (!(e instanceof Wrong)) throw e;
    stop(e.message, e instanceof NotYet ? "open" : "bad");
  } finally {
    box.removeAttribute("aria-busy");
  }
}

// A site that runs the program makes the proof.
const fromSite = () => fetching("Fetching the proof, the filing and its sheets…", async () => {
  number = Number(here.number);
  log = beside;
  const [proof, filing] = [await ask(here.proof), await ask(here.filing)];
  const got = { proof: { bytes: proof }, filing: { bytes: filing } };
  if (textOf(filing, "the filing").includes('"commitment":')) {
    const all = textOf(await ask(here.sheets), "the file of sheets");
    got.sheets = { bytes: bytesOf(JSON.stringify(sheetsFrom(all, Number(here.line)))) };
  }
  return got;
});

// From the files of a log it is made here.
const fromLog = (n, source) => fetching("Reading the signed head, the entry, the tiles and the filing…", async () => {
  const read = await source();
  number = n;
  log = read;
  const { proof, filing, sheets, ...said } = await takeFiling(number, read);
  return { proof: { bytes: proof }, filing: { bytes: filing }, sheets: sheets && { bytes: sheets }, ...said };
});

// asked reads the number in a field.
function asked(field) {
  const text = field.value.replace(/[\s,]/g, "");
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text);
  stop("write the number of the filing: it stands on its page and in its address", "open");
  return 0;
}

async function fromFiles(chosen) {
  if (!list.textContent) Object.assign(given, nothing); // what was fetched is not mixed with files
  given.blame = given.apart = "";
  log = beside;
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
const numbered = (id) => h("input", { id, inputmode: "numeric", autocomplete: "off", size: "10" });
const one = numbered("check-number");
const ofFolder = numbered("check-folder-number");
const folder = h("input", { type: "file", id: "check-folder", webkitdirectory: true, "aria-describedby": "check-folder-help" });
const alike = "computes every hash and signature here. It takes nobody’s word for the answer.";
const intro = [];
const away = h("a", { href: here.file ?? "" }, "the checker in one file");
if (online) {
  intro.push(h("p", {}, `Your browser can do the check by itself: it fetches the proof, the filing and its sheets, and ${alike}`));
  intro.push(h("p", {}, h("button", { type: "button", id: "check-now" }, `Check filing ${count(number)} in this browser`)));
} else if (beside) {
  intro.push(h("p", {}, `Your browser can do the check by itself: it fetches the signed head, the entry of a filing and what the entry stands for, makes the proof from the hashes of the log, and ${alike}`));
  intro.push(h("form", { class: "one row" }, h("label", { for: "check-number" }, "Number of the filing"), " ", one, " ", h("button", { id: "check-now" }, "Check it in this browser")));
} else if (copy) {
  intro.push(h("p", { class: "note" }, "This page was opened from a disk, and a browser lets no such page read the files beside it by itself. Choose the folder of this copy below; or open ", away, ", which asks no address for anything and does the same."));
} else intro.push(h("p", {}, "Your browser can do the check by itself, from files, with no network: it computes every hash and signature here and takes nobody’s word for the answer."));
const around = h(
  "details",
  { open: copy && !web },
  h("summary", {}, "A folder with a copy of a record"),
  h("form", { class: "folder" }, h("p", {}, h("label", { for: "check-folder" }, "Its folder, or the folder “log” in it"), " ", folder), h("p", {}, h("label", { for: "check-folder-number" }, "Number of the filing"), " ", ofFolder, " ", h("button", {}, "Check it from the folder"))),
  h("p", { class: "small", id: "check-folder-help" }, "The proof is made here, from the files of the log. Some browsers call it uploading when a folder is chosen: its files stay on this computer, and nothing is sent."),
);
box.append(
  ...intro,
  drop,
  around,
  h("details", {}, h("summary", {}, "A key that you got by another way"), h("p", {}, h("label", { for: "check-keys" }, "Key of the log, keys of witnesses, or a policy")), keys, h("p", { class: "small", id: "check-keys-help" }, "One key a line, as a printed page, a letter or another organisation gives it: name+hash+base64. Without one, the key is taken that this browser remembers, else the one that this page names.")),
  result,
);
if (here.file) box.append(h("p", { class: "small" }, h("a", { href: here.file, download: "check-a-record.html" }, "Save this checker as one file"), ": a page that works from your disk, on a computer without network, for every filing of this and of any other record of this kind."));

// The number behind the # of the address of a copy.
const heading = document.querySelector("h1");
const plain = [heading?.textContent, document.title];
function follow() {
  const m = /^#([1-9][0-9]{0,14})$/.exec(location.hash);
  if (!m && location.hash.length > 1) return; // a place on the page
  const n = m ? Number(m[1]) : 0;
  one.value = ofFolder.value = n || "";
  away.hash = n || "";
  if (here.log && heading) {
    heading.textContent = n ? `Check filing ${count(n)}` : plain[0];
    document.title = n ? plain[1].replace(plain[0], heading.textContent) : plain[1];
  }
  if (n === number) return;
  number = n;
  delete result.dataset.mark;
  result.replaceChildren();
}

box.querySelector("button#check-now")?.addEventListener("click", () => online && fromSite());
box.querySelector("form.one")?.addEventListener("submit", (e) => {
  e.preventDefault();
  const n = asked(one);
  if (!n) return;
  number = n; // before the address says so: what is there is not taken away for it
  location.hash = n;
  fromLog(n, () => beside);
});
box.querySelector("form.folder").addEventListener("submit", (e) => {
  e.preventDefault();
  if (!folder.files.length) return stop("choose a folder first", "open");
  const n = asked(ofFolder);
  if (!n) return;
  fromLog(n, () => readerOf([...folder.files]));
});
if (!here.proof) {
  follow();
  addEventListener("hashchange", follow);
}
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
