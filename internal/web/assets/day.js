// Answers another day on the pages of a published copy, where no server can: gcm.html?on=2018-12-19.
//
// What it needs of a page, beside what every page has:
//   <html data-published   on every page of a copy, and
//     data-on              the day that the page answers for, as 2026-11-23
//     data-known           what could be known by then, as addresses write it (At.KnownString)
//     data-head            the filing that it was made at
//     data-root            the way to the root of the copy, such as "../" (and "./" on the first page)
//     data-kind            instrument, party or home: answered again from the index
//                          same: the same on every day (recorded votes, sources, filings, the law, ...): nothing is taken away
//                          other: answered for data-on alone (changes, undertakings, lists of standings, ...)
//     data-index           the index of the page, such as "../index/i/gcm.js"; absent where there is none
//     data-shared          what all indexes share, "../index/shared.js"; wherever data-index is
//     data-live            where there is a server: the address of this page there, without parameters
//     data-origin          where there is a server: its address, for "stocktake mirror"
//   <script src="…/day-first.js"></script> in <head>, before any style sheet, and neither async nor defer nor module. It fetches this file
//                          from beside itself, and only where an address asks for another day. Both are plain scripts, as browsers refuse
//                          modules to a page that was opened from a disk.
//   data-from="DAY"        on what has nothing to show before a day: <html> of a recorded vote, or an item in a part that is kept
//   data-always            on each part of <main> that is the same on every day, such as provisions, coverage, statements. On another day all else
//                          in <main> is taken away, apart from .facts, .keydays, .doors, .doors-line, and what is written anew: h1, p.lede,
//                          figure.map (shapes are [data-id], their fill is the class k-…), .legend, table.standings. A part around any
//                          of these (the section on the first page) stays with its headings.
//   .when p b              the first is the day
// Index files are written by daysScript: a call of stocktakeDays, so that they can be read where fetch is refused (file:).

