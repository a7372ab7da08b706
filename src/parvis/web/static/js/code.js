/* The code that a printed slip's QR carries after #, which browsers tell no server: it is only written in its field. */
"use strict";
(() => {
  const field = document.getElementById("code_guichet"), written = location.hash.slice(1);
  if (field && !field.value && /^[0-9a-z]{5}-[0-9a-z]{5}$/.test(written)) field.value = written;
})();
