// Checks the visitor's own log against its signed tree, in the browser (RFC 9162, docs/reference/audit.md).
"use strict";

{
  const REMEMBERED = "kedja-log-checkpoint";
  const bytes = (base64) => Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  const base64 = (data) => btoa(String.fromCharCode(...data));
  const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
  const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()));
  const leafHash = (text) => sha256(Uint8Array.of(0), new TextEncoder().encode(text));
  const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

  class Wrong extends Error {}

  async function fetched(path) {
    const answer = await fetch(path, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer;
  }

  async function publicKey() {
    const pem = await (await fetched("/audit/key")).text();
    const der = bytes(pem.replace(/-----[^-]+-----|\s/g, ""));
    return crypto.subtle.importKey("spki", der, { name: "Ed25519" }, false, ["verify"]);
  }

  async function opened(told, key, words) {
    const text = new TextEncoder().encode(told.text);
    const good = await crypto.subtle.verify({ name: "Ed25519" }, key, bytes(told.signature), text);
    const [head, size, root, at] = told.text.split("\n");
    if (!good || head !== "kedja access log") throw new Wrong(words.unsigned);
    return { text: told.text, size: Number(size), root: bytes(root), at };
  }

  // RFC 9162, 2.1.3.2
  async function included(leaf, position, size, path, root) {
    let [node, last, found] = [position, size - 1, leaf];
    for (const step of path) {
      if (last === 0) return false;
      if (node % 2 === 1 || node === last) {
        found = await nodeHash(step, found);
        while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
      } else {
        found = await nodeHash(found, step);
      }
      [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
    }
    return last === 0 && same(found, root);
  }

  // RFC 9162, 2.1.4.2
  async function continues(first, second, path) {
    if (first.size === second.size) return same(first.root, second.root);
    if (first.size > second.size || path.length === 0) return false;
    let [node, last] = [first.size - 1, second.size - 1];
    while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
    const whole = Number.isInteger(Math.log2(first.size));
    const steps = whole ? [first.root, ...path] : path;
    let [before, after] = [steps[0], steps[0]];
    for (const step of steps.slice(1)) {
      if (last === 0) return false;
      if (node % 2 === 1 || node === last) {
        [before, after] = [await nodeHash(step, before), await nodeHash(step, after)];
        while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
      } else {
        after = await nodeHash(after, step);
      }
      [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
    }
    return last === 0 && same(before, first.root) && same(after, second.root);
  }

  async function checkEntries(key, words, progress) {
    let [before, done, newest] = ["", 0, null];
    do {
      const page = await (await fetched(`/audit/own?count=200${before && `&before=${before}`}`)).json();
      const checkpoint = await opened(page.checkpoint, key, words);
      newest = newest ?? checkpoint;
      for (const entry of page.entries) {
        const good = await included(
          await leafHash(entry.leaf), entry.position, checkpoint.size, entry.path.map(bytes), checkpoint.root,
        );
        if (!good) throw new Wrong(words.changed.replace("{row}", JSON.parse(entry.leaf).id.replace("log-", "")));
        done += 1;
      }
      progress(done);
      before = page.next ?? "";
    } while (before);
    return [newest, done];
  }

  async function compared(newest, words, when) {
    const known = JSON.parse(localStorage.getItem(REMEMBERED) ?? "null");
    const remembered = { text: newest.text, size: newest.size, root: base64(newest.root), at: newest.at };
    if (known === null) {
      localStorage.setItem(REMEMBERED, JSON.stringify(remembered));
      return words.first.replace("{at}", when(newest.at));
    }
    const earlier = { size: known.size, root: bytes(known.root) };
    const path = known.size < newest.size
      ? (await (await fetched(`/audit/consistency?first=${known.size}&second=${newest.size}`)).json()).path.map(bytes)
      : [];
    if (!(await continues(earlier, newest, path))) throw new Wrong(words.shrunk.replace("{at}", when(known.at)));
    localStorage.setItem(REMEMBERED, JSON.stringify(remembered));
    return words.grown.replace("{at}", when(known.at));
  }

  async function check(place, part) {
    const words = place.dataset;
    const when = (at) => new Date(at).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short", timeZone: "Europe/Stockholm" });
    part("alert").textContent = "";
    part("advice").hidden = part("facts").hidden = true;
    const progress = (done) => { part("status").textContent = words.checking.replace("{done}", done); };
    progress(0);
    try {
      const key = await publicKey().catch((error) => {
        throw error.name === "NotSupportedError" ? new Error(words.unable) : error;
      });
      const [newest, done] = await checkEntries(key, words, progress);
      const history = await compared(newest, words, when);
      part("status").textContent = `${words.whole.replace("{done}", done)} ${history}`;
      part("entries").textContent = newest.size.toLocaleString(document.documentElement.lang);
      part("at").textContent = when(newest.at);
      part("root").textContent = base64(newest.root);
      part("facts").hidden = false;
    } catch (error) {
      part("status").textContent = "";
      part("alert").textContent = error instanceof Wrong || error.message === words.unable ? error.message : words.failed;
      part("advice").hidden = !(error instanceof Wrong);
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const place = document.querySelector("[data-proof]");
    const part = (name) => place.querySelector(`[data-${name}]`);
    part("needs-script").hidden = false;
    part("start").addEventListener("click", async (event) => {
      event.target.disabled = true;
      await check(place, part);
      event.target.disabled = false;
    });
  });
}
