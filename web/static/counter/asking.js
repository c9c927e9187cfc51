// Asking the server for a part of the page, and acts that must be sure of their answer.
const PART = "X-Linli-Part";
const LOOK_TIMEOUT = 8000;
const PENDING = "linli-counter-pending";
const WAITS = [500, 1000, 2000, 3000];

/* One request. Resolves to {kind, html}: part, unsure (no answer, or one that decides nothing),
   signed-out, or stale (this page is too old for the server). Never rejects. */
export async function ask(address, { body = null, timeout = LOOK_TIMEOUT } = {}) {
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(), timeout);
  try {
    const response = await fetch(address, {
      method: body === null ? "GET" : "POST",
      body: body === null ? undefined : new URLSearchParams(body),
      headers: { [PART]: "1" },
      credentials: "same-origin",
      cache: "no-store",
      redirect: "manual",
      signal: cut.signal,
    });
    if (response.type === "opaqueredirect" || response.status === 401) return { kind: "signed-out" };
    if (response.headers.has("X-Linli-Again") || response.status >= 500) return { kind: "unsure" };
    if (!response.headers.has(PART)) return { kind: "stale" };
    return { kind: "part", html: await response.text() };
  } catch {
    return { kind: "unsure" };
  } finally {
    clearTimeout(timer);
  }
}

/* Asks the same thing with the same key until the answer is known, also after a reload of the page:
   the server does it once, however often it is asked. */
export async function askUntilSure(address, body, { onUnsure }) {
  remember({ address, body });
  for (let turn = 0; ; turn += 1) {
    const answer = await ask(address, { body });
    if (answer.kind !== "unsure") {
      if (answer.kind !== "stale") forget();
      return answer;
    }
    onUnsure();
    await wait(WAITS[Math.min(turn, WAITS.length - 1)]);
  }
}

/* The act whose answer was not known when the page was left, or null. */
export function pending() {
  try {
    return JSON.parse(sessionStorage.getItem(PENDING));
  } catch {
    return null;
  }
}

export function forget() {
  try {
    sessionStorage.removeItem(PENDING);
  } catch {
    // Without storage nothing was remembered.
  }
}

function remember(act) {
  try {
    sessionStorage.setItem(PENDING, JSON.stringify(act));
  } catch {
    // Private windows may refuse storage; the page itself still knows the act.
  }
}

/* Resolves after a while, at once when the network is back or somebody asks for it now. */
function wait(length) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, length);
    window.addEventListener("online", done);
    document.addEventListener("counter:now", done);
    function done() {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      document.removeEventListener("counter:now", done);
      resolve();
    }
  });
}