(() => {
  "use strict";
  const root = document.documentElement, own = root.dataset;
  if (!("published" in own)) return;
  window.stocktakeAnswers = true; // day-first.js leaves the rest to this
  const $ = (what, within) => (within || document).querySelector(what);
  const all = (what, within) => [...(within || document).querySelectorAll(what)];
  const main = document.getElementById("main") || document.body;
  const asked = new URLSearchParams(location.search);

  // Words, as the server writes them.
  const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
  const longDay = (d) => `${Number(d.slice(8))} ${months[d.slice(5, 7) - 1]} ${d.slice(0, 4)}`;
  const words = (d) => typeof d === "string" ? longDay(d) : d[1];
  const onWords = (d) => typeof d === "string" ? "on " + longDay(d) : d[2];
  const text = (d) => typeof d === "string" ? d : d[0];
  const first = (d) => typeof d === "string" ? d : d[3];
  const last = (d) => typeof d === "string" ? d : d[4];
  const thousands = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  const count = (n, one, many) => n === 1 ? "1 " + one : thousands(n) + " " + many;
  const and = (list) => list.length < 2 ? list.join("") : list.slice(0, -1).join(", ") + " and " + list[list.length - 1];
  const knownWords = /^\d{4}-\d\d-\d\d$/.test(own.known) ? longDay(own.known) : own.known;
  const byText = (a, b) => a < b ? -1 : a > b ? 1 : 0;

  const el = (name, props, ...children) => {
    const e = document.createElement(name);
    for (const k of Object.keys(props || {})) if (props[k] !== undefined) e.setAttribute(k, props[k]);
    e.append(...children);
    return e;
  };
  const ownPage = location.pathname.split("/").pop() || "./";
  const ownLink = () => el("a", { href: ownPage }, "This page as of " + longDay(own.on));

  // What is said about the answer: heard by whoever does not see it.
  const said = el("p", { class: "note day-said", role: "status", "aria-live": "polite", tabindex: "-1" });
  const say = (...parts) => {
    said.textContent = "";
    said.append(...parts);
    if (!said.parentNode) {
      const h1 = $("h1", main);
      if (h1 && h1.parentNode === main) h1.after(said); else main.prepend(said);
    }
    root.style.visibility = "";
  };

  // Says why there is no answer, and takes away the one of the page's own day.
  const refuse = (title, ...parts) => {
    const h1 = $("h1", main);
    main.textContent = "";
    if (h1) main.append(h1);
    if (h1 && title) h1.textContent = title;
    forget();
    said.setAttribute("role", "alert");
    say(...parts);
    said.focus();
  };
  const forget = () => {
    for (const a of all("footer [data-pinned]")) (a.closest("p") || a).remove();
    const d = $('meta[name="description"]');
    if (d) d.remove();
  };
  const live = () => own.live ? [" The site itself answers it: ", el("a", { href: own.live + location.search, rel: "external" }, own.live + location.search), "."] : [];

  // The day that was asked for; a text that is no day is said as the server says it.
  const wrongDay = (v) => {
    const m = /^(\d{4})-(\d\d)-(\d\d)$/.exec(v);
    if (m) {
      if (m[2] < 1 || m[2] > 12) return `on=${v}: months run from 01 to 12, and seasons from 21 to 24`;
      const days = new Date(Date.UTC(2000 + m[1] % 400, m[2], 0)).getUTCDate();
      if (m[3] < 1 || m[3] > days) return `on=${v}: ${months[m[2] - 1]} ${m[1]} has ${days} days`;
      return "";
    }
    if (/^\d{4}(-\d\d)?[?~%]?$/.test(v) || /^[\dX.?~%-]*\/[\dX.?~%-]*$/.test(v)) return `on=${v} is more than one day`;
    return `on=${v}: a date is written year first, such as 2017-12-04, 2017-12 or 2017`;
  };
  const given = (name) => asked.getAll(name).map((v) => v.trim()).filter(Boolean);

  // Links to other pages of this copy keep the day; those to what was taken away here lead to it on the page of its own day.
  const place = (u) => u.href.replace(/[?#].*$/, "").replace(/\/index\.html$/, "/");
  const carry = (on) => {
    const here = place(new URL(location.href)), base = place(new URL(own.root || "./", location.href));
    const gone = (address) => {
      const u = new URL(address, location.href);
      return u.hash.length > 1 && place(u) === here && !document.getElementById(decodeURIComponent(u.hash.slice(1))) && u.hash;
    };
    const ours = (address) => {
      const u = new URL(address, location.href), p = place(u);
      return p.startsWith(base) && /(\/|\.html)$/.test(p) && p !== here && !u.searchParams.has("on");
    };
    for (const a of all("a[href]")) {
      const href = a.getAttribute("href");
      if (gone(href)) a.setAttribute("href", ownPage + gone(href));
      if (href.startsWith("#") || !ours(href)) continue;
      const [, path, query, hash] = /^([^?#]*)(\?[^#]*)?(#.*)?$/.exec(href);
      a.setAttribute("href", path + (query ? query + "&" : "?") + "on=" + on + (hash || ""));
    }
    for (const f of all("form")) {
      if (f.method === "get" && f.hasAttribute("action") && ours(f.getAttribute("action")) && !f.elements.on) f.append(el("input", { type: "hidden", name: "on", value: on }));
    }
  };

  // The line that says what the page is a picture of.
  const when = (on) => {
    const b = $(".when p b");
    if (b) {
      b.textContent = longDay(on);
      for (const n of b.parentNode.childNodes) { // the page's own line says that both are one day
        if (n.nodeType === 3) n.data = n.data.replace(" (today)", "").replace("known by then", "known by " + knownWords);
      }
    }
    for (const box of all('.when input[name="on"], .keydays input[name="on"]')) box.value = on;
    for (const a of all(".keydays a")) {
      if (new URL(a.href).searchParams.get("on") === on) a.setAttribute("aria-current", "date"); else a.removeAttribute("aria-current");
    }
    const w = $(".when");
    if (w) w.classList.add("moved");
  };

  // Takes away all that is answered for the page's own day, and hides what will be written anew.
  const waiting = [], always = "[data-always], .facts, .keydays, .doors, .doors-line";
  const strip = (node, anew, on) => {
    for (const child of [...node.children]) {
      if (child.matches("h1, h2, h3, .day-said, " + always)) {
        for (const e of all("[data-from]", child)) if (on < e.dataset.from) e.remove();
        continue;
      }
      if (child.matches(anew)) {
        child.hidden = true;
        child.removeAttribute("data-filter"); // table.js leaves it alone
        waiting.push(child);
      } else if ($(anew + ", " + always, child)) {
        strip(child, anew, on);
      } else {
        child.remove();
      }
    }
  };

  // Files of the index are scripts that call stocktakeDays, so that a page opened from a disk can read them too.
  let arrived; // what the script that ran last brought: a browser tells of its end right after it
  window.stocktakeDays = (d) => { arrived = d; };
  const load = (address) => {
    if (!/\.js$/.test(address.replace(/[?#].*/, ""))) return fetch(address).then((r) => r.ok ? r.json() : Promise.reject(new Error(address + ": " + r.status)));
    return new Promise((resolve, reject) => {
      const s = el("script", { src: address });
      s.onload = () => {
        const d = arrived;
        arrived = undefined;
        s.remove();
        if (d) resolve(d); else reject(new Error(address + " holds no index"));
      };
      s.onerror = () => reject(new Error(address + " cannot be read"));
      document.head.append(s);
    });
  };

  // Turns: five numbers each, see internal/web/days.go.
  const stretch = (index, turns, from, on) => {
    let i = from;
    while (i + 5 < turns.length && index.dates[turns[i + 5]] <= on) i += 5;
    const [, word, since, ends, flags] = turns.slice(i, i + 5), w = index.words[word];
    return { word: w[0], kind: w[1], out: w[2] === 1, means: w[3], since: index.dates[since], ends: index.dates[ends], unsure: !!(flags & 1), open: !!(flags & 2), settled: !!(flags & 4),
      derived: !!(flags & 8), acted: !!(flags & 16), bound: (flags >> 5 & 3) - 1, force: (flags >> 7 & 3) - 1 };
  };
  // Everybody's standing on a day.
  const standings = (index, shared, on) => {
    const list = [];
    for (const course of index.courses) {
      for (const id of course[0].split(" ")) list.push(Object.assign({ id, name: (shared.parties[id] || [id])[0] }, stretch(index, course, 1, on)));
    }
    return list;
  };

  const anchor = (word) => "is-" + word.replace(/ /g, "-");
  const patterned = (kind) => /^k-\d$/.test(kind);
  const yesNo = (n) => n < 0 ? "not known" : n ? "yes" : "no";
  const picture = (shared, kind, pattern) => {
    const t = el("template");
    t.innerHTML = shared.swatch;
    const r = $("[class^='k-']", t.content);
    r.setAttribute("class", kind + (pattern ? " p" : ""));
    if (pattern) r.setAttribute("fill", `url(#${mapID()}-${kind})`);
    return t.content;
  };
  const mapID = () => ($("svg.worldmap") || {}).id || "map";
  const since = (d) => d === null ? "" : typeof d === "string" ? el("time", { datetime: d }, longDay(d)) : words(d);

  // The page of an instrument, and the first page.
  const gather = (list) => {
    const groups = [], ends = new Map(), at = new Map();
    const w = { groups, unsure: 0, open: 0, force: 0, ends: null, first: null, differ: false };
    for (const s of list) {
      let g = at.get(s.word);
      if (!g) {
        g = { word: s.word, kind: s.kind, out: s.out, means: s.means, members: [] };
        at.set(s.word, g);
        groups.push(g);
      }
      g.members.push(s);
      if (s.unsure) w.unsure++;
      if (s.force === 1) w.force++;
      if (s.open) w.open++;
      if (s.acted && s.ends) {
        const e = ends.get(text(s.ends)) || { d: s.ends, n: 0 };
        e.n++;
        ends.set(text(s.ends), e);
      }
    }
    for (const g of groups) g.members.sort((a, b) => byText(a.name, b.name));
    groups.sort((a, b) => a.out - b.out || b.members.length - a.members.length || byText(a.word, b.word));
    let best = 0;
    for (const { d, n } of ends.values()) {
      if (n > best || n === best && text(d) > text(w.ends)) {
        w.ends = d;
        best = n;
      }
      if (!w.first || last(d) < first(w.first)) w.first = d;
    }
    w.differ = ends.size > 1;
    return w;
  };
  const upTo = (list, index, on) => list.reduce((best, x) => index.dates[x[0]] <= on ? x : best, null);
  const lede = (index, w, on) => {
    let title = index.title, s = "On " + longDay(on) + ", ";
    if (index.symbol) title += " (" + index.symbol + ")";
    const parts = [];
    for (const g of w.groups) {
      if (g.out) continue;
      let p = thousands(g.members.length) + " as “" + g.word + "”";
      if (!parts.length) p = count(g.members.length, "party", "parties") + " stood towards " + title + " as “" + g.word + "”";
      if (g.members.length <= 5) p += " (" + g.members.map((m) => m.name).join(", ") + ")";
      parts.push(p);
    }
    if (!parts.length) {
      s += "this record knew no act by which any party would stand anywhere towards " + title;
    } else {
      s += and(parts);
      const v = upTo(index.votes || [], index, on);
      if (v) s += ` (roll-call: ${v[2]}-${v[3]}-${v[4]}, ${v[5]} not voting)`;
      if (index.binding && w.force > 0) s += ", and it was in force for " + thousands(w.force);
    }
    const a = upTo(index.adopted || [], index, on);
    if (a) s += "; it was " + a[1];
    if (w.unsure) s += "; " + count(w.unsure, "standing is", "standings are") + " unsure";
    if (w.open) s += "; sources disagree about " + count(w.open, "party", "parties");
    if (w.differ && last(w.first) < on) {
      s += "; the record here ends " + onWords(w.first) + " at the earliest";
      if (text(w.ends) !== text(w.first)) s += ", for most of these " + onWords(w.ends);
      s += ", as the page of each standing says";
    } else if (!w.ends) {
      s += "; no source says how far it reaches";
    } else if (last(w.ends) < on) {
      s += "; the record here ends " + onWords(w.ends) + ", and what was done later would not show";
    } else {
      s += "; the record here reaches to " + words(w.ends);
    }
    return s + ".";
  };
  const remarks = (s, w, on) => {
    const parts = [];
    if (s.unsure) parts.push("unsure");
    if (s.open) parts.push("sources disagree"); else if (s.settled) parts.push("sources disagreed; settled");
    if (s.derived) parts.push("derived from membership");
    if (s.acted && s.ends && text(s.ends) !== text(w.ends) && last(s.ends) < on) parts.push("record ends " + onWords(s.ends));
    return parts.join("; ");
  };
  const drawMap = (index, shared, w, on, sentence) => {
    const svg = $("svg.worldmap");
    if (!svg) return;
    const marked = w.groups.filter((g, i) => i > 0 && patterned(g.kind) && g.kind !== w.groups[0].kind).map((g) => g.kind).concat("k-absent");
    let defs = $("defs", svg);
    if (!defs) {
      defs = document.createElementNS("http://www.w3.org/2000/svg", "defs");
      svg.prepend(defs);
    }
    for (const p of new DOMParser().parseFromString(`<svg xmlns="http://www.w3.org/2000/svg">${shared.patterns}</svg>`, "image/svg+xml").documentElement.children) {
      if (!document.getElementById(p.id)) defs.append(document.importNode(p, true));
    }
    for (const child of svg.children) {
      if (child.localName === "title") child.textContent = `Map: where states stood towards ${index.title} on ${longDay(on)}`;
      if (child.localName === "desc") child.textContent = sentence;
    }
    for (const g of w.groups) {
      for (const s of g.members) {
        for (const at of all(`[data-id="${s.id}"]`, svg)) {
          for (const shape of all("[class^='k-']", at)) {
            if (shape.classList.contains("k-disputed")) continue;
            const mark = marked.includes(g.kind);
            shape.setAttribute("class", g.kind + (mark ? " p" : ""));
            if (mark) shape.setAttribute("fill", `url(#${svg.id}-${g.kind})`); else shape.removeAttribute("fill");
          }
          const t = $("title", at);
          if (t) {
            t.textContent = s.name + ": " + s.word + (s.since ? " " + "since " + words(s.since) : "") + (s.unsure ? ", unsure" : "") +
              (s.ends && s.acted && last(s.ends) < on ? "; the record ends " + onWords(s.ends) : "");
          }
        }
      }
    }
  };
  const drawLegend = (shared, w) => {
    const svg = $("svg.worldmap");
    for (const list of all("figure.map .legend")) {
      list.textContent = "";
      w.groups.forEach((g, i) => {
        const mark = i > 0 && g.kind !== w.groups[0].kind && (patterned(g.kind) || g.kind === "k-absent");
        const a = el("a", { href: "#" + anchor(g.word), title: g.means }, picture(shared, g.kind, mark), " " + g.word + " ", el("span", { class: "n" }, thousands(g.members.length)));
        const light = (on) => () => { // as map.js does
          for (const shape of all("." + g.kind, svg)) shape.classList.toggle("lit", on);
          svg.classList.toggle("dimmed", on);
        };
        if (svg) for (const [name, on] of [["pointerenter", true], ["focus", true], ["pointerleave", false], ["blur", false]]) a.addEventListener(name, light(on));
        list.append(el("li", {}, a));
      });
    }
  };
  const drawTable = (index, shared, w, on) => {
    const table = $("table.standings");
    if (!table) return;
    const heads = new Map(all("tbody th[scope=row]", table).map((th) => [th.textContent.trim(), th]));
    for (const b of [...table.tBodies]) b.remove();
    const at = new Map(w.groups.map((g, i) => [g, i]));
    const order = w.groups.slice().sort((a, b) => a.out - b.out || a.members.length - b.members.length || at.get(a) - at.get(b));
    for (const g of order) {
      const mark = at.get(g) > 0 && g.kind !== w.groups[0].kind && (patterned(g.kind) || g.kind === "k-absent");
      const body = el("tbody", { id: anchor(g.word) }, el("tr", { class: "group" }, el("th", { colspan: index.binding ? 6 : 4, scope: "rowgroup" }, picture(shared, g.kind, mark), " " + g.word + " ", el("span", { class: "n" }, String(g.members.length)))));
      for (const s of g.members) {
        const th = heads.get(s.name) || el("th", { scope: "row" }, el("a", { href: (own.root || "./") + "p/" + encodeURIComponent(s.id) + ".html" }, s.name));
        const tr = el("tr", {}, th, el("td", {}, s.word), el("td", {}, since(s.since)));
        if (index.binding) tr.append(el("td", {}, yesNo(s.bound)), el("td", {}, yesNo(s.force)));
        tr.append(el("td", {}, remarks(s, w, on)));
        body.append(tr);
      }
      table.append(body);
    }
    narrow(table);
  };
  // The box above a long table, as table.js makes it.
  const fold = (s) => s.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const narrow = (table) => {
    const rows = all("tbody tr:not(.group)", table), region = table.closest(".scroll") || table;
    if (region.previousElementSibling && region.previousElementSibling.matches(".narrow")) region.previousElementSibling.remove();
    if (rows.length < 20) return;
    const box = el("input", { type: "search", id: "narrow-day-" + all(".narrow").length });
    const out = el("output", { for: box.id });
    region.before(el("p", { class: "narrow" }, el("label", { for: box.id }, "Narrow this table"), " ", box, " ", out));
    box.addEventListener("input", () => {
      const want = fold(box.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        row.hidden = !want.every((w) => fold(row.textContent).includes(w));
        if (!row.hidden) shown++;
      }
      for (const body of table.tBodies) {
        const head = $("tr.group", body);
        if (head) head.hidden = want.length > 0 && ![...body.rows].some((r) => r !== head && !r.hidden);
      }
      out.textContent = want.length ? `${shown} of ${rows.length}` : "";
    });
  };
  const showInstrument = (index, shared, on) => {
    const w = gather(standings(index, shared, on)), sentence = lede(index, w, on);
    const p = $("p.lede", main);
    if (p) p.textContent = sentence;
    for (const d of all("figure.map figcaption details")) d.remove();
    drawMap(index, shared, w, on, sentence);
    drawLegend(shared, w);
    drawTable(index, shared, w, on);
    return (own.kind === "home" ? "The sources" : "What each did, the sources") + ", and what they cannot show, stand";
  };

  // The page of a party.
  const partyLede = (index, rows, on) => {
    let s = "On " + longDay(on) + " ";
    if (index.to && on > index.to || on < index.from) return s + index.name + " did not exist as a party, and this record shows no standing for it.";
    let bound = 0, force = 0, signed = 0, other = 0, unsure = 0, ends = null;
    for (const r of rows) {
      if (r.bound === 1) {
        bound++;
        if (r.force === 1) force++;
      } else if (r.word === "signed") {
        signed++;
      } else if (r.word !== "no act known" && r.word !== "not a state then") {
        other++;
      }
      if (r.unsure) unsure++;
      if (r.ends && (!ends || first(r.ends) > last(ends))) ends = r.ends;
    }
    s += index.name + " was bound by " + count(bound, "treaty", "treaties") + " of those in this record";
    if (force) s += "; for " + thousands(force) + " of them the record can tell that they were in force for it";
    s += (force ? "; it had" : ", had") + " signed " + thousands(signed) + " more, and had a standing towards " + count(other, "other instrument", "other instruments");
    if (unsure) s += "; " + count(unsure, "standing is", "standings are") + " unsure";
    if (ends) s += "; no source of these reaches beyond " + words(ends);
    return s + ".";
  };
  const showParty = (index, shared, on) => {
    const rows = [], have = new Set();
    for (const row of index.rows) {
      const r = stretch(index, row, 1, on);
      if (r.word === "no act known" && !r.unsure && !r.acted) continue;
      [r.title, r.table] = shared.instruments[row[0]] || [row[0], shared.tables.length - 1];
      r.id = row[0];
      have.add(r.id);
      rows.push(r);
    }
    rows.sort((a, b) => byText(a.id, b.id));
    const p = $("p.lede", main), answer = el("div", { class: "day-answer" });
    if (p) p.textContent = partyLede(index, rows, on);
    const address = (id) => (own.root || "./") + "i/" + encodeURIComponent(id) + ".html";
    shared.tables.forEach(([title, binding, compact], n) => {
      const part = rows.filter((r) => r.table === n).sort((a, b) => byText(a.title, b.title));
      if (!part.length) return;
      const body = el("tbody");
      for (const r of part) {
        const notes = [];
        if (r.unsure) notes.push("unsure");
        if (r.open) notes.push("sources disagree");
        if (r.ends) notes.push("record ends " + onWords(r.ends));
        const tr = el("tr", {}, el("th", { scope: "row" }, el("a", { href: heads.get(r.title) || address(r.id) }, r.title)), el("td", {}, picture(shared, r.kind, false), " " + r.word), el("td", {}, since(r.since)));
        if (binding) tr.append(el("td", {}, yesNo(r.force)));
        tr.append(el("td", {}, notes.join("; ")));
        body.append(tr);
      }
      const head = ["Instrument", "Standing", "Since"].concat(binding ? "In force for it" : [], "To note").map((h) => el("th", { scope: "col" }, h));
      const table = el("table", { class: "list" }, el("caption", {}, title), el("thead", {}, el("tr", {}, ...head)), body);
      answer.append(el("section", {}, el("h2", {}, title + " ", el("span", { class: "n" }, String(part.length))), el("div", { class: "scroll", role: "region", "aria-label": title, tabindex: "0" }, table),
        compact ? el("p", { class: "small" }, "No official list of states in a compact exists: these standings are derived, from the acts that their pages list.") : ""));
      if (part.length > 30) narrow(table);
    });
    const silent = Object.keys(shared.instruments).filter((id) => !have.has(id)).map((id) => ({ id, title: shared.instruments[id][0], rank: shared.tables[shared.instruments[id][1]][3] }));
    silent.sort((a, b) => a.rank - b.rank || byText(a.title, b.title));
    if (silent.length) answer.append(el("details", {}, el("summary", {}, `No act known towards ${silent.length} further instruments`), el("ul", { class: "columns" }, ...silent.map((x) => el("li", {}, el("a", { href: address(x.id) }, x.title))))));
    const before = $(".doors-line", main) || p || said;
    before.after(answer);
    return "Its recorded votes and measures at home stand";
  };
  let heads = new Map(); // links of the rows of the page of a party, by title

  const answer = async (on) => {
    const party = own.kind === "party";
    heads = new Map(all("main table.list tbody th[scope=row] a").map((a) => [a.textContent.trim(), a.getAttribute("href")]));
    strip(main, party ? "p.lede" : "p.lede, figure.map, table.standings", on);
    forget();
    when(on);
    say(`Working out the answer for ${longDay(on)} …`);
    try {
      const [index, shared] = await Promise.all([load(own.index), load(own.shared)]);
      const rest = (party ? showParty : showInstrument)(index, shared, on);
      for (const e of waiting) e.hidden = false;
      carry(on);
      say(`Answered in this browser for ${longDay(on)}, from the index of this copy, published as of filing ${thousands(index.head)}, as known on ${knownWords}. ${rest} on the page of ${longDay(own.on)}: `, ownLink(), ".");
      const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target) target.scrollIntoView();
    } catch (e) {
      refuse("", `The index of this copy, which would tell of ${longDay(on)}, could not be read here (${e.message}). This copy answers this page for ${longDay(own.on)}: `, ownLink(), ".", ...live());
    }
    root.dataset.answered = on;
  };

  const begin = () => {
    const values = {};
    for (const name of ["on", "known", "head", "head-at"]) {
      const list = given(name);
      if (list.length > 1) return refuse("This cannot be answered as asked", `${name} is given ${list.length} times. Give it once. `, ownLink());
      if (list.length) values[name] = list[0];
    }
    const wrong = values.on ? wrongDay(values.on) : "";
    if (wrong) return refuse("This cannot be answered as asked", wrong[0].toUpperCase() + wrong.slice(1) + ". Write one day as 2018-12-19. ", ownLink());
    const other = ["known", "head", "head-at"].filter((n) => values[n] && values[n] !== own[n]);
    if (other.length) {
      const dir = "DIR";
      return refuse("", `This copy answers only as known on ${knownWords}, at filing ${thousands(own.head)}; the address asks for ${and(other.map((n) => n + "=" + values[n]))}. `,
        "A running Stocktake answers it: ", el("code", {}, `stocktake mirror ${own.origin || "URL"} ${dir}`), " makes the whole record from this copy, and ", el("code", {}, `stocktake serve --data ${dir}`), " serves it.", ...live(), " ", ownLink(), ".");
    }
    const on = values.on;
    if (!on || on === own.on) {
      root.style.visibility = "";
      return;
    }
    if (own.from && on < own.from) {
      refuse("", `This record has nothing to show here for ${longDay(on)}: it is of ${longDay(own.from)}. `, ownLink(), ".");
      carry(on);
    } else if (own.kind === "same") {
      carry(on);
      root.style.visibility = "";
    } else if (/^(instrument|party|home)$/.test(own.kind) && own.shared && own.index) {
      return answer(on);
    } else {
      refuse("", `This copy answers this page only for ${longDay(own.on)}, not for ${longDay(on)}. `, ownLink(), ".", ...live());
      carry(on);
    }
    root.dataset.answered = on;
  };
  begin();
})();
