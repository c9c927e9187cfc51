// The counter: every step is a part of the page that the server draws. Without this script the same
// forms send whole pages; with it there are the camera, sounds, the waiting requests, and patience
// when the network is gone.
import { ask, askUntilSure, forget, pending } from "./asking.js";
import * as camera from "./camera.js";
import { tick } from "./countdown.js";
import * as keypad from "./keypad.js";
import { watch } from "./requests.js";
import { allowSound, signal } from "./signals.js";

const counter = document.getElementById("counter");
const requests = document.getElementById("requests");
const title = document.title;
const behind = document.getElementById("behind");
let isBusy = false;
let waiting = null;
let waitingCount = 0;

function show(part) {
  isBusy = false;
  if (typeof part === "string") counter.innerHTML = part;
  else counter.replaceChildren(part);
  shown();
  window.scrollTo(0, 0);
}

function shown() {
  const step = counter.querySelector("[data-step]");
  const isReady = step.dataset.step === "ready";
  requests.classList.toggle("is-behind", !isReady);
  behind.hidden = isReady || waitingCount === 0;
  signal(step.dataset.signal);
  const today = document.getElementById("today");
  if (today && step.dataset.today) today.textContent = step.dataset.today;
  tick(document);
  if (step.querySelector("[data-camera]")) startCamera();
  else camera.rest();
  focusOn(step);
}

// On a phone the keyboard would cover the camera; a scan gun's first sign finds the field by itself.
function focusOn(step) {
  const field = step.querySelector("[data-digits]");
  if (field && !window.matchMedia("(pointer: coarse)").matches) field.focus({ preventScroll: true });
  else if (!field) step.querySelector("h1, h2").focus({ preventScroll: true });
}

function template(name) {
  return document.getElementById(name).content.cloneNode(true);
}

/* Looking changes nothing: without an answer the step stays and says so. */
async function look(address, body) {
  const answer = await ask(address, { body });
  if (answer.kind === "part") return show(answer.html);
  if (answer.kind === "signed-out") return show(template("signed-out"));
  if (answer.kind === "stale") return location.reload();
  unbusy();
  for (const note of document.querySelectorAll("[data-offline]")) note.hidden = false;
  signal("no");
}

/* An act is asked again with the same key until its answer is known. */
async function act(address, body) {
  const answer = await askUntilSure(address, body, {
    onUnsure() {
      if (!counter.querySelector("[data-step='checking']")) show(template("checking"));
      isBusy = true;
    },
  });
  if (waiting) waiting.now();
  if (answer.kind === "part") return show(answer.html);
  if (answer.kind === "signed-out") return show(template("signed-out"));
  location.reload();
}

/* The page was left before its last act was answered: ask for that first. */
async function resume(left) {
  isBusy = true;
  show(template("checking"));
  const body = new URLSearchParams(left.body);
  body.set("csrf_token", counter.dataset.token);
  const answer = await askUntilSure(left.address, body.toString(), { onUnsure() {} });
  if (answer.kind === "part") return show(answer.html);
  if (answer.kind === "signed-out") return show(template("signed-out"));
  forget();
  location.reload();
}

function busy(button) {
  isBusy = true;
  for (const note of document.querySelectorAll("[data-offline]")) note.hidden = true;
  if (!button) return;
  button.setAttribute("aria-busy", "true");
  button.setAttribute("aria-disabled", "true");
}

function unbusy() {
  isBusy = false;
  for (const button of document.querySelectorAll("[aria-busy='true']")) {
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
  }
}

let pressed = null;
document.addEventListener("click", (event) => {
  pressed = event.target.closest("button");
  const link = event.target.closest("a[data-part]");
  if (link) {
    event.preventDefault();
    if (!isBusy) look(link.href, null);
    return;
  }
  if (event.target.closest("[data-ask-now]")) document.dispatchEvent(new Event("counter:now"));
  if (pressed && pressed.dataset.press) keypad.press(pressed.form, pressed.dataset.press);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.ask) return;
  event.preventDefault();
  if (isBusy) return;
  if (!keypad.isComplete(form)) return signal("no");
  const button = event.submitter || (pressed && form.contains(pressed) ? pressed : null);
  const body = new URLSearchParams(new FormData(form));
  if (button && button.name) body.set(button.name, button.value);
  busy(button || form.querySelector("button"));
  const send = form.dataset.ask === "act" ? act : look;
  send(form.getAttribute("action"), body.toString());
});

// A scan gun is a keyboard: what it types belongs into the digits field, whatever was touched last.
document.addEventListener("keydown", (event) => {
  const field = counter.querySelector("[data-digits]");
  const isSign = event.key && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  const isTyping = event.target.closest && event.target.closest("input, textarea, select");
  if (!field || !isSign || isTyping || (event.key === " " && event.target.closest("button, a, summary"))) return;
  field.focus();
});

for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, allowSound);

function startCamera() {
  const place = counter.querySelector("[data-camera]");
  if (!place || document.hidden) return;
  const form = counter.querySelector("form[data-look]");
  const missing = counter.querySelector("[data-no-camera]");
  place.hidden = false;
  missing.hidden = true;
  camera.open(place.querySelector("video"), (text) => {
    if (isBusy) return;
    form.querySelector("[data-digits]").value = text;
    form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  }).then(() => {
    place.classList.add("is-on");
  }).catch(() => {
    place.hidden = true;
    missing.hidden = false;
  });
}

document.addEventListener("change", async (event) => {
  if (!event.target.matches("[data-photo]") || !event.target.files.length) return;
  const text = await camera.readPhoto(event.target.files[0]).catch(() => "");
  event.target.value = "";
  const unread = counter.querySelector("[data-unread]");
  unread.hidden = Boolean(text);
  if (!text) return signal("no");
  const form = counter.querySelector("form[data-look]");
  form.querySelector("[data-digits]").value = text;
  form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) camera.close();
  else startCamera();
});
window.addEventListener("pagehide", camera.close);

function watchRequests() {
  const announced = document.getElementById("announced");
  const lost = document.getElementById("lost");
  waiting = watch(requests, {
    onNew(came) {
      signal("call");
      announced.textContent = came.map((each) => each.dataset.say).join(" ");
      tick(document);
    },
    onCount(count) {
      waitingCount = count;
      behind.hidden = count === 0 || !requests.classList.contains("is-behind");
      document.title = count ? `(${count}) ${title}` : title;
      requests.classList.toggle("is-empty", count === 0);
    },
    onLost(isLost) { lost.hidden = !isLost; },
    onSignedOut() { show(template("signed-out")); },
  });
}

setInterval(() => tick(document), 1000);
watchRequests();
const left = pending();
if (left) resume(left);
else shown();
