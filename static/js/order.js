// One order: naming colleagues, copying ids, counting down, walking to the next order.
(() => {
  "use strict";

  // --- "@" names a colleague ---------------------------------------------------------------------

  const WORD = /(^|\s)@([\w.@+-]*)$/;

  function choices(field) {
    return document.getElementById(field.dataset.mentions);
  }

  function shut(list) {
    list.hidden = true;
    list.querySelectorAll("[aria-selected]").forEach((one) => one.removeAttribute("aria-selected"));
  }

  function offer(field) {
    const list = choices(field);
    const typed = field.value.slice(0, field.selectionStart).match(WORD);
    const begin = typed ? typed[2].toLowerCase() : "";
    let first = null;
    for (const one of list.children) {
      const fits = Boolean(typed) && one.dataset.name.toLowerCase().startsWith(begin);
      one.hidden = !fits;
      one.removeAttribute("aria-selected");
      if (fits && !first) first = one;
    }
    list.hidden = !first;
    if (first) first.setAttribute("aria-selected", "true");
  }

  function take(field, one) {
    const before = field.value.slice(0, field.selectionStart).replace(WORD, `$1@${one.dataset.name} `);
    field.value = before + field.value.slice(field.selectionStart);
    field.setSelectionRange(before.length, before.length);
    field.focus();
    shut(choices(field));
  }

  function walk(list, step) {
    const shown = [...list.children].filter((one) => !one.hidden);
    const here = shown.findIndex((one) => one.hasAttribute("aria-selected"));
    shown[here]?.removeAttribute("aria-selected");
    const next = shown[(here + step + shown.length) % shown.length];
    next.setAttribute("aria-selected", "true");
    next.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-mentions]")) offer(event.target);
  });
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("[data-mentions]");
    if (!field) return;
    const list = choices(field);
    if (list.hidden) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) field.form.requestSubmit();
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") walk(list, event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" || event.key === "Tab") take(field, list.querySelector("[aria-selected]"));
    else if (event.key === "Escape") shut(list);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("mousedown", (event) => {
    const one = event.target.closest(".mention-list li");
    if (!one) return;
    event.preventDefault();
    take(document.getElementById("comment"), one);
  });

  // What was sent leaves the field; what is being typed stays in it.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful || !event.detail.elt.matches("#comment-box")) return;
    document.getElementById("comment-box")?.reset();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const busy = document.activeElement?.closest("#order input, #order select");
    if (event.detail.elt.id === "order" && busy) event.preventDefault();
  });

  // --- Copying -------------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy-id]");
    if (!button) return;
    const text = document.getElementById(button.dataset.copyId).textContent;
    navigator.clipboard.writeText(text).then(() => {
      button.classList.add("copied");
      button.title = "Copied";
    });
  });

  // --- Counting down -------------------------------------------------------------------------------

  function left(seconds) {
    const two = (number) => String(number).padStart(2, "0");
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    return h ? `in ${h} h ${two(m)} min` : `in ${m} min ${two(s)} s`;
  }

  function count() {
    for (const one of document.querySelectorAll("[data-countdown]")) {
      const seconds = Math.floor((Date.parse(one.dataset.countdown) - Date.now()) / 1000);
      if (seconds <= 0) continue;
      const text = left(seconds);
      if (one.textContent !== text) one.textContent = text;
    }
  }

  count();
  setInterval(count, 1000);
  document.addEventListener("htmx:afterSettle", count);

  // --- j and k walk through the list that this order is in ------------------------------------------

  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea, dialog[open]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = { j: "[data-next]", k: "[data-previous]" }[event.key];
    if (way) document.querySelector(way)?.click();
  });
})();
