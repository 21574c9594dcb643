// The orders list: ranges with shift, panels beside rows, the dialog of the bulk bar, copying.
(() => {
  "use strict";

  // --- Ranges: a click with shift ticks every box since the last one --------------------------------

  let lastBox = null;

  document.addEventListener("click", (event) => {
    const box = event.target.closest("[data-pick]");
    if (!box) return;
    const boxes = [...document.querySelectorAll("[data-pick]")];
    const from = boxes.findIndex((each) => each.value === lastBox);
    if (event.shiftKey && from >= 0) {
      const to = boxes.indexOf(box);
      for (const each of boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) each.checked = box.checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
    lastBox = box.value;
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-pick], [data-pick-page], [data-bulk-all]")) return;
    markPicked();
  });
  document.addEventListener("htmx:afterSettle", markPicked);

  function markPicked() {
    for (const box of document.querySelectorAll("[data-pick]")) {
      box.closest("tr")?.classList.toggle("picked", box.checked);
    }
  }

  function clearPicks() {
    for (const box of document.querySelectorAll("[data-pick], [data-pick-page], [data-bulk-all]")) box.checked = false;
    document.querySelector("[data-pick-page]")?.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // --- The bulk bar asks in a dialog, the dialog does it ---------------------------------------------

  const dialog = document.getElementById("bulk-dialog");

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "bulk-ask" && dialog && !dialog.open) dialog.showModal();
  });

  document.addEventListener("orders-changed", () => {
    dialog?.close();
    hidePeek();
    clearPicks();
  });

  // A plain button of a form that otherwise asks in place: it leads to a page or a file.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-plain]");
    if (!button) return;
    event.preventDefault();
    const fields = new URLSearchParams(new FormData(button.form));
    for (const box of document.querySelectorAll("[data-pick]:checked")) {
      if (!fields.getAll("pick").includes(box.value)) fields.append("pick", box.value);
    }
    fields.delete("csrfmiddlewaretoken");
    window.location.assign(`${button.getAttribute("formaction")}?${fields}`);
  });

  // --- Links and forms that keep the filters of the address ------------------------------------------

  function query() {
    const kept = new URLSearchParams(window.location.search);
    for (const name of ["after", "before", "version"]) kept.delete(name);
    return kept.toString();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-with-query]");
    if (link) link.search = query();
  });
  document.addEventListener("submit", (event) => {
    const field = event.target.querySelector?.("[data-query]");
    if (field) field.value = query();
  }, true);

  // --- Copying an id ----------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy-text]");
    if (!button) return;
    navigator.clipboard.writeText(button.dataset.copyText).then(() => {
      button.dataset.copied = "";
      const said = button.getAttribute("aria-label");
      button.setAttribute("aria-label", "Copied");
      setTimeout(() => {
        delete button.dataset.copied;
        button.setAttribute("aria-label", said);
      }, 1500);
    });
  });

  // --- Panels beside a row: why an order waits (click), what is in it (hover, focus or click) ----------

  const panel = document.getElementById("row-peek");
  let opener = null;
  let timer = 0;
  let asked = "";

  function place() {
    if (!opener) return;
    const word = opener.getBoundingClientRect();
    const box = panel.getBoundingClientRect();
    const left = Math.max(8, Math.min(word.left, window.innerWidth - box.width - 8));
    const fits = word.bottom + 6 + box.height + 8 < window.innerHeight || word.top < box.height + 8;
    panel.style.left = `${left}px`;
    panel.style.top = fits ? `${word.bottom + 6}px` : `${word.top - box.height - 6}px`;
  }

  function hidePeek() {
    clearTimeout(timer);
    asked = "";
    if (panel?.matches(":popover-open")) panel.hidePopover();
  }

  async function showPeek(link, moveFocus) {
    clearTimeout(timer);
    const address = link.dataset.peek;
    if (asked === address && panel.matches(":popover-open")) return;
    asked = address;
    const answer = await fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected || asked !== address) return;
    panel.innerHTML = await answer.text();
    window.htmx?.process(panel);
    opener = link;
    if (!panel.matches(":popover-open")) panel.showPopover();
    place();
    if (moveFocus) panel.querySelector("a, button")?.focus();
  }

  if (panel) {
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-peek]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      showPeek(link, event.detail === 0);
    });
    document.addEventListener("keydown", (event) => {
      const link = event.target.closest?.("a[data-peek]");
      if (link && event.key === " ") {
        event.preventDefault();
        showPeek(link, true);
      }
      if (event.key === "Escape" && panel.matches(":popover-open")) {
        const back = opener;
        hidePeek();
        back?.focus();
      }
    });
    document.addEventListener("pointerover", (event) => {
      if (event.pointerType !== "mouse") return;
      const link = event.target.closest("a[data-peek-hover]");
      clearTimeout(timer);
      if (link) timer = setTimeout(() => showPeek(link, false), 220);
      else if (opener?.hasAttribute("data-peek-hover") && !event.target.closest("#row-peek")) timer = setTimeout(hidePeek, 220);
    });
    document.addEventListener("scroll", hidePeek, { passive: true });
  }
})();
