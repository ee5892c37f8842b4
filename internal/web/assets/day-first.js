// Runs before anything is shown: a page of a published copy must not stand, even for a moment, under an address that asks another day. It then
// fetches day.js, which answers, from beside itself; where that cannot run, this says so. Kept to what every browser reads.
(function () {
  var root = document.documentElement, here = document.currentScript, asked = false, parts = location.search.slice(1).split("&"), i, name;
  if (!root.hasAttribute("data-published")) return;
  for (i = 0; i < parts.length; i++) {
    name = parts[i].split("=")[0];
    if (/^(on|known|head|head-at)$/.test(name) && parts[i].length > name.length + 1) asked = true;
  }
  if (!asked || location.search === "?on=" + root.getAttribute("data-on")) return;
  root.style.visibility = "hidden";

  function alone() {
    var main, child, said, link;
    if (window.stocktakeAnswers) return; // day.js is at work
    main = document.getElementById("main") || document.body;
    for (child = main.firstElementChild; child; child = child.nextElementSibling) child.style.display = "none";
    said = document.createElement("p");
    said.className = "note";
    said.setAttribute("role", "alert");
    said.appendChild(document.createTextNode("The address asks for another day or another state of the record. This copy answers for " + root.getAttribute("data-on") +
      ", and the part of it that answers other days did not run in this browser. "));
    link = document.createElement("a");
    link.href = location.pathname.split("/").pop() || "./";
    link.appendChild(document.createTextNode("This page as of " + root.getAttribute("data-on")));
    said.appendChild(link);
    main.insertBefore(said, main.firstChild);
    root.style.visibility = "";
  }

  document.addEventListener("DOMContentLoaded", function () {
    var script = document.createElement("script");
    if (window.stocktakeAnswers || !here) return alone();
    script.src = here.src.replace(/day-first\.js/, "day.js");
    script.onload = script.onerror = alone;
    document.head.appendChild(script);
  });
})();
