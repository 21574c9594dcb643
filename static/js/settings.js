// Settings: the present section is in sight where the sections stand in a row.
(() => {
  "use strict";

  const here = document.querySelector(".settings-nav [aria-current]");
  if (here) here.parentElement.scrollIntoView({ block: "nearest", inline: "center" });
})();
