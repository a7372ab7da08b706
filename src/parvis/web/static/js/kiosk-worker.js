// Keeps a kiosk's empty first page for where there is no network. Nothing that anyone answers comes here.
// VERSION and ASSETS stand before this text.

const SHELL = `parvis-kiosk-${VERSION}`;
const START = new URL("./", self.location).href;

addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(ASSETS)).then(() => self.skipWaiting()));
});

addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("parvis-kiosk-") && name !== SHELL;
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});

addEventListener("message", (event) => {
  if (!event.data.page) return;
  const headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'",
  };
  const kept = new Response(event.data.page.replace("<html", "<html data-kept"), { headers });
  event.waitUntil(caches.open(SHELL).then((cache) => cache.put(START, kept)).then(() => event.ports[0]?.postMessage("kept")));
});

addEventListener("fetch", (event) => {
  const { request } = event, path = new URL(request.url).pathname;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(async () => (await caches.match(START)) ?? Response.error()));
  else if (ASSETS.includes(path)) event.respondWith(fetch(request).catch(() => caches.match(path)));
});
