// Keeps the observer's pages for where there is no network. VERSION and ASSETS stand before this text.

const PAGES = "parvis-pages";
const SHELL = `parvis-shell-${VERSION}`;

addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(ASSETS)).then(() => self.skipWaiting()));
});

addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("parvis-shell-") && name !== SHELL;
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});

addEventListener("message", (event) => {
  if (event.data.forget) event.waitUntil(caches.delete(PAGES));
  if (event.data.keep) event.waitUntil(keep(event.data.keep));
});

async function fresh(request) {
  const response = await fetch(request);
  if (response.ok && !response.redirected) {
    // read to its end before it replaces the page that is kept: a network cut half-way must not lose both
    const copy = response.clone();
    const body = await copy.blob();
    await (await caches.open(PAGES)).put(request.url, new Response(body, { headers: copy.headers }));
  }
  return response;
}

/** One page after the other, so that a phone on a poor network does not stifle itself. */
async function keep(pages) {
  for (const each of pages) await fresh(new Request(each)).catch(() => {});
}

async function page(request) {
  try {
    return await fresh(request);
  } catch {
    // the grid one stage a screen needs the site; the grid in one page does not
    const alike = request.url.replace(/\/grille\/\d+\/$/, "/hors-ligne/");
    return (await caches.match(alike)) ?? (await caches.match("/terrain/")) ?? Response.error();
  }
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname.startsWith("/terrain/")) event.respondWith(page(request));
  else if (url.pathname.startsWith("/static/"))
    event.respondWith(caches.match(request, { ignoreSearch: true }).then((kept) => kept ?? fetch(request)));
});
