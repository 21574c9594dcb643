// What the components need beyond the browser's own: opening dialogs, shutting menus, hover cards,
// save bars, rings. Everything hangs on data attributes, so a fragment that htmx brings works too.
(() => {
  "use strict";

  // --- Dialogs: data-opens names one; a click on the veil shuts it; data-ask asks back first -------

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.opens);
      if (!dialog) return;
      event.preventDefault();
      opener.closest("[data-menu]")?.removeAttribute("open");
      dialog.showModal();
      return;
    }
    const closer = event.target.closest("[data-closes]");
    if (closer) closer.closest("dialog")?.close();
    if (event.target.matches("dialog[open]")) {
      const box = event.target.getBoundingClientRect();
      const inside = event.clientX >= box.left && event.clientX <= box.right
        && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside) event.target.close();
    }
  });

  // A fragment may bring a dialog that is to stand open at once.
  document.addEventListener("htmx:afterSettle", () => {
    const wanted = document.querySelector("dialog[data-open-now]:not([open])");
    if (wanted) {
      wanted.removeAttribute("data-open-now");
      wanted.showModal();
    }
  });

  // --- Menus: one open at a time, shut by Escape, by a click elsewhere, by leaving with Tab --------

  function shutMenus(except) {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (menu !== except) menu.removeAttribute("open");
    }
  }

  document.addEventListener("click", (event) => shutMenus(event.target.closest("[data-menu]")));
  document.addEventListener("focusin", (event) => shutMenus(event.target.closest("[data-menu]")));
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest("details[data-menu][open]");
    if (!menu) return;
    if (event.key === "Escape") {
      menu.removeAttribute("open");
      menu.querySelector("summary").focus();
      event.stopPropagation();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const items = [...menu.querySelectorAll("summary, .menu-list a, .menu-list button")];
    const step = event.key === "ArrowDown" ? 1 : -1;
    const next = items[items.indexOf(document.activeElement) + step];
    if (next) next.focus();
    event.preventDefault();
  });

  // --- Hover cards and popovers: in the top layer, beside the word they belong to ------------------

  function placeBeside(panel, anchor) {
    const room = 8;
    const word = anchor.getBoundingClientRect();
    const box = panel.getBoundingClientRect();
    const left = Math.min(Math.max(word.left, room), window.innerWidth - box.width - room);
    const below = word.bottom + 6;
    const fits = below + box.height + room < window.innerHeight || word.top < box.height + room;
    panel.style.left = `${Math.max(left, room)}px`;
    panel.style.top = fits ? `${below}px` : `${word.top - box.height - 6}px`;
  }

  let shown = null;
  let later = 0;

  function showCard(card) {
    clearTimeout(later);
    if (shown === card) return;
    hideCard();
    const panel = card.querySelector(".hover-panel");
    if (!panel) return;
    panel.showPopover();
    placeBeside(panel, card);
    shown = card;
  }

  function hideCard() {
    clearTimeout(later);
    const panel = shown?.querySelector(".hover-panel");
    if (panel?.matches(":popover-open")) panel.hidePopover();
    shown = null;
  }

  document.addEventListener("pointerover", (event) => {
    const card = event.target.closest("[data-hover-card]");
    if (card && event.pointerType === "mouse") {
      clearTimeout(later);
      later = setTimeout(() => showCard(card), shown ? 0 : 180);
    } else if (shown && !card) {
      clearTimeout(later);
      later = setTimeout(hideCard, 160);
    } else if (!card) {
      clearTimeout(later);
    }
  });
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest("[data-hover-card]");
    if (card) showCard(card);
    else if (shown) hideCard();
  });
  document.addEventListener("click", (event) => {
    const card = event.target.closest("[data-hover-card]");
    if (card) showCard(card);
    else if (shown) hideCard();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hideCard();
  });
  document.addEventListener("scroll", hideCard, { passive: true });
  document.addEventListener("toggle", (event) => {
    const panel = event.target;
    if (!panel.matches?.(".popover[popover]") || event.newState !== "open") return;
    const opener = document.querySelector(`[popovertarget="${panel.id}"]`);
    if (opener) placeBeside(panel, opener);
  }, true);

  // --- Save bar: shown once a form differs from what was loaded; leaving then asks back ------------

  const changed = new Set();

  function stateOf(form) {
    return JSON.stringify([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  }

  function watch(form) {
    if (!form.dataset.loaded) form.dataset.loaded = stateOf(form);
  }

  function judge(form) {
    const bar = form.querySelector("[data-save-bar]");
    if (!bar) return;
    watch(form);
    const differs = stateOf(form) !== form.dataset.loaded;
    bar.toggleAttribute("data-active", differs);
    if (differs) changed.add(form);
    else changed.delete(form);
  }

  function watchAll() {
    for (const form of changed) if (!form.isConnected) changed.delete(form);
    for (const bar of document.querySelectorAll("[data-save-bar]")) {
      const form = bar.closest("form");
      if (form.querySelector(".field-error")) bar.toggleAttribute("data-active", true);
      watch(form);
    }
  }

  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => event.target.form && judge(event.target.form));
  }
  document.addEventListener("reset", (event) => setTimeout(() => judge(event.target)));
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) changed.delete(event.target);
  });
  window.addEventListener("beforeunload", (event) => {
    if ([...changed].some((form) => form.isConnected)) event.preventDefault();
  });
  document.addEventListener("htmx:afterSettle", watchAll);
  watchAll();

  // --- Rings empty while one looks -------------------------------------------------------------------

  function turnRings() {
    for (const ring of document.querySelectorAll("[data-ring]")) {
      const left = (Date.parse(ring.dataset.ring) - Date.now()) / 1000;
      const share = Math.min(Math.max(left / Number(ring.dataset.ringSeconds), 0), 1) * 100;
      ring.querySelector(".ring-left").setAttribute("stroke-dasharray", `${share.toFixed(1)} 100`);
    }
  }

  setInterval(turnRings, 5000);

  // --- Toasts that are dismissed ---------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    event.target.closest("[data-shut]")?.closest("[data-toast]")?.remove();
  });
})();
