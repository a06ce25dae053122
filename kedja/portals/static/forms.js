// A form that is answered: questions come and go at once as answers call for them, and answers are saved as they are given.
// Without this script the server does both, at each button.
"use strict";

const form = document.querySelector("form[data-autosave]");

function given(name) {
  const found = [];
  for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
    if (field.closest("[hidden]")) continue;
    if ((field.type === "radio" || field.type === "checkbox") && !field.checked) continue;
    if (field.value.trim()) found.push(field.value.trim());
  }
  return found;
}

function compares(op, one, other) {
  if (op === "=") return one === other;
  if (op === "!=") return one !== other;
  const numbers = [one, other].map((each) => Number(each.replace(",", ".").replace(/\s/g, "")));
  const [left, right] = numbers.some(Number.isNaN) ? [one, other] : numbers;
  return { "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right }[op];
}

function met(condition) {
  if (typeof condition === "boolean") return condition;
  const found = condition.names.flatMap(given);
  if (condition.op === "exists") return found.length > 0 === condition.value;
  return found.some((each) => compares(condition.op, each, condition.value));
}

function show() {
  for (let again = true, rounds = 0; again && rounds < 20; rounds++) {
    again = false;
    for (const each of form.querySelectorAll("[data-when]")) {
      const [any, conditions] = JSON.parse(each.dataset.when);
      const hidden = !(any ? conditions.some(met) : conditions.every(met));
      if (each.hidden !== hidden) {
        each.hidden = hidden;
        again = true;
      }
    }
  }
  form.querySelectorAll('input[name="seen"]').forEach((each) => each.remove());
  for (const each of form.querySelectorAll("[data-name]")) {
    if (each.closest("[hidden]")) continue;
    const seen = document.createElement("input");
    Object.assign(seen, { type: "hidden", name: "seen", value: each.dataset.name });
    form.append(seen);
  }
}

let waiting = 0;
let sending = Promise.resolve();
let left = false;

async function save() {
  const status = form.querySelector("[data-saved]");
  const body = new URLSearchParams(new FormData(form));
  body.set("go", "quiet");
  try {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    status.textContent = answer.status === 204 ? status.dataset.saved : answer.status === 422 ? "" : status.dataset.failed;
  } catch {
    status.textContent = status.dataset.failed;
  }
}

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    if (!left) sending = sending.then(save);
  }, 800);
}

if (form) {
  form.addEventListener("input", () => (show(), later()));
  form.addEventListener("change", () => (show(), later()));
  form.addEventListener("submit", (event) => {
    left = true;
    clearTimeout(waiting);
    if (form.dataset.sent) return;
    event.preventDefault();
    form.dataset.sent = "yes";
    // A form that is being submitted takes no other submission: this one goes once its event is over.
    const { submitter } = event;
    sending.then(() => setTimeout(() => form.requestSubmit(submitter)));
  });
  addEventListener("pageshow", () => {
    left = false;
    delete form.dataset.sent;
  });
  show();
}
