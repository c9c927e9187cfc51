// A hold on a phone: asks every two seconds what became of it, renews its code by itself, counts
// the seconds. Seconds come from the server and are counted from the moment it was asked, so a
// phone's clock may be wrong by hours, and a slow answer makes no code live longer. Whatever the end is, the server draws it: the page is loaded anew.
(function () {
  "use strict";
  var hold = document.getElementById("hold");
  if (!hold) return;
  var POLL = 2000, PATIENCE = 8000, AGAIN = 3000, LATE = 30, FULL = 60;
  var element = function (id) { return document.getElementById(id); };
  var box = element("code"), announce = element("code-announce"), offline = element("offline");
  var renewAddress = hold.getAttribute("data-renew");
  var tag = null, isRenewing = false, isLeaving = false, isOver = false, said = {};
  var code = { left: 0, renewAfter: 0, since: null };
  var whole = { left: 0, since: null };

  // A clock that never runs slower than time: one of the two stops asleep, the other may be set.
  function clock() {
    return { steady: window.performance ? performance.now() : 0, wall: new Date().getTime() };
  }
  function elapsed(since) {
    var now = clock();
    return Math.max(now.steady - since.steady, now.wall - since.wall, 0) / 1000;
  }
  function left(what) { return Math.max(0, Math.ceil(what.left - elapsed(what.since))); }

  function ask(method, address, done) {
    var request = new XMLHttpRequest(), asked = clock();
    request.open(method, address);
    request.timeout = PATIENCE;
    request.setRequestHeader("Accept", "application/json");
    if (method === "GET" && tag) request.setRequestHeader("If-None-Match", tag);
    if (method === "POST") {
      request.setRequestHeader("X-CSRFToken", document.querySelector("meta[name=csrf-token]").content);
    }
    request.onload = function () { done(request, asked); };
    request.onerror = request.ontimeout = function () { done(null); };
    request.send();
  }
  function body(answer) {
    try { return JSON.parse(answer.responseText); } catch (error) { return null; }
  }
  function reload() {
    if (isLeaving) return;
    isLeaving = true;
    window.location.replace(window.location.pathname);
  }
  function say(words) { if (announce) announce.textContent = words; }

  function poll() {
    if (isLeaving) return;
    ask("GET", hold.getAttribute("data-state"), function (answer, asked) {
      offline.hidden = Boolean(answer && answer.status < 500);
      if (answer && answer.status >= 400 && answer.status < 500) return reload();
      if (answer && answer.status === 200) {
        var told = body(answer);
        tag = answer.getResponseHeader("ETag");
        if (told && told.state !== "held") return reload();
        if (told) whole = { left: told.hold_seconds, since: asked };
      }
      window.setTimeout(poll, POLL);
    });
  }

  function draw(told, asked) {
    element("code-qr").innerHTML = told.svg;
    element("code-first").textContent = told.digits.slice(0, 4);
    element("code-last").textContent = told.digits.slice(4);
    element("code-spoken").textContent = told.spoken;
    code = { left: told.seconds_left, renewAfter: told.renew_after, since: asked };
    whole = { left: told.hold_seconds, since: asked };
    said = {};
    show();
  }
  function renew() {
    if (!renewAddress || isRenewing || isLeaving) return;
    isRenewing = true;
    ask("POST", renewAddress, function (answer, asked) {
      var told = answer && answer.status === 200 ? body(answer) : null;
      if (told) {
        isRenewing = false;
        return draw(told, asked);
      }
      if (answer && answer.status < 500) return reload();
      offline.hidden = false;
      window.setTimeout(function () { isRenewing = false; }, AGAIN);
    });
  }

  // A dead code is no longer in the page: no screenshot of it can be read.
  function die() {
    element("code-qr").innerHTML = element("dead-picture").innerHTML;
    element("code-first").textContent = element("code-last").textContent = "";
    element("code-spoken").textContent = "";
  }
  function show() {
    var seconds = left(code), isDead = seconds === 0;
    if (isDead && !box.classList.contains("is-dead")) die();
    box.classList.toggle("is-dead", isDead);
    box.classList.toggle("is-late", !isDead && seconds <= LATE);
    element("code-alive").hidden = isDead;
    element("code-veil").hidden = !isDead;
    element("code-seconds").textContent = seconds;
    element("code-bar").setAttribute("width", Math.min(100, (100 * seconds) / FULL));
    [30, 10].forEach(function (at) {
      if (seconds <= at && seconds > 0 && !said[at]) {
        said[at] = true;
        if (seconds > at - 3) say(hold.getAttribute("data-says-" + at));
      }
    });
    if (document.visibilityState !== "hidden" && elapsed(code.since) >= code.renewAfter) renew();
  }
  function tick() {
    if (isLeaving) return;
    var holdLeft = left(whole);
    if (holdLeft === 0 && !isOver) {
      // The server may see a second more of it.
      isOver = true;
      window.setTimeout(reload, 1000);
    }
    if (element("hold-left")) {
      element("hold-left").textContent = holdLeft;
      element("hold-bar").setAttribute("width", Math.min(100, (100 * holdLeft) / 180));
    }
    if (element("hold-minutes")) element("hold-minutes").textContent = Math.ceil(holdLeft / 60);
    if (box) show();
  }
  code = {
    left: Number(hold.getAttribute("data-seconds")),
    renewAfter: Number(hold.getAttribute("data-renew-after")),
    since: clock(),
  };
  whole = { left: Number(hold.getAttribute("data-hold-seconds")), since: clock() };
  if (box) {
    var form = element("renew");
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      renew();
    });
  }
  element("reconnect").addEventListener("click", function () {
    isRenewing = false;
    if (box && left(code) === 0) renew();
    ask("GET", hold.getAttribute("data-state"), function (answer) {
      if (answer) offline.hidden = true;
    });
  });
  document.addEventListener("visibilitychange", tick);
  window.setInterval(tick, 500);
  window.setTimeout(poll, POLL);
  tick();
})();
