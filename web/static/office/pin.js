// Choosing a PIN: six presses on the first layout, six on the second, then it is sent.
import { isComplete, press } from "../counter/keypad.js";

const form = document.getElementById("pin");
const [once, again] = form.querySelectorAll("[data-turn]");
const send = document.getElementById("set");

form.addEventListener("click", (event) => {
  const key = event.target.closest("[data-press]");
  if (!key) return;
  const turn = key.closest("[data-turn]");
  press(turn, key.dataset.press);
  if (turn === once && length(once) === 6) next();
  if (turn === again) send.hidden = length(again) < 6;
});

form.addEventListener("submit", (event) => {
  if (isComplete(once) && isComplete(again)) return;
  event.preventDefault();
}, true);

function length(turn) {
  const presses = turn.querySelector("[data-presses]").value;
  return presses ? presses.split(",").length : 0;
}

function next() {
  once.hidden = true;
  again.hidden = false;
  again.querySelector("legend").focus();
}
