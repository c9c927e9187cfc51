// The keypad of a card: the holder presses, the page remembers positions, never digits.
const LONGEST = 6;

export function isKeypad(root) {
  return Boolean(root.querySelector("[data-keypad]"));
}

export function press(root, button) {
  const presses = root.querySelector("input[name='presses']");
  const pressed = presses.value ? presses.value.split(",") : [];
  if (button.dataset.press === "back") pressed.pop();
  else if (pressed.length < LONGEST) pressed.push(button.dataset.press);
  presses.value = pressed.join(",");
  const shown = root.querySelector("[data-pressed]");
  shown.textContent = "●".repeat(pressed.length);
  shown.setAttribute("aria-label", shown.dataset.pressed.replace("#", String(pressed.length)));
}
