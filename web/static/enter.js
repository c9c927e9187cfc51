// The ticket comes after "#", which no server ever sees; it moves into the form and out of the address.
(function () {
  "use strict";
  var ticket = window.location.hash.slice(1);
  var input = document.getElementById("ticket");
  if (!ticket || !input) return;
  input.value = ticket;
  document.getElementById("ticket-field").hidden = true;
  if (window.history.replaceState) {
    window.history.replaceState(null, "", window.location.pathname + window.location.search);
  }
})();
