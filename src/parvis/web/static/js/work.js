/* The little work of the first page, when the published rule asks for one: done in the background once the page is shown,
   with no outside service. A browser without scripts sends its answer all the same, and the rule says what that weighs.
   This one file is the page's script and, loaded again as a worker, the one that computes. */
"use strict";
(() => {
  const PARTS = 8, PATIENCE = 12000;

  const K = new Int32Array(64), START = new Int32Array(8), W = new Int32Array(64);
  const constants = () => {
    const root = (value, power) => { const found = value ** (1 / power); return ((found - Math.floor(found)) * 2 ** 32) | 0; };
    for (let number = 2, rank = 0; rank < 64; number++) {
      let prime = true;
      for (let by = 2; by * by <= number; by++) if (number % by === 0) prime = false;
      if (!prime) continue;
      if (rank < 8) START[rank] = root(number, 2);
      K[rank++] = root(number, 3);
    }
  };

  // one block of SHA-256, from a state to another
  const compress = (state, bytes, at, next) => {
    for (let i = 0; i < 16; i++, at += 4) W[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    for (let i = 16; i < 64; i++) {
      const x = W[i - 15], y = W[i - 2];
      W[i] = (W[i - 16] + W[i - 7] + (((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3))
        + (((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10))) | 0;
    }
    let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (let i = 0; i < 64; i++) {
      const one = (h + (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const two = ((((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    next[0] = state[0] + a; next[1] = state[1] + b; next[2] = state[2] + c; next[3] = state[3] + d;
    next[4] = state[4] + e; next[5] = state[5] + f; next[6] = state[6] + g; next[7] = state[7] + h;
  };

  const solve = (challenge, bits) => {
    constants();
    const found = [], bytes = new Uint8Array(192), before = new Int32Array(8), state = new Int32Array(8);
    for (let rank = 0; rank < PARTS; rank++) {
      const head = `${challenge}:${rank}:`, fixed = Math.floor(head.length / 64) * 64;
      for (let i = 0; i < head.length; i++) bytes[i] = head.charCodeAt(i);
      before.set(START);
      for (let at = 0; at < fixed; at += 64) compress(before, bytes, at, before); // what never changes is hashed once
      for (let tried = 0; ; tried++) {
        const text = String(tried), size = head.length + text.length;
        const end = Math.ceil((size + 9) / 64) * 64;
        for (let i = 0; i < text.length; i++) bytes[head.length + i] = text.charCodeAt(i);
        bytes[size] = 0x80;
        bytes.fill(0, size + 1, end);
        bytes[end - 2] = (size * 8) >>> 8;
        bytes[end - 1] = size * 8;
        state.set(before);
        for (let at = fixed; at < end; at += 64) compress(state, bytes, at, state);
        if (Math.clz32(state[0]) >= bits) { found.push(text); break; }
      }
    }
    return found.join(".");
  };

  if (typeof document === "undefined") {
    addEventListener("message", ({ data }) => postMessage({ challenge: data.challenge, found: solve(data.challenge, data.bits) }));
    return;
  }

  const { src, dataset } = document.currentScript, bits = Number(dataset.bits), known = new Map();
  let worker = null; // made at once: a kiosk may lose its network later
  try {
    worker = new Worker(src);
    worker.onmessage = ({ data }) => known.get(data.challenge).done(data.found);
    worker.onerror = () => { worker = null; for (const each of known.values()) each.done(""); };
  } catch { /* the answer leaves without */ }

  // Promise of the work for a token; "" when this browser cannot do it: the answer leaves all the same.
  const parvisWork = (challenge) => {
    if (!known.has(challenge)) {
      const one = {};
      one.found = new Promise((done) => { one.done = done; });
      known.set(challenge, one);
      setTimeout(() => one.done(""), PATIENCE);
      if (worker) worker.postMessage({ challenge, bits }); else one.done("");
    }
    return known.get(challenge).found;
  };
  window.parvisWork = parvisWork; // a kiosk asks for it itself

  const form = document.querySelector("main form[data-wait]");
  if (!form) return;
  const ready = parvisWork(form.elements.jeton.value);
  if (document.getElementById("kiosk")) return;
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "preuve" });
  const told = Object.assign(document.createElement("p"), { className: "soft" });
  told.setAttribute("role", "status");
  form.append(field, told);
  ready.then((found) => { field.value = found || "-"; });
  form.addEventListener("submit", (event) => {
    if (field.value || (event.submitter && event.submitter.name === "langue")) return;
    event.preventDefault();
    told.textContent = form.dataset.wait;
    const pressed = event.submitter;
    ready.then(() => { if (form.requestSubmit) form.requestSubmit(pressed); else form.submit(); });
  });
})();
