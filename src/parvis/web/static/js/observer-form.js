// The grid on the phone: one stage a screen, a draft at every tap, the same rules as on the site.

import { isTrue, live } from "./expressions.js";
import { drain } from "./observer-outbox.js";
import { namesIn } from "./observer-names.js";
import { get, lasts, put, queue } from "./observer-store.js";
import { tell } from "./observer.js";

const facts = JSON.parse(document.getElementById("pv-grid").textContent);
const words = JSON.parse(document.getElementById("pv-words").textContent);
const form = document.getElementById("pv-form");
const screens = [...form.querySelectorAll("[data-screen]")];
const byName = new Map(facts.questions.map((question) => [question.name, question]));
const WHEN = ["happened_on", "half_day"];
const BEHIND = 6e5; // milliseconds by which a clock may lag before it is told
const LARGEST = 1600; // pixels of a photo's longer side
const LIKE = { integer: /^[+-]?\d{1,12}$/, decimal: /^[+-]?\d{1,12}([.,]\d{1,9})?$/ };

// the day here, or the site's when this page was made if this clock is behind it
const today = () => {
  const here = new Date(Date.now() - new Date().getTimezoneOffset() * 6e4).toISOString().slice(0, 10);
  return here < facts.today ? facts.today : here;
};
const blank = () => ({
  mission: facts.mission, uuid: facts.uuid ?? crypto.randomUUID(), instrument: facts.instrument,
  answers: { ...facts.answers }, happened_on: facts.happened_on ?? today(),
  half_day: facts.half_day ?? (new Date().getHours() < 12 ? "am" : "pm"), timeline: {}, photos: {}, screen: 0,
});
const kept = await get("drafts", facts.mission);
const draft = kept ?? blank();
// The grid changed since the draft: what still fits is kept, and the new version is the one that is filled.
const changed = draft.instrument !== facts.instrument;
if (changed) {
  draft.instrument = facts.instrument;
  draft.answers = Object.fromEntries(Object.entries(draft.answers).filter(([name]) => byName.has(name)));
}
draft.screen = Math.min(draft.screen, screens.length - 1);

const told = (id, shown) => (document.getElementById(id).hidden = !shown);
told("pv-changed", changed);
told("pv-unkept", !(await lasts()));
told("pv-clock", Date.now() < Date.parse(facts.now) - BEHIND); // a page cannot come from the future

/** Keep the draft; what the phone has no room for is told, and stays on the screen. */
const save = () => put("drafts", { ...draft, saved: Date.now() }).then(() => told("pv-full", false), () => told("pv-full", true));
const state = () => live(facts.questions, draft.answers, today());
const boxes = () => form.querySelectorAll("[data-question]");

/** A stage where nothing applies is not shown; the first screen and the last always are. */
const applies = (screen, visible) => {
  const asked = [...screen.querySelectorAll("[data-question]")];
  return !asked.length || asked.some((box) => visible.has(box.dataset.question));
};

function show() {
  const { visible } = state();
  for (const box of boxes()) box.hidden = !visible.has(box.dataset.question);
  screens.forEach((screen, at) => (screen.hidden = at !== draft.screen));
  for (const back of screens[draft.screen].querySelectorAll("[data-back]")) back.hidden = draft.screen === 0;
  const steps = screens.filter((screen) => screen.querySelector("progress") && applies(screen, visible));
  const step = steps.indexOf(screens[draft.screen]) + 1;
  if (!step) return;
  const bar = screens[draft.screen].querySelector("progress");
  [bar.value, bar.max] = [step, steps.length];
  screens[draft.screen].querySelector("[data-step]").textContent = words.step.replace("{step}", step).replace("{count}", steps.length);
}

