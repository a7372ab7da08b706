// What the phone keeps: drafts at every tap, reports that wait to leave, receipts of those that arrived.

const STORES = { drafts: "mission", outbox: "uuid", receipts: "uuid" };
const memory = Object.fromEntries(Object.keys(STORES).map((name) => [name, new Map()]));
let opening;
let refused = false;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("parvis-terrain", 1);
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) request.result.createObjectStore(name, { keyPath });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}

/** Does the browser keep anything? When it does not, everything stays in memory, as long as the page is open. */
export const lasts = () => open().then(() => !refused, () => !(refused = true));

function remembered(name) {
  const [rows, key] = [memory[name], STORES[name]];
  return {
    get: (wanted) => ({ result: rows.get(wanted) }),
    getAll: () => ({ result: [...rows.values()] }),
    put: (row) => ({ result: rows.set(row[key], row) && row[key] }),
    delete: (wanted) => ({ result: void rows.delete(wanted) }),
  };
}

/** Run a few steps that happen together or not at all; the promise settles when they are on the disk. */
async function together(names, mode, steps) {
  if (!(await lasts())) return steps(...names.map(remembered))?.result;
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(names, mode, { durability: "strict" });
    const result = steps(...names.map((name) => transaction.objectStore(name)));
    transaction.oncomplete = () => resolve(result?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export const get = (store, key) => together([store], "readonly", (rows) => rows.get(key));
export const all = (store) => together([store], "readonly", (rows) => rows.getAll());
export const put = (store, row) => together([store], "readwrite", (rows) => rows.put(row));
export const drop = (store, key) => together([store], "readwrite", (rows) => rows.delete(key));

/** A finished draft becomes a report that waits to leave. */
export const queue = (report) =>
  together(["drafts", "outbox"], "readwrite", (drafts, outbox) => {
    drafts.delete(report.mission);
    return outbox.put(report);
  });

/** A report that was refused becomes a draft again. */
export const takeBack = (report) =>
  together(["drafts", "outbox"], "readwrite", (drafts, outbox) => {
    outbox.delete(report.uuid);
    return drafts.put({ ...report, refused: undefined });
  });

/** A report that arrived leaves the outbox for its receipt. */
export const arrived = (report, receipt) =>
  together(["outbox", "receipts"], "readwrite", (outbox, receipts) => {
    outbox.delete(report.uuid);
    return receipts.put({ uuid: report.uuid, mission: report.mission, ...receipt });
  });
