// Requests made by scanning the shop's standing code: asked for every 1.5 s while the page is seen.
const EVERY = 1500;

/* Keeps `list` (its data-address answers with an ETag) up to date; `onNew(count)` is called when
   requests have come, `onCount(count)` whenever the number changes. Returns {now}: ask at once. */
export function watch(list, { onNew, onCount, onLost, onSignedOut }) {
  let etag = list.dataset.etag || "";
  let timer = null;
  let isAsking = false;

  async function look() {
    clearTimeout(timer);
    if (document.hidden || isAsking) return;
    isAsking = true;
    try {
      const response = await fetch(list.dataset.address, {
        headers: { "X-Linli-Part": "1", ...(etag ? { "If-None-Match": etag } : {}) },
        credentials: "same-origin",
        cache: "no-store",
        redirect: "manual",
      });
      if (response.type === "opaqueredirect" || response.status === 401) return onSignedOut();
      if (response.status === 200 && response.headers.has("X-Linli-Part")) {
        etag = response.headers.get("ETag") || "";
        take(await response.text());
      }
      onLost(response.status >= 500);
    } catch {
      onLost(true);
    } finally {
      isAsking = false;
    }
    timer = setTimeout(look, EVERY);
  }

  // Requests that are shown stay as they are: somebody may be choosing a reason.
  function take(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const wanted = [...fresh.content.querySelectorAll("[data-request]")];
    const ids = new Set(wanted.map((each) => each.dataset.request));
    for (const shown of list.querySelectorAll("[data-request]")) {
      if (!ids.has(shown.dataset.request)) shown.remove();
    }
    const came = wanted.filter((each) => !list.querySelector(`[data-request="${each.dataset.request}"]`));
    came.forEach((each) => list.append(each));
    if (came.length) onNew(came);
    onCount(ids.size);
  }

  document.addEventListener("visibilitychange", look);
  look();
  return { now() { etag = ""; look(); } };
}
