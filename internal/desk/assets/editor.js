// Sharpens the editor: it reads the text while it is being typed, saves with Ctrl or Cmd and S, and warns before words that were not saved are left.
const form = document.querySelector("form.editor");
if (form) {
  const state = form.querySelector("[data-state]");
  const marked = document.querySelector("[data-marked]");
  const words = document.querySelector("[data-words]");
  const base = form.elements.base;
  let dirty = false, timer = 0, asked = 0;
  const fields = () => new URLSearchParams({ title: form.elements.title.value, subtitle: form.elements.subtitle.value, body: form.elements.body.value });
  const look = async () => {
    const n = ++asked;
    try {
      const r = await fetch(form.dataset.read, { method: "POST", body: fields() });
      if (!r.ok || n !== asked) return;
      const found = await r.json();
      marked.innerHTML = found.marked; // made by our own server, which escapes the text
      words.textContent = found.words;
    } catch { /* without a network the page still saves by its button later */ }
  };
  form.addEventListener("input", () => {
    dirty = true;
    state.textContent = "not saved";
    clearTimeout(timer);
    timer = setTimeout(look, 900);
  });
  const save = async () => {
    const sent = fields();
    const send = new URLSearchParams(sent);
    send.set("base", base.value);
    send.set("json", "1");
    state.textContent = "saving";
    const before = sent.get("body");
    try {
      const r = await fetch(form.action, { method: "POST", body: send });
      if (!r.ok) { state.textContent = "not saved: use the button to see why"; return; }
      const got = await r.json();
      if (got.clash) { form.submit(); return; }
      const same = form.elements.body.value === before;
      if (same || !got.merged) base.value = got.base; // else what somebody else saved is not in the box yet: the next save brings it in
      if (form.elements.body.value === before) {
        form.elements.body.value = got.body;
        form.elements.title.value = got.title;
        form.elements.subtitle.value = got.subtitle;
        dirty = false;
        state.textContent = got.merged ? "saved, with what somebody else saved meanwhile" : "saved";
      } else {
        state.textContent = got.merged ? "saved; reload to see what somebody else saved meanwhile" : "saved up to a moment ago";
      }
      look();
    } catch { state.textContent = "not saved: no connection"; }
  };
  document.addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key === "s") { e.preventDefault(); save(); }
  });
  form.addEventListener("submit", () => { dirty = false; });
  window.addEventListener("beforeunload", (e) => { if (dirty) e.preventDefault(); });
}
