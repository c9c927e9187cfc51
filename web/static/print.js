// The print button appears only where the browser can print; everything else works without script.
"use strict";
const button = document.getElementById("print");
if (button && typeof window.print === "function") {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
