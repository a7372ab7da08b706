// Tables that are wider than a phone: each row becomes a small sheet, every cell under the name of its column.
// Their roles are written out, since a row laid out as a block is no longer told as a row by every reader.

for (const table of document.querySelectorAll(".pv-scroll > table:not([data-matrix])")) {
  const columns = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent.trim());
  const rows = [...table.querySelectorAll("tbody > tr")];
  if (columns.length < 3 || rows.some((row) => row.cells.length !== columns.length)) continue;
  for (const row of rows)
    [...row.cells].forEach((cell, at) => {
      cell.dataset.column = columns[at];
      cell.classList.toggle("pv-nothing", !cell.textContent.trim() && !cell.querySelector("img, svg, input"));
    });
  table.classList.add("pv-sheets");
  const roles = { table: "table", "thead, tbody": "rowgroup", tr: "row", "thead th": "columnheader", "tbody th": "rowheader", td: "cell" };
  for (const [which, role] of Object.entries(roles))
    (which === "table" ? [table] : table.querySelectorAll(which)).forEach((part) => part.setAttribute("role", role));
}
