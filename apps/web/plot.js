// Plots of bytes and signals: a lane each, over the same time.
import * as model from "./model.js";

const section = document.getElementById("plots"), canvas = document.getElementById("canvas"),
  legend = document.getElementById("legend"), span = document.getElementById("window");
const kKept = 300000, kLane = 84, kMost = 8; // ms; pixels; plots
const kColours = { light: ["#0b62a8", "#b34700", "#1b6e3c", "#8a2da5"], dark: ["#7cbcf5", "#ffab66", "#7fd8a0", "#dba0f0"] };
const dark = matchMedia("(prefers-color-scheme: dark)");

let plots = [], pointer = null;

const find = (row, item) => plots.find((plot) => plot.key === keyOf(row, item));
const keyOf = (row, item) => `${row.channel} ${row.order} ${labelOf(row, item)}`;
export const isPlotted = (row, item) => plots.length > 0 && !!find(row, item);

export function labelOf(row, item) {
  const bytes = row.shown.length, signal = row.signals[item - bytes];
  return signal ? signal[0] : `byte ${item}`;
}

// The item stays what it is where the length of the frames varies.
function source(row, item) {
  const signal = item - row.shown.length;
  if (signal < 0) return (of) => parseInt(of.live.data.substr(2 * item, 2), 16);
  return (of) => (of.values[signal] ? parseFloat(of.values[signal].value) : NaN);
}

export function toggle(row, item) {
  const found = find(row, item);
  if (found) plots = plots.filter((plot) => plot !== found);
  else if (plots.length < kMost) {
    const signal = row.signals[item - row.shown.length];
    plots.push({ key: keyOf(row, item), row, item, read: source(row, item), times: [], values: [], from: 0,
      title: `${row.name || row.id} ${labelOf(row, item)}`, unit: signal ? signal[1] : "" });
    sample([row]);
  }
  drawLegend();
  draw();
}

export function clear() {
  plots = [];
  drawLegend();
}

// The rows of a new connection are others: plots find theirs by channel, id and name.
export function reconnect() {
  for (const plot of plots) {
    const row = model.rows.find((each) => plot.key.startsWith(`${each.channel} ${each.order} `));
    if (row) plot.row = row;
  }
}

export function sample(updated) {
  const rows = new Set(updated);
  for (const plot of plots) {
    if (!rows.has(plot.row) || !plot.row.live) continue;
    const value = plot.read(plot.row);
    if (Number.isNaN(value)) continue;
    plot.times.push(plot.row.live.came);
    plot.values.push(value);
    if (plot.times.length > 2 * kKept / 100) forget(plot);
  }
}

function forget(plot) {
  const first = plot.times.findIndex((time) => time > performance.now() - kKept);
  plot.times.splice(0, first);
  plot.values.splice(0, first);
}

function drawLegend() {
  section.hidden = plots.length === 0;
  legend.replaceChildren(...plots.map((plot, i) => {
    const item = document.createElement("li"), button = document.createElement("button"), mark = document.createElement("i");
    mark.style.background = colour(i);
    button.type = "button";
    button.append(mark, plot.title, " ×");
    button.setAttribute("aria-label", `Remove the plot of ${plot.title}`);
    button.onclick = () => toggle(plot.row, plot.item);
    item.append(button);
    return item;
  }));
}

const colour = (i) => { const set = kColours[dark.matches ? "dark" : "light"]; return set[i % set.length]; };

export function draw() {
  if (section.hidden) return;
  const scale = devicePixelRatio || 1, width = canvas.clientWidth, height = kLane * plots.length + 18;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = width * scale;
    canvas.height = height * scale;
    canvas.style.height = height + "px";
  }
  const pen = canvas.getContext("2d"), style = getComputedStyle(document.documentElement);
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = "12px system-ui, sans-serif";
  const ink = { text: style.getPropertyValue("--ink"), soft: style.getPropertyValue("--soft"), line: style.getPropertyValue("--line") };
  const view = { pen, ink, left: 64, right: width - 6, end: model.now(), length: span.value * 1000 };
  plots.forEach((plot, i) => drawLane(plot, view, i * kLane, colour(i)));
  drawTimes(view, height);
  const summary = plots.map((plot) => `${plot.title} ${plot.values[plot.values.length - 1] ?? "no value"}`).join(", ");
  if (canvas.getAttribute("aria-label") !== "Plots: " + summary) canvas.setAttribute("aria-label", "Plots: " + summary);
}

