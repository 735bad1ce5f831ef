// SPDX-License-Identifier: Apache-2.0
// Without it the page is whole, but tables do not sort, and are shown to their end.
"use strict";
const said = document.getElementById("said");

function value(row, column) {
    const cell = row.cells[column];
    return cell.dataset.v === undefined ? cell.textContent.trim().toLowerCase() : Number(cell.dataset.v);
}

function compare(a, b) {
    return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}

function sort(table, head, column) {
    const numeric = head.classList.contains("n");
    const before = head.getAttribute("aria-sort");
    // figures begin with the largest, names with the first
    const down = before ? before === "ascending" : numeric;
    for (const other of table.tHead.rows[0].cells) {
        other.removeAttribute("aria-sort");
    }
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [value(row, column), row]);
    rows.sort((a, b) => (down ? compare(b[0], a[0]) : compare(a[0], b[0])));
    body.append(...rows.map((pair) => pair[1]));
    said.textContent = `${table.caption.textContent.trim()}: sorted by ${head.textContent.trim()}, ${down ? "descending" : "ascending"}`;
}

for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
        const button = document.createElement("button");
        button.type = "button";
        button.append(...head.childNodes);
        head.append(button);
        button.addEventListener("click", () => sort(table, head, column));
    });
    const number = table.tBodies[0].rows.length;
    if (number > 10) {
        const more = document.createElement("button");
        more.type = "button";
        more.className = "more";
        const show = (all) => {
            table.classList.toggle("folded", !all);
            more.setAttribute("aria-expanded", all);
            more.textContent = all ? "Show 10" : `Show all ${number}`;
        };
        show(false);
        more.addEventListener("click", () => show(table.classList.contains("folded")));
        table.parentElement.after(more);
    }
}

for (const time of document.querySelectorAll("time")) {
    time.title = `${new Date(time.dateTime).toLocaleString()} here`;
}
