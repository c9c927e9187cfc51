// Seconds that run down: [data-seconds] holds how many are left when it is shown. The server's
// count is the truth, so a wrong clock on the phone does no harm.
const started = new WeakMap();

export function tick(root) {
  for (const shown of root.querySelectorAll("[data-seconds]")) {
    if (!started.has(shown)) started.set(shown, performance.now());
    const gone = Math.floor((performance.now() - started.get(shown)) / 1000);
    const left = Math.max(0, Number(shown.dataset.seconds) - gone);
    shown.textContent = shown.dataset.unit === "minutes" ? String(Math.ceil(left / 60)) : String(left);
    const over = left === 0 && shown.closest("[data-step], [data-request]");
    if (over) over.classList.add("is-over");
  }
}
