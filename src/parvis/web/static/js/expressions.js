// The twin of core/instruments (evaluating.py, live_answers): both run tests/core/instruments/cases.json.

const LONGEST_MATCHED = 1000;

// The value of a compiled expression. scope: {get: name → text, own: text, today: "2026-11-22"}.
export function evaluate(tree, scope) {
  if (!Array.isArray(tree)) return tree;
  const [head, ...parts] = tree;
  const value = (part) => evaluate(part, scope);
  if (head === "$") return scope.get(parts[0]) ?? "";
  if (head === ".") return scope.own ?? "";
  if (head === "and") return parts.every((part) => truth(value(part)));
  if (head === "or") return parts.some((part) => truth(value(part)));
  if (head === "if") return value(parts[truth(value(parts[0])) ? 1 : 2]);
  if (head === "today") return scope.today ?? "";
  return OPERATIONS[head](...parts.map(value));
}

export const isTrue = (tree, scope) => truth(evaluate(tree, scope));

export function asText(value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(asText).join(" ");
  if (typeof value !== "number") return String(value);
  return Number.isFinite(value) ? String(Math.floor(value * 1e6 + 0.5) / 1e6 || 0) : String(value);
}

// Which questions apply, and the text of each answer that counts: {visible: Set, values: {name: text}}.
export function live(questions, answers, today) {
  const byName = new Map(questions.map((question) => [question.name, question]));
  const values = {};
  const visible = new Set();
  const done = new Set();
  const get = (name) => {
    const question = byName.get(name);
    if (question && !done.has(name)) {
      done.add(name);
      const scope = { get, today };
      if (question.relevant === undefined || isTrue(question.relevant, scope)) {
        visible.add(name);
        values[name] = asText(
          question.calculation === undefined ? answers[name] : evaluate(question.calculation, scope),
        ).trim();
      }
    }
    return values[name] ?? "";
  };
  byName.forEach((_, name) => get(name));
  return { visible, values };
}

const truth = (value) => (typeof value === "number" ? value !== 0 && value === value : Boolean(value));

function number(value) {
  if (typeof value !== "string") return Number(value);
  if (/^ *-?(\d+(\.\d*)?|\.\d+) *$/.test(value)) return Number(value);
  const day = /^(\d{4}-\d\d-\d\d)(?:T(\d\d):(\d\d)[^]*)?$/.exec(value);
  const moment = new Date(day?.[1]);
  if (isNaN(moment) || day[1] < "0001" || moment.toISOString().slice(0, 10) !== day[1]) return NaN;
  return moment / 864e5 + ((day[2] ?? 0) * 60 + Number(day[3] ?? 0)) / 1440;
}

function equal(left, right) {
  if (typeof left === "boolean" || typeof right === "boolean") return truth(left) === truth(right);
  if (typeof left === "string" && typeof right === "string") return left === right;
  return number(left) === number(right);
}

function round(value, digits = 0) {
  const [amount, places] = [number(value), number(digits)];
  if (!Number.isFinite(amount) || !Number.isFinite(places)) return amount;
  const power = 10 ** Math.floor(Math.min(Math.max(places, -9), 9));
  return Math.floor(amount * power + 0.5) / power;
}

const OPERATIONS = {
  "=": equal,
  "!=": (a, b) => !equal(a, b),
  "<": (a, b) => number(a) < number(b),
  "<=": (a, b) => number(a) <= number(b),
  ">": (a, b) => number(a) > number(b),
  ">=": (a, b) => number(a) >= number(b),
  "+": (a, b) => number(a) + number(b),
  "-": (a, b) => number(a) - number(b),
  "*": (a, b) => number(a) * number(b),
  div: (a, b) => number(a) / number(b),
  mod: (a, b) => number(a) % number(b),
  neg: (a) => -number(a),
  not: (a) => !truth(a),
  selected: (a, b) => asText(a).split(" ").includes(asText(b).trim()),
  "count-selected": (a) => asText(a).split(" ").filter(Boolean).length,
  coalesce: (a, b) => (asText(a) ? a : b),
  number,
  int: (a) => Math.trunc(number(a)),
  round,
  abs: (a) => Math.abs(number(a)),
  min: (...all) => Math.min(...all.map(number)),
  max: (...all) => Math.max(...all.map(number)),
  string: asText,
  "string-length": (a) => [...asText(a)].length,
  concat: (...all) => all.map(asText).join(""),
  contains: (a, b) => asText(a).includes(asText(b)),
  "starts-with": (a, b) => asText(a).startsWith(asText(b)),
  "ends-with": (a, b) => asText(a).endsWith(asText(b)),
  regex: (a, pattern) =>
    new RegExp(`^(?:${pattern})$`, "su").test([...asText(a)].slice(0, LONGEST_MATCHED).join("")),
};
