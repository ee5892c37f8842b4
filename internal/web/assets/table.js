// Sharpens long tables: a box that narrows the rows by what stands in them.
const fold = (s) => s.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
let number = 0;
for (const table of document.querySelectorAll("table[data-filter]")) {
  const rows = [...table.querySelectorAll("tbody tr:not(.group)")];
  if (rows.length < 20) continue;
  const texts = rows.map((row) => fold(row.textContent));
  const form = document.createElement("p");
  form.className = "narrow";
  const label = document.createElement("label");
  const box = document.createElement("input");
  box.type = "search";
  box.id = "narrow-" + ++number;
  label.htmlFor = box.id;
  label.textContent = "Narrow this table";
  const said = document.createElement("output");
  said.htmlFor = box.id;
  form.append(label, " ", box, " ", said);
  (table.closest(".scroll") ?? table).before(form);
  box.addEventListener("input", () => {
    const want = fold(box.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, i) => {
      row.hidden = !want.every((w) => texts[i].includes(w));
      if (!row.hidden) shown++;
    });
    for (const body of table.tBodies) {
      const head = body.querySelector("tr.group");
      if (head) head.hidden = want.length > 0 && ![...body.rows].some((r) => r !== head && !r.hidden);
    }
    said.textContent = want.length ? `${shown} of ${rows.length}` : "";
  });
}
