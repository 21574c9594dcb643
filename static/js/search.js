// Global search: the list of suggestions under the box, walked with the arrow keys.
(() => {
  "use strict";

  const form = document.querySelector("[data-global-search]");
  if (!form) return;
  const box = form.querySelector("input");
  const list = form.querySelector(".search-hits");

  function hits() {
    return [...list.querySelectorAll("[role=option]")];
  }

  function show(open) {
    list.hidden = !open;
    box.setAttribute("aria-expanded", String(open));
    if (!open) mark(null);
  }

  function mark(hit) {
    for (const each of hits()) each.toggleAttribute("aria-selected", false);
    if (hit) {
      hit.setAttribute("aria-selected", "true");
      hit.scrollIntoView({ block: "nearest" });
      box.setAttribute("aria-activedescendant", hit.id);
    } else {
      box.removeAttribute("aria-activedescendant");
    }
  }

  function marked() {
    return list.querySelector("[aria-selected=true]");
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === list) show(document.activeElement === box && list.textContent.trim() !== "");
  });
  // An empty box asks for nothing.
  box.addEventListener("htmx:beforeRequest", (event) => {
    if (box.value.trim() === "") {
      event.preventDefault();
      list.replaceChildren();
      show(false);
    }
  });
  box.addEventListener("focus", () => show(list.textContent.trim() !== "" && box.value.trim() !== ""));
  box.addEventListener("keydown", (event) => {
    const all = hits();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!all.length) return;
      event.preventDefault();
      show(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = all.indexOf(marked());
      mark(all[(from + step + all.length + (from < 0 && step < 0 ? 1 : 0)) % all.length]);
    } else if (event.key === "Enter" && marked() && !list.hidden) {
      event.preventDefault();
      marked().click();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      show(false);
    }
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) setTimeout(() => show(false), 120);
  });
})();
