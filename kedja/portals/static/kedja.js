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