const text = (value) => (Math.abs(value) >= 1e6 || (value && Math.abs(value) < 1e-3) ? value.toExponential(2) : +value.toFixed(3) + "");

function rangeOf(plot, from, end) {
  let low = Infinity, high = -Infinity, last = NaN;
  for (let i = 0; i < plot.times.length && plot.times[i] <= end; ++i) {
    if (plot.times[i] < from) { last = plot.values[i]; continue; }
    low = Math.min(low, plot.values[i]);
    high = Math.max(high, plot.values[i]);
  }
  if (!Number.isNaN(last)) { low = Math.min(low, last); high = Math.max(high, last); }
  if (low === high) { low -= 1; high += 1; }
  return low < high ? [low, high] : [0, 1];
}

function drawLane(plot, view, top, stroke) {
  const { pen, ink, left, right, end, length } = view, from = end - length;
  const [low, high] = rangeOf(plot, from, end), base = top + kLane - 8, room = kLane - 30;
  const x = (time) => left + (time - from) / length * (right - left);
  const y = (value) => base - (value - low) / (high - low) * room;
  pen.strokeStyle = ink.line;
  pen.lineWidth = 1;
  for (const value of [low, high]) line(pen, [[left, y(value)], [right, y(value)]]);
  pen.fillStyle = ink.soft;
  pen.textAlign = "right";
  pen.fillText(text(high), left - 6, y(high) + 4);
  pen.fillText(text(low), left - 6, y(low) + 4);
  const points = [];
  let shown = NaN;
  const at = pointer === null ? end : Math.min(end, from + (pointer - left) / (right - left) * length);
  for (let i = 0; i < plot.times.length && plot.times[i] <= end; ++i) {
    if (plot.times[i] <= at) shown = plot.values[i];
    const px = Math.max(left, x(plot.times[i])), last = points[points.length - 1];
    if (plot.times[i] < from) points.length = 0;
    else if (last) points.push([px, last[1]]); // a value holds until the next
    points.push([px, y(plot.values[i])]);
  }
  if (points.length) points.push([right, points[points.length - 1][1]]);
  pen.strokeStyle = stroke;
  pen.lineWidth = 1.75;
  line(pen, points);
  pen.fillStyle = ink.text;
  pen.textAlign = "left";
  pen.fillText(`${plot.title}  ${Number.isNaN(shown) ? "–" : text(shown)} ${plot.unit}`, left, top + 13);
  if (pointer !== null && pointer > left) { pen.strokeStyle = ink.soft; pen.lineWidth = 1; line(pen, [[pointer, top + 18], [pointer, base]]); }
}

function line(pen, points) {
  pen.beginPath();
  points.forEach(([px, py], i) => (i ? pen.lineTo(px, py) : pen.moveTo(px, py)));
  pen.stroke();
}

function drawTimes({ pen, ink, left, right, length }, height) {
  pen.fillStyle = ink.soft;
  for (let i = 0; i <= 4; ++i) {
    pen.textAlign = i === 0 ? "left" : i === 4 ? "right" : "center";
    const seconds = length / 1000 * (1 - i / 4);
    pen.fillText(i === 4 ? "now" : `-${seconds} s`, left + (right - left) * i / 4, height - 4);
  }
}

canvas.addEventListener("pointermove", (event) => { pointer = event.offsetX; draw(); });
canvas.addEventListener("pointerleave", () => { pointer = null; draw(); });
span.addEventListener("change", draw);
dark.addEventListener("change", () => { drawLegend(); draw(); });
document.getElementById("unplot").addEventListener("click", clear);
