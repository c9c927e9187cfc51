// The keypad of a card: the holder presses, the page remembers positions, never digits.
const LENGTH = 6;

/* Whether a form needs no PIN, or all of it was pressed; says what is missing else. */
export function isComplete(form) {
  const presses = positions(form);
  if (!presses || count(presses) === LENGTH) return true;
  form.querySelector("[data-short]").hidden = false;
  return false;
}

export function press(form, key) {
  const presses = positions(form);
  const pressed = presses.value ? presses.value.split(",") : [];
  if (key === "back") pressed.pop();
  else if (pressed.length < LENGTH) pressed.push(key);
  presses.value = pressed.join(",");
  const shown = form.querySelector("[data-pressed]");
  shown.textContent = "●".repeat(pressed.length);
  shown.setAttribute("aria-label", shown.dataset.pressed.replace("#", String(pressed.length)));
  form.querySelector("[data-short]").hidden = true;
}

// One keypad to a form, or to a fieldset where a PIN is chosen and typed twice.
function positions(form) {
  return form.querySelector("[data-presses]");
}

function count(presses) {
  return presses.value ? presses.value.split(",").length : 0;
}
