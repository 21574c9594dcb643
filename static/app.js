// Small comforts on top of pages that work without them.
(() => {
  "use strict";

  const root = document.documentElement;
  root.classList.add("js");

  // --- Times grow older while a page stands open (orders/templatetags/shown.py says the same) ---

  const steps = [[60, 1, "s"], [3600, 60, "min"], [86400, 3600, "h"], [7 * 86400, 86400, "d"]];

  function relative(moment) {
    const seconds = (Date.now() - moment) / 1000;
    const size = Math.abs(seconds);
    if (size < 5) return "just now";
    for (const [limit, unit, word] of steps) {
      if (size < limit) {
        const text = `${Math.floor(size / unit)} ${word}`;
        return seconds > 0 ? `${text} ago` : `in ${text}`;
      }
    }
    return null;
  }

  function ageTimes() {
    for (const element of document.querySelectorAll("time[data-relative]")) {
      const text = relative(Date.parse(element.dateTime));
      if (text && text !== element.textContent) element.textContent = text;
    }
  }

  setInterval(ageTimes, 5000);

  // --- Keyboard: "/" searches, j and k walk the rows, Enter opens, Escape leaves a field ---------

  function rows() {
    return [...document.querySelectorAll("[data-row]")];
  }

  function walk(step) {
    const all = rows();
    if (!all.length) return;
    const from = all.findIndex((row) => row.classList.contains("current"));
    const next = all[Math.min(Math.max(from + step, 0), all.length - 1)];
    all.forEach((row) => row.classList.toggle("current", row === next));
    const target = next.querySelector("[data-open], a, button");
    if (target) target.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  function searchField() {
    return document.querySelector("main [data-search]") || document.querySelector("[data-search]");
  }

  // "g" and a letter lead to a page of the navigation.
  const places = { h: "/", o: "/orders/", p: "/products/", a: "/activity/", s: "/settings/" };
  let going = 0;

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), select, textarea");
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing) {
      if (event.key === "Escape") typing.blur();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    const place = Date.now() - going < 1500 && places[event.key];
    going = event.key === "g" ? Date.now() : 0;
    if (place) {
      const link = document.querySelector(`.nav-list a[href="${place}"]`);
      if (link) link.click();
      return;
    }
    if (event.key === "?") {
      document.getElementById("keys")?.showModal();
      return;
    }
    if (event.key === "/" && searchField()) {
      event.preventDefault();
      searchField().select();
    } else if (event.key === "j") {
      walk(1);
    } else if (event.key === "k") {
      walk(-1);
    } else if (event.key === "x") {
      const box = document.querySelector("[data-row].current [data-pick]");
      if (box) box.click();
    }
  });

  // --- Copying, asking back ------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = document.querySelector(button.dataset.copy).textContent;
    navigator.clipboard.writeText(text).then(() => {
      button.textContent = "Copied";
    });
  });

  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // --- Toasts --------------------------------------------------------------------------------------

  // A toast stays while it is read: under the pointer, or with the focus in it.
  function retire(toast) {
    if (toast.matches(":hover, :focus-within")) setTimeout(() => retire(toast), 2000);
    else toast.remove();
  }

  function retireToasts() {
    for (const toast of document.querySelectorAll("[data-toast]:not([data-retiring])")) {
      toast.dataset.retiring = "";
      setTimeout(() => retire(toast), 8000);
    }
  }

  function sayTrouble(text) {
    const region = document.getElementById("toasts");
    if (!region || region.querySelector("[data-trouble]")) return;
    const toast = document.createElement("div");
    toast.className = "toast error";
    toast.dataset.toast = "";
    toast.dataset.trouble = "";
    toast.append(Object.assign(document.createElement("p"), { textContent: text }));
    region.append(toast);
    retireToasts();
  }

  retireToasts();

  // --- Live fragments ------------------------------------------------------------------------------

  const open = new Set();
  let currentRow = -1;

  // A hidden window asks for nothing, and nothing is replaced under a reader's selection.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const live = event.detail.elt.closest("[data-live]") === event.detail.elt;
    if (live && (document.hidden || !window.getSelection().isCollapsed)) event.preventDefault();
  });

  // Empty fields stay out of shareable addresses.
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.elt.hasAttribute("data-tidy")) return;
    for (const [name, value] of Object.entries(event.detail.parameters)) {
      if (value === "") delete event.detail.parameters[name];
    }
  });

  // What has the focus keeps it over a swap: found again by its id, its address or its name.
  function describe(element) {
    if (!element || element === document.body) return "";
    if (element.id) return `#${CSS.escape(element.id)}`;
    const form = element.closest("form[action]");
    const within = form ? `form[action="${CSS.escape(form.getAttribute("action"))}"] ` : "";
    if (element.hasAttribute("href")) return `a[href="${CSS.escape(element.getAttribute("href"))}"]`;
    if (element.name) return `${within}[name="${CSS.escape(element.name)}"]`;
    return within ? `${within}${element.localName}` : "";
  }

  let focused = "";

  document.addEventListener("htmx:beforeSwap", (event) => {
    const active = document.activeElement;
    focused = event.detail.target.contains(active) ? describe(active) : "";
    open.clear();
    for (const details of event.detail.target.querySelectorAll("details[open][id]")) {
      open.add(details.id);
    }
    currentRow = rows().findIndex((row) => row.classList.contains("current"));
  });

  document.addEventListener("htmx:afterSettle", () => {
    for (const id of open) {
      const details = document.getElementById(id);
      if (details) details.open = true;
    }
    if (focused && document.activeElement === document.body) {
      document.querySelector(focused)?.focus({ preventScroll: true });
    }
    focused = "";
    if (currentRow >= 0 && !document.querySelector("[data-row].current")) {
      rows()[currentRow]?.classList.add("current");
    }
    retireToasts();
    ageTimes();
  });

  document.addEventListener("htmx:responseError", (event) => {
    const refused = event.detail.xhr.status === 403;
    sayTrouble(refused ? "You may look, but not do this." : "That did not work. Try again in a moment.");
  });
  document.addEventListener("htmx:sendError", () => sayTrouble("The server cannot be reached just now."));

  // --- Many rows at once: a page's boxes, "all that match", and the bar that counts them ----------

  function countPicks() {
    const bar = document.querySelector("[data-bulk]");
    if (!bar) return;
    const boxes = [...document.querySelectorAll("[data-pick]")];
    const picked = boxes.filter((box) => box.checked).length;
    const all = bar.querySelector("[data-bulk-all]");
    const every = Boolean(all && all.checked);
    bar.toggleAttribute("data-active", every || picked > 0);
    const words = every ? "With all of them:" : picked ? `${picked} selected` : "Tick rows to act on several at once";
    const told = bar.querySelector("[data-bulk-count]");
    if (told.textContent !== words) told.textContent = words;
    const page = document.querySelector("[data-pick-page]");
    if (page) {
      page.checked = picked > 0 && picked === boxes.length;
      page.indeterminate = picked > 0 && picked < boxes.length;
    }
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-page]")) {
      for (const box of document.querySelectorAll("[data-pick]")) box.checked = event.target.checked;
    }
    if (event.target.matches("[data-pick], [data-pick-page], [data-bulk-all]")) {
      event.stopPropagation();
      countPicks();
    }
  });
  // A search follows the typing: leaving its field is no news, and would replace ticked rows.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-search]")) event.stopPropagation();
  }, true);

  let kept = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    const picked = event.detail.target.querySelectorAll("[data-pick]:checked");
    kept = [...picked].map((box) => box.value);
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const box of document.querySelectorAll("[data-pick]")) {
      if (kept.includes(box.value)) box.checked = true;
    }
    kept = [];
    countPicks();
  });
  countPicks();
})();
