// A draft is kept while it is written: some seconds after the last change, and when the page is left.
"use strict";

const form = document.querySelector("form[data-draft]");
const state = form?.querySelector("[data-draft-state]");
let changed = false;
let timer = 0;

async function keep() {
  clearTimeout(timer);
  if (!changed) return;
  changed = false;
  const body = new URLSearchParams(new FormData(form));
  body.set("do", "auto");
  try {
    const answer = await fetch(form.action, { method: "POST", body, keepalive: true, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    state.textContent = `${form.dataset.draft} ${new Date().toLocaleTimeString(document.documentElement.lang)}`;
  } catch {
    changed = true;
    state.textContent = form.dataset.draftFailed;
    timer = setTimeout(keep, 10000);
  }
}

form?.addEventListener("input", () => {
  changed = true;
  clearTimeout(timer);
  timer = setTimeout(keep, 3000);
});
form?.addEventListener("submit", () => {
  changed = false;
  clearTimeout(timer);
});
addEventListener("pagehide", keep);
