// Without a connection: the page that says so, and its style. Nothing about any person is ever in this cache.
"use strict";

const CACHE = "kedja-offline-1";
const SHELL = "/offline";
const UNREACHABLE = [502, 503, 504];

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.mode === "navigate" && request.method === "GET") event.respondWith(page(request));
  else if (path.startsWith("/static/")) event.respondWith(fetch(request).catch(() => kept(request)));
});

async function fill() {
  const cache = await caches.open(CACHE);
  const shell = await fetch(SHELL, { cache: "reload" });
  const files = [...(await shell.clone().text()).matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((found) => found[1]);
  await cache.put(SHELL, shell);
  await cache.addAll(new Set(files));
}

async function page(request) {
  try {
    const answer = await fetch(request);
    return UNREACHABLE.includes(answer.status) && request.url.endsWith("/critical") ? await kept(SHELL) : answer;
  } catch {
    return kept(SHELL);
  }
}

async function kept(request) {
  return (await caches.match(request, { ignoreSearch: true })) ?? Response.error();
}