function fillIn() {
  for (const control of form.elements) {
    const value = WHEN.includes(control.name) ? draft[control.name] : draft.answers[control.name];
    if (!control.name || value === undefined || control.type === "file") continue;
    if (control.type === "radio" || control.type === "checkbox") control.checked = [].concat(value).includes(control.value);
    else control.value = value;
  }
  for (const [name, photo] of Object.entries(draft.photos)) tellPhoto(name, photo);
}

function read(control) {
  const { name, type } = control;
  if (WHEN.includes(name)) draft[name] = control.value;
  else if (byName.has(name)) {
    let value = control.value.trim();
    if (byName.get(name).kind === "choices") value = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]:checked`)].map((each) => each.value);
    else if (type === "checkbox") value = control.checked ? control.value : "";
    if (value.length) draft.answers[name] = value;
    else delete draft.answers[name];
    draft.timeline.started ??= new Date().toISOString();
  }
}

form.addEventListener("input", async (event) => {
  if (event.target.type === "file") return;
  read(event.target);
  warn(event.target);
  show();
  await save();
});

// --- nobody is named

const firstNames = new Set(JSON.parse(document.getElementById("pv-first-names").textContent).split(" "));

function warn(control) {
  if (control.tagName !== "TEXTAREA" && control.type !== "text") return;
  const place = control.closest("[data-question]");
  let told = place.querySelector("[data-named]");
  const names = namesIn(control.value, firstNames);
  if (!told) {
    told = document.createElement("p");
    told.className = "govuk-inset-text";
    told.dataset.named = "";
    told.setAttribute("role", "status");
    place.append(told);
  }
  told.hidden = !names.length;
  told.textContent = names.length ? words.named.replace("{names}", names.join(", ")) : "";
}

/** What is wrong with an answer, in words; nothing when it is right. */
function wrong(question, { values }) {
  const own = values[question.name] ?? "";
  const scope = { get: (name) => values[name] ?? "", own, today: today() };
  if (!own) return question.required !== undefined && isTrue(question.required, scope) ? words.required : "";
  const number = LIKE[question.kind];
  if (number && !number.test(own)) return words.number;
  const amount = Number(own.replace(",", "."));
  if (number && (amount < (question.low ?? -Infinity) || amount > (question.high ?? Infinity))) return words.number;
  if (question.constraint !== undefined && !isTrue(question.constraint, scope)) return question.message || words.constraint;
  return "";
}

function faulty(screen) {
  const seen = state();
  const faults = [...screen.querySelectorAll("[data-question]")].filter((box) => {
    const question = byName.get(box.dataset.question);
    const fault = question && seen.visible.has(question.name) ? wrong(question, seen) : "";
    const told = box.querySelector("[data-error]");
    if (told) {
      told.textContent = fault;
      told.parentElement.hidden = !fault;
      box.classList.toggle("govuk-form-group--error", Boolean(fault));
    }
    return fault;
  });
  faults[0]?.querySelector("input, textarea, select")?.focus();
  return faults.length > 0;
}

async function go(to) {
  const { visible } = state();
  const step = to < draft.screen ? -1 : 1;
  let at = Math.max(0, Math.min(to, screens.length - 1));
  while (at > 0 && at < screens.length - 1 && !applies(screens[at], visible)) at += step;
  draft.screen = at;
  if (draft.screen === screens.length - 1) {
    draft.timeline.ended ??= new Date().toISOString();
    recall();
  }
  show();
  await save();
  scrollTo(0, 0);
  screens[draft.screen].querySelector("h1").focus();
}

/** The last screen tells again what was answered, and which stages still lack something. */
function recall() {
  const { visible } = state();
  const list = document.getElementById("pv-recall");
  list.replaceChildren();
  for (const box of boxes()) {
    const question = byName.get(box.dataset.question);
    const label = box.querySelector("legend, label");
    if (!question || !visible.has(question.name) || !label) continue;
    const chosen = [...box.querySelectorAll("input:checked")].map((each) => each.labels[0].textContent.trim());
    const answer = chosen.join(", ") || (draft.photos[question.name] ? "✓" : draft.answers[question.name] || "–");
    const [term, detail, row] = ["dt", "dd", "div"].map((tag) => document.createElement(tag));
    row.className = "govuk-summary-list__row";
    term.className = "govuk-summary-list__key";
    detail.className = "govuk-summary-list__value";
    term.textContent = label.textContent;
    detail.textContent = answer;
    row.append(term, detail);
    list.append(row);
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const last = draft.screen === screens.length - 1;
  if (!last) return faulty(screens[draft.screen]) ? undefined : go(draft.screen + 1);
  const lacking = screens.findIndex(faulty);
  if (lacking >= 0) return go(lacking);
  try {
    await queue({ ...draft, saved: Date.now(), queued: Date.now() });
  } catch {
    return told("pv-full", true);
  }
  form.hidden = true;
  document.getElementById("pv-queued").hidden = false;
  const answer = await drain();
  await tell(answer);
  const receipt = await get("receipts", draft.uuid);
  if (receipt) location.href = `/terrain/missions/${facts.mission}/recu/`;
});
form.addEventListener("click", (event) => event.target.closest("[data-back]") && go(draft.screen - 1));

// --- timers write moments, and the answer

function note(name, what) {
  (draft.timeline[name] ??= []).push([what, new Date().toISOString()]);
}

async function answer(control, value) {
  control.value = value;
  read(control);
  show();
  await save();
}

/** Milliseconds between every start and its stop: someone put on hold twice waited twice. */
const waited = (moments) => moments.reduce((sum, [what, moment]) => sum + (what === "stop" ? 1 : -1) * Date.parse(moment), 0);

for (const box of form.querySelectorAll("[data-timer]")) {
  const control = box.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary govuk-!-margin-top-2";
  box.append(button);
  const name = box.dataset.question;
  if (box.dataset.timer === "count") {
    button.textContent = words.ring;
    button.addEventListener("click", () => {
      note(name, "ring");
      answer(control, Number(control.value || 0) + 1);
    });
  } else {
    const running = () => draft.timeline[name]?.at(-1)?.[0] === "start";
    const label = () => (button.textContent = running() ? words.stop : words.start);
    label();
    button.addEventListener("click", async () => {
      note(name, running() ? "stop" : "start");
      label();
      if (running()) await save();
      else await answer(control, Math.round(waited(draft.timeline[name]) / 6e4));
    });
  }
}

// --- photos are made small here, before they are kept

async function small(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LARGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8)); // drawn anew: no place, no date in it
}

const beside = (name) => form.elements[name]?.closest(".govuk-form-group").querySelector("[data-photo]");

function tellPhoto(name, photo) {
  const place = beside(name);
  if (place) place.textContent = `${words.photo_kept} (${Math.round(photo.size / 1024)} Ko)`;
}

form.addEventListener("change", async (event) => {
  const control = event.target;
  if (control.type !== "file" || !control.files[0]) return;
  try {
    draft.photos[control.name] = await small(control.files[0]);
  } catch {
    beside(control.name).textContent = words.no_photo;
    return;
  }
  if (byName.has(control.name)) draft.answers[control.name] = `${control.name}.jpg`;
  tellPhoto(control.name, draft.photos[control.name]);
  await save();
});

// --- only whether the phone says that its position is invented; the position itself is never kept

async function lookForInventedPosition() {
  const allowed = await navigator.permissions?.query({ name: "geolocation" });
  if (facts.channel !== "visit" || allowed?.state !== "granted") return;
  navigator.geolocation.getCurrentPosition(({ mocked, coords }) => {
    if (!(mocked ?? coords.mocked)) return;
    draft.timeline.mock_location = true;
    save();
  }, () => {});
}

fillIn();
show();
if (draft.screen === screens.length - 1) recall();
for (const control of form.querySelectorAll("textarea")) warn(control);
lookForInventedPosition().catch(() => {});
form.hidden = false;
