// A step that takes seconds says so: the button that was pressed shows that it works, and rests.
(() => {
  "use strict";

  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("button[data-busy]");
    if (!button) return;
    button.setAttribute("aria-busy", "true");
    button.textContent = button.dataset.busy;
    // After the form has been sent: a disabled button would keep its own form from going.
    setTimeout(() => { button.disabled = true; }, 0);
  });

  // A page taken out of the browser's memory begins afresh.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
})();
