// The passkey button is offered where the browser knows passkeys; a new merchant's time zone is
// the one this computer is in.
(() => {
  const passkey = document.getElementById("passkey_login");
  if (passkey && window.PublicKeyCredential) passkey.hidden = false;
  const zone = document.querySelector("select[name=timezone]");
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && zone.value === "UTC" && [...zone.options].some((option) => option.value === here)) zone.value = here;
})();
