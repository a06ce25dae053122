// What was opened in an emergency stays readable in its own tab while there is no connection: docs/adr on offline reading.
// The copy is in this tab's session storage alone, never in a cache: it ends with the tab, the session or its time.
"use strict";

(() => {
  const NAME = "kedja-kept";
  const AGAIN = 5000; // ms between looks whether there is a connection
  const session = document.documentElement.dataset.session;
  const opened = document.querySelector("[data-keep-until]");
  const shell = document.querySelector("[data-kept]");

  const read = () => {
    try {
      return JSON.parse(sessionStorage.getItem(NAME));
    } catch {
      return null;
    }
  };
  const forget = () => sessionStorage.removeItem(NAME);
  const over = (kept) => Date.now() >= Date.parse(kept.until);

  function keep() {
    const until = opened.dataset.keepUntil;
    const copy = opened.cloneNode(true);
    copy.querySelectorAll("form, .online-only, #done").forEach((each) => each.remove());
    const band = document.querySelector(".band")?.cloneNode(true);
    band?.querySelectorAll("a").forEach((each) => each.remove());
    const kept = { session, until, at: new Date().toISOString(), path: location.pathname };
    sessionStorage.setItem(NAME, JSON.stringify({ ...kept, page: (band?.outerHTML ?? "") + copy.outerHTML }));
    document.querySelectorAll(".kept-note").forEach((each) => (each.hidden = false));
    setTimeout(forget, Math.min(Date.parse(until) - Date.now(), 2 ** 31 - 1));
    navigator.serviceWorker?.register("/staff/worker.js", { scope: "/staff/" }).catch(() => {});
  }

  function show(kept) {
    const page = new DOMParser().parseFromString(kept.page, "text/html");
    shell.replaceChildren(...page.body.childNodes);
    const clock = document.querySelector("[data-kept-at]");
    const swedish = { timeStyle: "short", timeZone: "Europe/Stockholm" };
    clock.textContent = new Date(kept.at).toLocaleTimeString(document.documentElement.lang, swedish);
    clock.dateTime = kept.at;
    document.querySelectorAll("[data-when-kept]").forEach((each) => (each.hidden = false));
    document.querySelectorAll("[data-when-none]").forEach((each) => (each.hidden = true));
    setTimeout(() => (forget(), location.reload()), Date.parse(kept.until) - Date.now());
  }

  // Asks for what is about nobody, so that waiting is no reading of a record.
  async function goOn() {
    const answer = await fetch("/staff/worker.js", { cache: "no-store" }).catch(() => null);
    if (answer?.ok) location.reload();
    else setTimeout(goOn, AGAIN);
  }

  const kept = read();
  if (opened) keep();
  else if (kept && over(kept)) forget();
  else if (shell && kept) show(kept);
  if (shell && location.pathname !== "/offline") setTimeout(goOn, AGAIN);
})();
