// Sharpens maps: says the name and standing of what the pointer is on in a line of its own, so that nobody waits for a tooltip.
for (const figure of document.querySelectorAll("figure.map")) {
  const svg = figure.querySelector("svg.worldmap");
  if (!svg) continue;
  const line = document.createElement("p");
  line.className = "pointed";
  line.setAttribute("aria-hidden", "true"); // the table says the same
  line.textContent = "\u00a0";
  figure.querySelector(".picture").append(line);
  const show = (event) => {
    const at = event.target.closest("a, .at");
    line.textContent = at?.querySelector("title")?.textContent ?? "\u00a0";
  };
  svg.addEventListener("pointerover", show);
  svg.addEventListener("pointerleave", () => { line.textContent = "\u00a0"; });
  // A kind in the legend shows where it is.
  for (const entry of figure.querySelectorAll(".legend a")) {
    const kind = entry.querySelector("svg rect")?.classList[0];
    if (!kind) continue;
    const mark = (on) => () => {
      for (const shape of svg.querySelectorAll("." + kind)) shape.classList.toggle("lit", on);
      svg.classList.toggle("dimmed", on);
    };
    for (const name of ["pointerenter", "focus"]) entry.addEventListener(name, mark(true));
    for (const name of ["pointerleave", "blur"]) entry.addEventListener(name, mark(false));
  }
}
// A browser does not draw outlines from another file for a page that was opened from a disk: they come as a script then.
if (location.protocol === "file:") {
  const first = document.querySelector("svg.worldmap use");
  if (first) {
    window.stocktakeWorld = (outlines) => {
      const held = document.createElement("div");
      held.hidden = true;
      held.innerHTML = outlines;
      for (const path of held.querySelectorAll("path")) path.id = "outline-" + path.id;
      document.body.append(held);
      for (const use of document.querySelectorAll("svg.worldmap use")) use.setAttribute("href", "#outline-" + use.getAttribute("href").split("#")[1]);
    };
    const script = document.createElement("script");
    script.src = first.getAttribute("href").split("#")[0].replace(/svg$/, "js");
    document.head.append(script);
  }
}
