// The table: only the rows that can be seen are in the document, and only what differs is written.
import * as model from "./model.js";

const table = document.getElementById("table"), head = document.getElementById("head"),
  body = document.getElementById("rows"), none = document.getElementById("none");
const narrow = matchMedia("(max-width: 700px)");
const kColumns = [["channel", "Channel"], ["id", "Id"], ["name", "Name"], ["count", "Count"], ["rate", "Rate /s"],
  ["period", "Period"], ["age", "Age"]];

export const cursor = { row: null, item: -1 }; // the item: a byte, or a signal behind the bytes
let shown = [], tops = [], onPlot = () => {}, onChoose = () => {}, isPlotted = () => false;
const lines = new Map(); // by row index

export function connect(handlers) {
  ({ onPlot, onChoose, isPlotted } = handlers);
}

function element(parent, tag, name) {
  const made = parent.appendChild(document.createElement(tag));
  if (name) made.className = name;
  return made;
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function set(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

function drawHead() {
  head.replaceChildren();
  for (const [key, title] of kColumns) {
    const cell = element(head, "div", key + (kColumns.findIndex(([k]) => k === key) > 2 ? " num" : ""));
    cell.setAttribute("role", "columnheader");
    if (key === model.state.sort) cell.setAttribute("aria-sort", model.state.down ? "descending" : "ascending");
    const button = element(cell, "button");
    button.type = "button";
    button.textContent = title;
    button.onclick = () => sortBy(key);
  }
  const data = element(head, "div", "data");
  data.setAttribute("role", "columnheader");
  data.textContent = model.state.named ? "Data and signals" : "Data";
}

function sortBy(key) {
  model.state.down = key === model.state.sort && !model.state.down;
  model.state.sort = key;
  drawHead();
  arrange();
}

const across = () => (narrow.matches ? 8 : table.clientWidth > 1050 ? 16 : 8);

function heightOf(row) {
  const bytes = Math.max(1, Math.ceil(row.shown.length / across()));
  return 5 + 24 * (row.error ? 1 : bytes) + (row.signals.length ? 24 : 0) + (narrow.matches ? 26 : 0);
}

// Chooses the rows and their places: after new rows, another filter, order or size.
export function arrange() {
  shown = model.visible();
  tops = [0];
  for (const row of shown) tops.push(tops[tops.length - 1] + heightOf(row));
  body.style.height = tops[shown.length] + "px";
  const style = table.style;
  style.setProperty("--across", across());
  style.setProperty("--channel", model.state.several ? "6rem" : "0");
  style.setProperty("--name", model.state.named ? "minmax(6rem,11rem)" : "0");
  set(table, "aria-rowcount", String(shown.length + 1));
  none.hidden = shown.length > 0;
  none.textContent = model.rows.length ? "No message passes the filter." : "No messages yet.";
  paint();
}

// The first row whose end is below `y`.
function rowAt(y) {
  let low = 0, high = shown.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tops[middle + 1] <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function paint() {
  const top = table.scrollTop - 100, bottom = table.scrollTop + table.clientHeight + 100;
  const seen = new Set();
  for (let i = rowAt(top); i < shown.length && tops[i] < bottom; ++i) {
    seen.add(shown[i].index);
    paintRow(shown[i], i);
  }
  for (const [index, line] of lines) if (!seen.has(index)) {
    line.remove();
    lines.delete(index);
  }
  const active = cursor.row && lines.get(cursor.row.index);
  set(table, "aria-activedescendant", active ? active.id : "");
}

function newLine(row) {
  const line = element(body, "div", "row");
  line.id = "row-" + row.index;
  line.setAttribute("role", "row");
  line.cells = {};
  for (const [key] of kColumns) {
    const cell = element(line, "div", key + (["count", "rate", "period", "age"].includes(key) ? " num" : ""));
    cell.setAttribute("role", "gridcell");
    line.cells[key] = cell;
  }
  const data = element(line, "div", "data");
  data.setAttribute("role", "gridcell");
  const first = element(data, "div", "line");
  line.bytes = element(first, "div", "bytes");
  line.ascii = element(first, "div", "ascii");
  if (row.signals.length) {
    line.signals = element(line, "div", "signals");
    line.signals.setAttribute("role", "gridcell");
  }
  lines.set(row.index, line);
  return line;
}

function paintRow(row, place) {
  const line = lines.get(row.index) || newLine(row), { cells } = line, { live, period, jitter, count } = row.shown;
  line.style.top = tops[place] + "px";
  line.style.height = tops[place + 1] - tops[place] + "px";
  const name = ["row", model.staleness(row), row.error ? "error" : ""].join(" ");
  if (line.className !== name) line.className = name;
  set(line, "aria-rowindex", String(place + 2));
  set(line, "aria-selected", String(row === cursor.row));
  write(cells.channel, model.state.several ? row.channel : "");
  write(cells.id, row.id);
  write(cells.name, row.name);
  cells.name.title = row.name;
  write(cells.count, model.grouped(count));
  write(cells.rate, row.rate >= 10 ? model.grouped(row.rate) : row.rate.toFixed(1));
  write(cells.period, period ? model.regular(period / 1000, jitter / 1000) : "");
  write(cells.age, model.since(model.age(row)));
  paintData(row, line);
  if (line.signals) paintSignals(row, line);
}

function paintData(row, line) {
  if (row.error || row.shown.flags & 2) {
    line.bytes.className = "words";
    return write(line.bytes, row.error ? row.shown.words || row.shown.data : `remote, ${row.shown.length} bytes`);
  }
  if (line.bytes.className !== "bytes") {
    line.bytes.className = "bytes";
    line.bytes.replaceChildren();
  }
  const bytes = model.bytesOf(row.shown);
  while (line.bytes.children.length > bytes.length) line.bytes.lastChild.remove();
  bytes.forEach((text, i) => {
    const byte = line.bytes.children[i] || element(line.bytes, "b");
    write(byte, text);
    const name = [model.heat(row, i), isPlotted(row, i) ? "plotted" : "", isCursor(row, i) ? "cursor" : ""].join(" ").trim();
    if (byte.className !== name) byte.className = name;
  });
  write(line.ascii, bytes.length <= across() ? bytes.map(character).join("") : "");
}

function character(byte) {
  const code = parseInt(byte, 16);
  return code >= 32 && code < 127 ? String.fromCharCode(code) : "·";
}

const isCursor = (row, item) => row === cursor.row && item === cursor.item;

function paintSignals(row, line) {
  row.signals.forEach(([name, unit], i) => {
    let part = line.signals.children[i];
    if (!part) {
      part = element(line.signals, "span");
      part.name = element(part, "em");
      part.value = element(part, "strong");
      part.name.textContent = name + " ";
    }
    const value = row.shown.values[i];
    part.hidden = !value;
    if (value) write(part.value, value.text || value.value + (unit ? " " + unit : ""));
    const item = row.shown.length + i;
    const look = [isPlotted(row, item) ? "plotted" : "", isCursor(row, item) ? "cursor" : ""].join(" ").trim();
    if (part.className !== look) part.className = look;
  });
}

export function chooseRow(row, item = -1) {
  cursor.row = row;
  cursor.item = item;
  onChoose(row);
  paint();
}

function move(by) {
  const at = shown.indexOf(cursor.row), next = Math.min(Math.max(at + by, 0), shown.length - 1);
  if (next < 0) return;
  const above = head.offsetHeight;
  if (tops[next] < table.scrollTop) table.scrollTop = tops[next];
  if (tops[next + 1] + above > table.scrollTop + table.clientHeight) table.scrollTop = tops[next + 1] + above - table.clientHeight;
  chooseRow(shown[next]);
}

function moveItem(by) {
  const { row } = cursor;
  if (!row) return;
  const count = row.shown.length + row.signals.length;
  chooseRow(row, Math.min(Math.max(cursor.item + by, 0), count - 1));
}

table.addEventListener("keydown", (event) => {
  const page = Math.max(1, Math.floor(table.clientHeight / 30));
  const moves = { ArrowDown: () => move(1), ArrowUp: () => move(-1), PageDown: () => move(page), PageUp: () => move(-page),
    Home: () => move(-shown.length), End: () => move(shown.length), ArrowRight: () => moveItem(1), ArrowLeft: () => moveItem(-1),
    Enter: () => cursor.row && cursor.item >= 0 && onPlot(cursor.row, cursor.item) };
  if (event.target !== table || !moves[event.key]) return;
  event.preventDefault();
  moves[event.key]();
});

body.addEventListener("click", (event) => {
  const line = event.target.closest(".row"), row = line && model.rows[line.id.slice(4)];
  if (!row) return;
  const byte = event.target.closest(".bytes b"), part = event.target.closest(".signals span");
  const item = byte ? [...line.bytes.children].indexOf(byte)
    : part ? row.shown.length + [...line.signals.children].indexOf(part) : -1;
  chooseRow(row, item);
  if (item >= 0) onPlot(row, item);
  table.focus({ preventScroll: true });
});

table.addEventListener("scroll", () => requestAnimationFrame(paint), { passive: true });
new ResizeObserver(() => arrange()).observe(table);
export { drawHead };
