// A form is sent once: the pressed button says so and cannot be pressed again. Without script the
// hidden key of the form has the same effect, one answer for two presses.
(function () {
  "use strict";
  function rest(form) {
    form.removeAttribute("data-sent");
    var buttons = form.querySelectorAll("button[aria-busy]");
    for (var i = 0; i < buttons.length; i += 1) {
      var words = buttons[i].querySelector("span");
      buttons[i].removeAttribute("aria-busy");
      if (words && words.hasAttribute("data-idle")) words.textContent = words.getAttribute("data-idle");
    }
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-once") || event.defaultPrevented) return;
    if (form.hasAttribute("data-sent")) {
      event.preventDefault();
      return;
    }
    form.setAttribute("data-sent", "");
    var button = event.submitter || form.querySelector("button[type=submit]");
    if (!button) return;
    button.setAttribute("aria-busy", "true");
    var words = button.querySelector("span");
    if (words && button.hasAttribute("data-busy")) {
      words.setAttribute("data-idle", words.textContent);
      words.textContent = button.getAttribute("data-busy");
    }
  });
  // Coming back to the page finds its forms as they were.
  window.addEventListener("pageshow", function () {
    var forms = document.querySelectorAll("form[data-sent]");
    for (var i = 0; i < forms.length; i += 1) rest(forms[i]);
  });
})();
