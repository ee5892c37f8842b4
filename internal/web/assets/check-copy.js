// Takes a filing out of the plain files of a log (docs/formats.md), and makes the proof that it stands there from their tiles: nobody is asked for
// an answer. The files come from a web host, or from a folder that a reader chose.
import { Wrong, leafHash, leavesOf, parseHead, pathOf, proofText, same, textOf, tilePath, treeOf, wrong } from "./check-log.js";
import { parseEntry } from "./check-filing.js";

// Missing is a file that is not there; NotYet a filing that no signed head holds.
export class Missing extends Wrong {}
export class NotYet extends Wrong {}

const count = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

// ask fetches a file.
export async function ask(address) {
  let answer;
  try {
    answer = await fetch(new URL(address, document.baseURI), { cache: "no-store", credentials: "omit" });
  } catch {
    return wrong("the site does not answer. Files that you have can be checked without it");
  }
  if (!answer.ok) throw new Missing(`the site has nothing at ${address} (${answer.status})`);
  return new Uint8Array(await answer.arrayBuffer());
}

// readerOf reads the log among the files of a folder: that of a copy, the folder log in it, or one around it.
export function readerOf(files) {
  const place = (f) => f.webkitRelativePath || f.name;
  const heads = files.map(place).filter((p) => /(^|\/)checkpoint$/.test(p)).sort((a, b) => a.split("/").length - b.split("/").length);
  if (heads.length === 0) wrong("there is no log in this folder: no file “checkpoint”, which holds the signed head. Choose the folder of a published copy, or the folder “log” in it");
  const base = heads[0].slice(0, -"checkpoint".length);
  const named = new Map(files.map((f) => [place(f), f]));
  return async (path) => {
    const f = named.get(base + path);
    if (!f) throw new Missing(`the folder has no file ${base}${path}`);
    try {
      return new Uint8Array(await f.arrayBuffer());
    } catch {
      return wrong(`the file ${base}${path} cannot be read any more: choose the folder again`);
    }
  };
}

// lineOf is line n of a file, counted from 0, without its end.
function lineOf(bytes, n, name) {
  let at = 0;
  for (let i = 0; i <= n; i++) {
    const end = bytes.indexOf(10, at);
    if (end < 0) wrong(`the file ${name} is cut off: it has no line ${n + 1}`);
    if (i === n) return bytes.slice(at, end);
    at = end + 1;
  }
  return null;
}

// most is how many bundles of entries are read to find one.
const most = 256;

// locate finds the leaf of a filing. Leaves about keys and seals stand between those of filings, so that it is never before number-1, and as far behind as
// there are such leaves before it. The bundle where it must be is found by halves; bundles without any filing are passed over.
async function locate(number, size, read) {
  const bundles = new Map();
  let bad = "";
  const load = async (n) => {
    if (bundles.has(n)) return bundles.get(n);
    if (bundles.size === most) wrong(`the entry of filing ${count(number)} was not found in ${most} bundles of entries: they were changed`);
    const width = Math.min(256, size - n * 256);
    const path = tilePath("tile/entries", n, width);
    const list = [];
    leavesOf(await read(path), path, width).forEach((leaf, i) => {
      const index = n * 256 + i;
      try {
        const entry = parseEntry(leaf);
        if (!entry.number) return;
        if (entry.number > index + 1 || list.length && entry.number <= list.at(-1).number) {
          bad ||= `entry ${i} of ${path} is that of filing ${count(entry.number)}, which cannot stand there: the entries were changed`;
        } else list.push({ index, number: entry.number, leaf, path, width });
      } catch (e) {
        bad ||= `entry ${i} of ${path} cannot be read: ${e instanceof Wrong ? e.message : "it is not JSON"}. A byte of that file was changed`;
      }
    });
    bundles.set(n, list);
    return list;
  };
  let low = Math.floor((number - 1) / 256), high = Math.ceil(size / 256); // it is in one of the bundles from low to before high
  for (let at = low; low < high; at = Math.floor((low + high) / 2)) {
    let n = at;
    while (n < high && (await load(n)).length === 0) n++;
    const list = n < high ? await load(n) : [];
    if (list.length === 0 || number < list[0].number) high = at;
    else if (number > list.at(-1).number) low = Math.max(n + 1, Math.floor((list.at(-1).index + number - list.at(-1).number) / 256));
    else return list.find((e) => e.number === number) ?? wrong(bad || `${list[0].path} has no entry of filing ${count(number)}, and must: the entries were changed`);
  }
  if (bad) wrong(bad);
  throw new NotYet(`the signed head here covers ${count(size)} entries, and filing ${count(number)} is not among them. It was filed since, or no filing has that number`);
}

async function takeAt(number, note, read) {
  const head = parseHead(note);
  const found = await locate(number, head.size, read);
  const { index, leaf } = found;
  const tree = treeOf(head.size, read);
  const path = await pathOf(index, head.size, tree);
  const own = await tree.hash(0, index);
  const behind = found.path.slice("tile/entries/".length);
  const line = async (name) => lineOf(await read(name), index % 256, name);
  const filing = await line(`filings/${behind}`);
  const sheets = textOf(filing, `the line of filing ${number} in filings/${behind}`).includes('"commitment":') ? await line(`sheets/${behind}`) : null;
  // What is said where the proof does not lead to the signed head, and what is wrong even where it does.
  const blame = `the hashes in ${[...tree.tiles.keys()].join(", ")} do not lead from the entry to the signed head: one of these files was changed, or the head`;
  const apart = same(own, leafHash(leaf)) ? "" : `entry ${index % 256} of ${found.path} has not the hash that ${tilePath("tile/0", Math.floor(index / 256), found.width)} has for it: one of the two files was changed`;
  return { proof: proofText({ index, path, leaf, note }), filing, sheets, blame, apart };
}

// takeFiling reads a filing, its sheets as a list in JSON (null where it has none), and makes the proof. What it returns is not checked. A copy that is
// written anew while it is read changes its head, and is read again.
export async function takeFiling(number, read) {
  for (let left = 3; ; left--) {
    const note = await read("checkpoint");
    try {
      return await takeAt(number, note, read);
    } catch (e) {
      if (!(e instanceof Missing)) throw e;
      if (left > 1 && !same(await read("checkpoint"), note)) continue;
      return wrong(`${e.message}. The signed head beside it covers ${count(parseHead(note).size)} entries, and the files of all of them must be there: some are missing, or the head was changed`);
    }
  }
}
