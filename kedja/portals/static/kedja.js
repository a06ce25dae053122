// What scripts add to pages that work without them: filters that apply at once, and focus where something new came.
"use strict";

document.documentElement.classList.add("js");

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-at-once]");
  if (form) form.requestSubmit();
});

document.addEventListener("htmx:afterSettle", (event) => {
  const target = event.target.querySelector?.("[data-focus]") ?? null;
  if (target) target.focus({ preventScroll: true });
});

// A form that takes a moment says so, and is sent once.
document.addEventListener("submit", (event) => {
  const words = event.target.dataset.busy;
  if (!words) return;
  const status = document.createElement("p");
  status.className = "busy";
  status.setAttribute("role", "status");
  status.append(document.createElement("progress"), words);
  event.target.append(status);
  event.target.setAttribute("aria-busy", "true");
  setTimeout(() => event.submitter && (event.submitter.disabled = true));
});

addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.querySelectorAll("form .busy").forEach((each) => each.remove());
  document.querySelectorAll("form[aria-busy] button").forEach((each) => (each.disabled = false));
});

// What a tab keeps for reading without a connection (offline.js) goes with the session that opened it.
const forget = () => sessionStorage.removeItem("kedja-kept");
try {
  const kept = JSON.parse(sessionStorage.getItem("kedja-kept"));
  if (!document.querySelector("[data-kept]") && kept?.session !== document.documentElement.dataset.session) forget();
  document.querySelectorAll('form[action="/sign-out"], form[data-forget]').forEach((form) => form.addEventListener("submit", forget));
} catch {
  // without storage nothing is kept
}
