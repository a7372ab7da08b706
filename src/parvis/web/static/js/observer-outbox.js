// Reports leave one by one, from one tab at a time, and stay here until the site has signed for them.

import { all, arrived, put } from "./observer-store.js";

const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.split("=")[1] ?? "";

/** Try to send every waiting report. Gives {left, signIn, strange}: how many still wait, whether to sign in again,
 * and the missions that are not those of the account that is signed in. */
export async function drain() {
  const run = async () => {
    const strange = [];
    let signIn = false;
    for (const report of await all("outbox")) {
      if (report.refused) continue;
      const answer = await send(report);
      if (answer === "not-yours") strange.push(report.mission);
      signIn = answer === "sign-in";
      if (signIn || answer === "offline") break;
    }
    return { left: (await all("outbox")).length, signIn, strange };
  };
  return navigator.locks ? navigator.locks.request("parvis-outbox", run) : run();
}

async function send(report) {
  const body = new FormData();
  const { photos, refused, queued, screen, ...facts } = report;
  body.append("report", JSON.stringify({ ...facts, device_now: new Date().toISOString() }));
  for (const [question, photo] of Object.entries(photos ?? {})) body.append(`photo:${question}`, photo, `${question}.jpg`);
  let response;
  try {
    response = await fetch(`/terrain/missions/${report.mission}/envoi/`, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": cookie("csrftoken") },
      credentials: "same-origin",
    });
  } catch {
    return "offline";
  }
  if (response.redirected || response.status === 401) return "sign-in";
  if (response.status === 403) return forbidden();
  if (response.status === 413) return refuse(report, [TOO_HEAVY()]);
  if (response.status >= 500) return "offline";
  let told;
  try {
    told = await response.json();
  } catch {
    return "offline"; // cut in the middle of the answer: asked again, the site gives the same receipt
  }
  if (response.ok) await arrived(report, told);
  else return refuse(report, told.messages ?? [String(response.status)]);
  return "done";
}

const TOO_HEAVY = () => JSON.parse(document.getElementById("pv-words").textContent).too_heavy;

async function refuse(report, messages) {
  await put("outbox", { ...report, refused: messages });
  return "done";
}

/** Refused to whoever is signed in: nobody is, or it is another account, or the mission went to someone else. */
async function forbidden() {
  try {
    const answer = await fetch("/terrain/rapports/", { redirect: "manual", credentials: "same-origin", cache: "no-store" });
    return answer.type === "opaqueredirect" ? "sign-in" : "not-yours";
  } catch {
    return "offline";
  }
}

/** Everything that has not arrived, as one file; photos are inside. */
export async function exported() {
  const kept = [...(await all("outbox")), ...(await all("drafts"))];
  const reports = await Promise.all(
    kept.map(async (report) => ({
      ...report,
      photos: Object.fromEntries(
        await Promise.all(Object.entries(report.photos ?? {}).map(async ([name, blob]) => [name, await asText(blob)])),
      ),
    })),
  );
  return new Blob([JSON.stringify({ format: "parvis-reports/1", reports })], { type: "application/json" });
}

const asText = (blob) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });

const MADE = /^data:image\/jpeg;base64,([A-Za-z0-9+/=]+)$/;

function asBlob(text) {
  const found = MADE.exec(text);
  if (!found) throw new TypeError("photo");
  return new Blob([Uint8Array.from(atob(found[1]), (sign) => sign.charCodeAt(0))], { type: "image/jpeg" });
}

/** Take the reports of such a file back into the outbox; gives how many. Throws when it is another kind of file. */
export async function imported(file) {
  const content = JSON.parse(await file.text());
  if (content.format !== "parvis-reports/1") throw new TypeError(content.format);
  for (const report of content.reports) {
    const photos = Object.fromEntries(Object.entries(report.photos ?? {}).map(([name, text]) => [name, asBlob(text)]));
    await put(report.queued ? "outbox" : "drafts", { ...report, photos, refused: undefined });
  }
  return content.reports.length;
}
