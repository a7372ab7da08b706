// Every page of the observer: what has not left yet is always told, and leaves as soon as it can.

import { drain, exported, imported } from "./observer-outbox.js";
import { all, lasts, takeBack } from "./observer-store.js";

const DAY = 864e5;
const OLD = 5; // days after which some browsers are about to forget (seven)
const box = document.getElementById("pv-outbox");
const words = JSON.parse(document.getElementById("pv-words").textContent);
const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);

function line(text, ...more) {
  const paragraph = document.createElement("p");
  paragraph.className = "govuk-body";
  paragraph.append(text, ...more);
  return paragraph;
}

function action(text, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "pv-plain";
  button.textContent = text;
  button.addEventListener("click", act);
  return button;
}

/** Tell what waits. Called after each change. */
export async function tell({ signIn = false, strange = [] } = {}) {
  const [waiting, drafts] = [await all("outbox"), await all("drafts")];
  const lines = [];
  if (waiting.length) lines.push(line(fill(waiting.length > 1 ? words.unsent_many : words.unsent_one, { n: waiting.length })));
  for (const report of waiting.filter((each) => each.refused)) {
    const correct = action(words.correct, async () => {
      await takeBack(report);
      location.href = `/terrain/missions/${report.mission}/hors-ligne/`;
    });
    lines.push(line(`M${report.mission} – ${report.refused.join(" ")} `, correct));
  }
  if (signIn) {
    const link = document.createElement("a");
    link.className = "govuk-link";
    link.href = "/compte/login/?next=/terrain/";
    link.textContent = words.sign_in;
    lines.push(line(link));
  }
  if (strange.length) lines.push(line(fill(words.not_yours, { missions: strange.map((mission) => `M${mission}`).join(", ") })));
  const oldest = Math.min(...[...waiting, ...drafts].map((each) => each.saved ?? Date.now()));
  const age = Math.floor((Date.now() - oldest) / DAY);
  if (age >= OLD) lines.push(line(fill(words.old, { n: age })));
  if (waiting.length || drafts.length) {
    if ((await navigator.storage?.persisted?.()) === false) lines.push(line(words.not_kept));
    lines.push(line(action(words.export, save)));
  }
  if (waiting.length && navigator.onLine) lines.push(line(action(words.send_now, sendNow)));
  const unkept = waiting.length + drafts.length && !(await lasts());
  if (unkept) box.dataset.unkept = "1";
  else delete box.dataset.unkept;
  box.replaceChildren(...lines);
  box.hidden = lines.length === 0;
  box.dataset.unsent = waiting.length;
}

async function sendNow() {
  await tell(await drain());
}

async function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await exported());
  link.download = `parvis-${new Date().toISOString().slice(0, 10)}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

document.getElementById("pv-import")?.addEventListener("change", async (event) => {
  const told = document.getElementById("pv-imported");
  try {
    told.textContent = fill(words.imported, { n: await imported(event.target.files[0]) });
    await sendNow();
  } catch {
    told.textContent = words.not_ours;
  }
});

/** Pages of missions in hand are kept for where there is no network. */
async function keepPages() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/terrain/sw.js", { scope: "/terrain/" });
  const ready = await navigator.serviceWorker.ready;
  const pages = [...document.querySelectorAll("[data-keep]")].flatMap((each) => each.dataset.keep.split(" "));
  ready.active?.postMessage({ keep: ["/terrain/", ...pages] });
}

// what opens a map on this kind of phone
if (/iPhone|iPad/.test(navigator.userAgent))
  for (const link of document.querySelectorAll("[href^='geo:']")) link.href = link.href.replace(/^geo:0,0\?/, "maps:?");
for (const link of document.querySelectorAll("[data-offline-href]")) link.href = link.dataset.offlineHref;
addEventListener("online", sendNow);
addEventListener("beforeunload", (event) => box.dataset.unkept && event.preventDefault());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sendNow());
document.addEventListener("submit", (event) => {
  // whoever signs out leaves nothing of the missions behind, except what has not arrived
  if (event.target.action.includes("logout")) navigator.serviceWorker?.controller?.postMessage({ forget: true });
});
navigator.storage?.persist?.().catch(() => false);
keepPages().catch(() => {});
sendNow().catch(() => {}); // nothing on the page waits for the network
