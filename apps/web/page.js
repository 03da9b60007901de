// The page: what comes from the server goes into the model, and is drawn at most ten times a second.
import * as model from "./model.js";
import * as plot from "./plot.js";
import * as table from "./table.js";
import { follow, get as fetchFrom, onTokenNeeded } from "./net.js";
import { Detail, showStatus } from "./panels.js";

const get = (id) => document.getElementById(id);
const detail = new Detail(togglePlot, plot.isPlotted);
let rearranged = true, drawing = false, lengths = 0;

function togglePlot(row, item) {
  plot.toggle(row, item);
  table.paint();
  detail.update();
}

table.connect({ onPlot: togglePlot, onChoose: (row) => detail.show(row), isPlotted: plot.isPlotted });

function draw() {
  drawing = false;
  if (rearranged) {
    rearranged = false;
    table.arrange();
  } else {
    table.paint();
  }
  if (table.cursor.row && !model.state.paused) detail.show(table.cursor.row);
  plot.draw();
}

function drawSoon() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(draw);
}

function onUpdate(update) {
  const { named, several } = model.state, { fresh, updated } = model.apply(update);
  if (update.seen === 0) forgetRows();
  if (update.status) showStatus(update.status);
  plot.sample(updated);
  const total = updated.reduce((sum, row) => sum + row.live.length, 0);
  rearranged ||= fresh || total !== lengths;
  lengths = total;
  if (named !== model.state.named || several !== model.state.several) table.drawHead();
  drawSoon();
}

// A new connection begins with all rows anew.
function forgetRows() {
  const old = table.cursor.row;
  table.cursor.row = (old && model.rows.find((row) => row.order === old.order && row.channel === old.channel)) || null;
  plot.reconnect();
  rearranged = true;
}

function onLink(text) {
  const link = get("link");
  link.className = text === "live" ? "live" : "lost";
  link.textContent = text === "live" && model.state.paused ? "paused" : text;
}

setInterval(() => {
  if (!model.state.paused) model.measure();
  rearranged ||= model.sortsByTime() && !model.state.paused;
  drawSoon();
}, 1000);

function pause() {
  const on = !model.state.paused;
  model.pause(on);
  get("pause").setAttribute("aria-pressed", String(on));
  get("pause").textContent = on ? "Go on" : "Pause";
  if (get("link").classList.contains("live")) get("link").textContent = on ? "paused" : "live";
  rearranged = true;
  drawSoon();
}

let asked = 0;

async function applyFilter() {
  const question = ++asked, text = get("filter").value.trim();
  let chosen = { text: "" }, problem = "";
  try {
    if (text) chosen = await (await fetchFrom("/filter?text=" + encodeURIComponent(text))).json();
  } catch (error) {
    problem = error.message;
  }
  if (question !== asked) return; // a later one was typed
  get("filter").setAttribute("aria-invalid", String(!!problem));
  get("filter-error").textContent = problem;
  if (problem) return;
  model.choose(chosen);
  rearranged = true;
  drawSoon();
}

let typing = 0;
get("filter").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(applyFilter, 150);
});

get("save").addEventListener("submit", async (event) => {
  event.preventDefault();
  const format = get("format").value;
  try {
    const answer = await fetchFrom(`/log?seconds=${get("seconds").value}&format=${format}`);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = `bus-${new Date().toISOString().slice(0, 19).replace(/[-:]/g, "")}.${format}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  } catch (error) {
    get("notice").hidden = false;
    get("notice").textContent = error.message;
  }
});

// One question at a time, however many requests need the token.
let question = null;
onTokenNeeded((wrong) => {
  question ||= new Promise((done) => {
    const dialog = get("token-dialog");
    get("token-title").textContent = wrong ? "Wrong token" : "Token";
    get("link").textContent = "waiting for a token";
    if (!dialog.open) dialog.showModal();
    get("token-form").onsubmit = () => done(get("token").value);
    dialog.oncancel = (event) => event.preventDefault();
  }).finally(() => { question = null; });
  return question;
});

const keys = {
  "/": () => get("filter").focus(),
  p: pause,
  s: () => !get("send").hidden && get("frame").focus(),
  d: () => get("save").requestSubmit(),
  "?": () => get("help-dialog").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") return get("table").focus();
  if (event.target.closest("input, select")) return;
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

get("pause").addEventListener("click", pause);
get("help").addEventListener("click", keys["?"]);
table.drawHead();
follow(onUpdate, onLink);
