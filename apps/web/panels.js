// The head of the page, the chosen message, and sending.
import * as model from "./model.js";
import { post } from "./net.js";

const get = (id) => document.getElementById(id);

function make(tag, text, name) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (name) made.className = name;
  return made;
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const kFacts = ["Frames /s", "Ids", "Bus load", "Errors", "State", "Dropped", "Skipped"];
const facts = Object.fromEntries(kFacts.map((title) => {
  const group = get("facts").appendChild(make("div"));
  group.append(make("dt", title), make("dd"));
  return [title, group];
}));

function fact(title, value, bad = false, hint = "") {
  facts[title].hidden = value === "";
  facts[title].classList.toggle("bad", bad);
  facts[title].title = hint;
  if (typeof value === "string") write(facts[title].lastChild, value);
  else facts[title].lastChild.replaceChildren(...value);
}

// A bar for each channel whose bit rate is known.
function loadBars(load) {
  const known = load.filter((each) => each.load !== undefined);
  return known.flatMap((each) => {
    const bar = make("meter"), percent = Math.min(100, 100 * each.load);
    Object.assign(bar, { max: 100, high: 80, optimum: 0, value: percent });
    bar.setAttribute("aria-label", `Load of ${each.channel || "the bus"}`);
    return [known.length > 1 ? make("span", each.channel + " ") : "", bar, ` ${percent.toFixed(1)} % `];
  });
}

export function showStatus(status) {
  document.title = status.bus + " - CAN bus";
  write(get("bus"), status.bus);
  fact("Frames /s", model.grouped(status.rate));
  fact("Ids", model.grouped(model.rows.length) + (status.others ? "+" : ""), false,
    status.others ? `${model.grouped(status.others)} messages of further ids are not shown` : "");
  const bars = loadBars(status.load);
  fact("Bus load", bars.length ? bars : "", false);
  fact("Errors", model.grouped(status.errors), status.errors > 0, "Error frames");
  const counters = status.tx_errors === undefined ? "" : ` (tx ${status.tx_errors}, rx ${status.rx_errors})`;
  fact("State", status.state ? status.state + counters : "", !!status.state && status.state !== "error-active");
  const lost = (status.dropped || 0) + (status.malformed || 0);
  fact("Dropped", model.grouped(lost), lost > 0,
    `${status.dropped || 0} messages lost before they came here, ${status.malformed || 0} packets that hold no frame`);
  fact("Skipped", model.state.skipped ? model.grouped(model.state.skipped) : "", false,
    "Updates that this page was too slow for; no change is lost");
  const notice = status.problem || status.notice;
  get("notice").hidden = !notice;
  write(get("notice"), notice);
  showSending(status);
}

let listed = "";

function showSending(status) {
  get("send").hidden = !status.sends;
  get("frame").placeholder = status.named ? "123#11.22.33, or Engine Speed=850" : "123#11.22.33";
  const list = JSON.stringify(status.periodic);
  if (list === listed) return;
  listed = list;
  get("periodic").replaceChildren(...status.periodic.map(({ number, frame, period }) => {
    const item = make("li"), stop = make("button", "Stop");
    stop.type = "button";
    stop.setAttribute("aria-label", `Stop sending ${frame}`);
    stop.onclick = () => post("/stop", { number: String(number) }).catch(told);
    const text = make("span");
    text.append(make("code", frame), ` every ${model.time(period)}`);
    item.append(text, stop);
    return item;
  }));
}

function told(error) {
  get("sent").classList.toggle("bad", !!error);
  write(get("sent"), error ? error.message : "");
}

get("send-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const frame = get("frame").value, period = get("period").value;
    await post("/send", { frame, period });
    told();
    write(get("sent"), period ? `Sending ${frame}` : `Sent ${frame}`);
  } catch (error) {
    told(error);
  }
});

// The chosen message, with buttons that plot its bytes and signals.
export class Detail {
  #row = null;
  #buttons = [];

  constructor(onPlot, isPlotted) {
    Object.assign(this, { onPlot, isPlotted });
  }

  show(row) {
    if (row !== this.#row || this.#buttons.length !== row.shown.length + row.signals.length) this.#build(row);
    this.update();
  }

  #build(row) {
    this.#row = row;
    const cells = make("div", undefined, "cells");
    this.#buttons = [];
    const button = (parent, item, ...parts) => {
      const made = parent.appendChild(make("button", undefined, parent === cells ? "" : "wide"));
      made.type = "button";
      made.append(...parts);
      made.onclick = () => { this.onPlot(row, item); this.update(); };
      this.#buttons[item] = made;
    };
    get("values").replaceChildren(cells);
    const bytes = row.error || row.shown.flags & 2 ? 0 : row.shown.length;
    for (let i = 0; i < bytes; ++i) button(cells, i, make("em", `${i} `), make("strong"));
    row.signals.forEach(([name], i) => button(get("values"), row.shown.length + i, make("em", name), make("strong")));
    this.#buttons.length = row.shown.length + row.signals.length;
  }

  update() {
    const row = this.#row;
    if (!row || model.rows[row.index] !== row) return;
    const { shown } = row, bytes = model.bytesOf(shown);
    write(get("chosen"), [row.id, row.name].filter(Boolean).join("  "));
    write(get("chosen-facts"), [row.channel, model.kind(row), `${shown.length} bytes`, `${model.grouped(shown.count)} messages`,
      shown.period ? "every " + model.regular(shown.period / 1000, shown.jitter / 1000) : "", shown.words]
      .filter(Boolean).join(" · "));
    this.#buttons.forEach((button, item) => {
      const signal = item - shown.length, value = shown.values[signal];
      const text = signal < 0 ? `${bytes[item] ?? ""} ${parseInt(bytes[item] ?? "0", 16).toString(2).padStart(8, "0")}`
        : !value ? "–" : value.text ? `${value.value} ${value.text}` : `${value.value} ${row.signals[signal][1]}`;
      write(button.lastChild, text);
      button.setAttribute("aria-pressed", String(this.isPlotted(row, item)));
    });
  }
}
