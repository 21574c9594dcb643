// A picture that is not here yet comes as one transparent point: ask for it again a little later.
(() => {
  "use strict";
  const WAITS_MS = [2000, 4000, 8000, 16000];

  const look = (image) => {
    const tries = Number(image.dataset.tries || 0);
    if (image.naturalWidth !== 1 || tries >= WAITS_MS.length || !image.closest(".thumb")) return;
    image.dataset.tries = tries + 1;
    setTimeout(() => {
      if (image.isConnected) image.src = `${image.src.split("?")[0]}?again=${tries + 1}`;
    }, WAITS_MS[tries]);
  };

  // Loads do not bubble, but they can be caught on their way down; parts that come later too.
  document.addEventListener("load", (event) => {
    if (event.target instanceof HTMLImageElement) look(event.target);
  }, true);
  for (const image of document.images) if (image.complete) look(image);
})();
