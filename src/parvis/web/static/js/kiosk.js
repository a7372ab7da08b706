/* A kiosk: pages change without leaving the screen, so the next person finds no history; an abandoned answer is cleared;
   without network, the two first questions are kept on the machine and leave by themselves, once each. */
"use strict";
(() => {
  const QUEUE = "parvis-kiosk-queue", SPARE = "parvis-kiosk-tokens", WARNING = 15, AFTER_THANKS = 12, MOST_SPARE = 40;
  const read = (key) => { try { return JSON.parse(localStorage.getItem(key)) || []; } catch { return []; } };
  const write = (key, value) => localStorage.setItem(key, JSON.stringify(value));
  const settings = () => document.getElementById("kiosk").dataset;
  const said = (name) => document.querySelector(`#kiosk [data-said=${name}]`).cloneNode(true);
  const whole = `<!doctype html>${document.documentElement.outerHTML}`;
  const first = document.querySelector("main").cloneNode(true); // what a new person finds when there is no network
  const address = location.pathname + location.search;
  let touched = Date.now(), thanked = false, sending = false, closing = 0;

  const show = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    if (!page.querySelector("main")) throw new Error("not a page of ours");
    for (const name of ["lang", "dir"]) {
      const value = page.documentElement.getAttribute(name);
      if (value) document.documentElement.setAttribute(name, value); else document.documentElement.removeAttribute(name);
    }
    document.title = page.title;
    for (const part of ["main", "footer"]) document.querySelector(part).replaceWith(page.querySelector(part));
    settle();
  };

  const settle = () => {
    thanked = !document.querySelector("main form[method=post]");
    touched = Date.now();
    scrollTo(0, 0);
    const wrong = document.querySelector(".errors");
    const title = wrong || document.querySelector("h1");
    title.setAttribute("tabindex", "-1");
    title.focus({ preventScroll: true });
    hours();
  };

  const fetchPage = async (url, options) => {
    const answer = await fetch(url, { credentials: "omit", ...options });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.text();
  };

  const restart = async () => {
    document.getElementById("idle").close();
    try { show(await fetchPage(address)); } catch { offlineStart(); }
  };

  const offlineStart = () => {
    document.querySelector("main").replaceWith(first.cloneNode(true));
    const spare = read(SPARE), form = document.querySelector("main form");
    form.reset();
    for (const box of form.querySelectorAll("input[type=radio],input[type=checkbox]")) box.checked = false;
    if (spare.length) { form.elements.jeton.value = spare.shift(); write(SPARE, spare); settle(); }
    else sayThanks(); // no number left to give: better ask nobody than count two people as one
  };

  const sayThanks = () => {
    document.querySelector("main").replaceChildren(said("thanks"));
    thanked = true;
    touched = Date.now();
  };

  const answered = (form) => {
    const names = new Set([...form.querySelectorAll("input[type=radio]")].map((each) => each.name));
    return [...names].every((name) => form.querySelector(`input[name="${CSS.escape(name)}"]:checked`));
  };

  const send = async (form, pressed) => {
    const body = new URLSearchParams(new FormData(form));
    if (pressed && pressed.name) body.set(pressed.name, pressed.value);
    if (window.parvisWork && form.action.endsWith("/first/")) body.set("preuve", await window.parvisWork(body.get("jeton")));
    try {
      show(await fetchPage(form.action, { method: "POST", body }));
    } catch {
      const keeps = !pressed || !["langue", "retour"].includes(pressed.name);
      if (keeps && (!form.action.endsWith("/first/") || answered(form))) {
        write(QUEUE, [...read(QUEUE), { to: new URL(form.action).pathname, body: body.toString() }]);
        sayThanks();
      }
    }
  };

  const drain = async () => {
    if (sending || !read(QUEUE).length) return;
    sending = true;
    const work = async () => {
      while (read(QUEUE).length) {
        const [next] = read(QUEUE);
        const answer = await fetch(next.to, {
          method: "POST", body: new URLSearchParams(next.body), credentials: "omit", redirect: "manual",
        });
        if (!(answer.ok || answer.type === "opaqueredirect" || answer.status === 404)) break;
        write(QUEUE, read(QUEUE).slice(1)); // the number in the form makes sending it twice harmless
      }
    };
    try { await (navigator.locks ? navigator.locks.request("parvis-kiosk", work) : work()); } catch { /* later */ }
    sending = false;
  };

  const stock = async () => {
    if (read(SPARE).length >= MOST_SPARE / 2) return;
    try {
      const found = await (await fetch(settings().tokens, { credentials: "omit" })).json();
      write(SPARE, [...read(SPARE), ...found.tokens].slice(-MOST_SPARE));
    } catch { /* later */ }
  };

  const hours = () => {
    const { from, to } = settings(), now = new Date().toTimeString().slice(0, 5);
    const shut = from && to && (now < from || now >= to);
    document.querySelector("main").style.display = shut ? "none" : "";
    let note = document.getElementById("shut");
    if (shut && !note) {
      note = Object.assign(said("closed"), { id: "shut", className: "note in" });
      note.textContent = note.textContent.replace("{from}", from).replace("{to}", to);
      document.querySelector("main").before(note);
    } else if (!shut && note) note.remove();
  };

  const isUntouched = () => {
    const form = document.querySelector("main form[method=post]");
    return form && form.action.endsWith("/first/") && !form.querySelector(":checked");
  };

  const tick = () => {
    const dialog = document.getElementById("idle"), idle = (Date.now() - touched) / 1000;
    if (thanked ? idle > AFTER_THANKS : dialog.open && idle > Number(settings().idle) + WARNING) restart();
    else if (!thanked && !dialog.open && idle > Number(settings().idle) && !isUntouched()) {
      dialog.showModal();
      closing = Date.now();
    }
    if (dialog.open) {
      const left = Math.max(0, Math.ceil(Number(settings().idle) + WARNING - idle)), text = dialog.querySelector("[data-text]");
      if (left % 5 === 0 || Date.now() - closing < 1500) text.textContent = text.dataset.text.replace("{seconds}", left);
    }
    hours();
  };

  // The empty first page is kept on the machine, so that a kiosk switched on without network still asks.
  const keep = async () => {
    if (!("serviceWorker" in navigator)) return;
    try {
      await navigator.serviceWorker.register(settings().worker);
      const ready = await navigator.serviceWorker.ready;
      const told = new MessageChannel();
      told.port1.onmessage = () => { document.documentElement.dataset.ready = "1"; };
      if (!("kept" in document.documentElement.dataset) && wasUntouched) ready.active.postMessage({ page: whole }, [told.port2]);
    } catch { /* without it, a kiosk only needs network to start */ }
  };

  addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    event.preventDefault();
    if (event.target.dataset.sent) return; // a double tap
    event.target.dataset.sent = "1";
    send(event.target, event.submitter).finally(() => delete event.target.dataset.sent);
  });
  addEventListener("click", (event) => {
    if (event.target.closest("[data-stay]")) document.getElementById("idle").close();
    if (event.target.closest("[data-reset]")) restart();
    const link = event.target.closest("main a.button");
    if (link) { event.preventDefault(); restart(); }
    if (!document.fullscreenElement && document.fullscreenEnabled) document.documentElement.requestFullscreen().catch(() => {});
  });
  for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, () => { touched = Date.now(); });
  addEventListener("online", drain);
  setInterval(tick, 1000);
  setInterval(() => { drain(); stock(); }, 15000);
  const wasUntouched = isUntouched();
  if ("kept" in document.documentElement.dataset) offlineStart(); // that page's own number was someone else's
  else settle();
  drain();
  stock();
  keep();
})();
