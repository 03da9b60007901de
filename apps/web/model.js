// What the page knows of the bus: a row for each channel and id, and which of them are shown.
const kHot = 400, kWarm = 2500; // ms after a byte changed

export const rows = [];
export const state = { paused: 0, sort: "id", down: false, several: false, named: false, skipped: 0 };

let matches = () => true;
let version = 0, latest = 0, measured = 0; // of the server: ms

// The time of what is shown.
export const now = () => state.paused || performance.now();

function newRow([index, channel, id, name, extended, error, signals]) {
  rows[index] = {
    index, channel, id, name, extended, error, signals, live: null, shown: null, changed: [],
    values: signals.map(() => null), rate: 0, counted: null, order: (error ? "e" : extended ? "x" : "s") + id,
  };
  state.several ||= channel !== rows[0].channel;
  state.named ||= name !== "";
}

function updateRow([index, count, period, jitter, age, data, changed, flags, length, values, words]) {
  const row = rows[index], came = performance.now() - age;
  for (const [signal, value, text] of values) row.values[signal] = { value, text, came };
  row.live = { count, period, jitter, came, data, flags, length, words, values: row.values.slice() };
  if (state.paused) return row;
  for (const byte of changed) row.changed[byte] = came;
  row.shown = row.live;
  return row;
}

// Takes an update of the server; returns the rows that are new, and those that have messages.
export function apply(update) {
  if (update.seen === 0) rows.length = 0;
  else state.skipped += update.v - version - 1;
  version = update.v;
  latest = update.t;
  for (const head of update.h) newRow(head);
  return { fresh: update.h.length > 0, updated: update.r.map(updateRow) };
}

export function pause(on) {
  state.paused = on ? performance.now() : 0;
  if (!on) for (const row of rows) {
    if (row.shown && row.live !== row.shown) markChanges(row);
    row.shown = row.live;
  }
}

// While paused a byte may have changed: it is seen at the end of the pause.
function markChanges(row) {
  for (let i = 0; i < row.live.length; ++i)
    if (row.live.data.substr(2 * i, 2) !== row.shown.data.substr(2 * i, 2)) row.changed[i] = row.live.came;
}

export function heat(row, byte) {
  const age = now() - (row.changed[byte] ?? -kWarm);
  return age < kHot ? "hot" : age < kWarm ? "warm" : "";
}

export const age = (row) => Math.max(0, now() - row.shown.came);

// "": on time, "stale": late by more than two periods, "gone": for long.
export function staleness(row) {
  const period = row.shown.period / 1000;
  if (age(row) < Math.max(1000, 3 * period)) return "";
  return age(row) < Math.max(10000, 10 * period) ? "stale" : "stale gone";
}

// Once a second, by the time of the server: updates may come late.
export function measure() {
  const seconds = (latest - measured) / 1000;
  if (seconds > 0 && seconds < 0.5) return;
  measured = latest;
  for (const row of rows) {
    if (!row.live) continue;
    row.rate = seconds > 0 ? (row.live.count - (row.counted ?? row.live.count)) / seconds : 0;
    const late = performance.now() - row.live.came > Math.max(1000, row.live.period / 500);
    const few = row.counted === null || row.live.period > 1e6;
    if (few && row.live.period && !late) row.rate = 1e6 / row.live.period;
    row.counted = row.live.count;
  }
}

// A filter as the server has read it, or a text that rows contain.
export function choose({ filters = [], text = "" }) {
  const wanted = text.toLowerCase();
  const plain = filters.filter((each) => !each.inverted), inverted = filters.filter((each) => each.inverted);
  const passes = (filter, row) => ((parseInt(row.id, 16) ^ filter.id) & filter.mask) === 0 &&
    (filter.extended ?? !!row.extended) === !!row.extended &&
    (filter.remote ?? isRemote(row)) === isRemote(row);
  matches = (row) => filters.length
    ? row.error || ((!plain.length || plain.some((each) => passes(each, row))) && !inverted.some((each) => passes(each, row)))
    : [row.id, row.name, row.channel].some((part) => part.toLowerCase().includes(wanted));
}

export const isRemote = (row) => (row.live.flags & 2) !== 0;

const orders = {
  channel: (a, b) => a.channel.localeCompare(b.channel),
  id: (a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : a.channel.localeCompare(b.channel)),
  name: (a, b) => a.name.localeCompare(b.name),
  count: (a, b) => b.live.count - a.live.count,
  rate: (a, b) => b.rate - a.rate,
  period: (a, b) => a.live.period - b.live.period,
  age: (a, b) => b.live.came - a.live.came,
};

export const sortsByTime = () => !["channel", "id", "name"].includes(state.sort);

// The rows to show, in their order.
export function visible() {
  const order = orders[state.sort], sign = state.down ? -1 : 1;
  return rows.filter((row) => row.shown && matches(row)).sort((a, b) => sign * order(a, b) || orders.id(a, b));
}

export function bytesOf(shown) {
  return shown.data.match(/../g) || [];
}

export function kind(row) {
  const { flags } = row.shown;
  return [row.error && "error frame", row.extended ? "29-bit id" : "11-bit id", flags & 2 && "remote", flags & 4 && "CAN FD",
    flags & 8 && "BRS", flags & 16 && "ESI", flags & 1 && "sent here"].filter(Boolean).join(", ");
}

export function time(ms) {
  if (ms >= 60000) return `${Math.floor(ms / 60000)} min`;
  return ms >= 10000 ? `${Math.round(ms / 1000)} s` : ms >= 1000 ? `${(ms / 1000).toFixed(1)} s`
    : ms >= 100 ? `${Math.round(ms)} ms` : ms >= 10 ? `${ms.toFixed(1)} ms` : `${ms.toFixed(2)} ms`;
}

// "0.3 s"; a column of them doesn't flicker.
export const since = (ms) => (ms < 10000 ? `${(Math.floor(ms / 100) / 10).toFixed(1)} s` : time(ms));

// "20.0 ±0.1 ms": the deviation in the unit of the period.
export function regular(period, jitter) {
  const [number, unit] = time(period).split(" ");
  const factor = { ms: 1, s: 1000, min: 60000 }[unit], digits = number.split(".")[1]?.length ?? 0;
  return jitter ? `${number} ±${(jitter / factor).toFixed(Math.max(1, digits))} ${unit}` : `${number} ${unit}`;
}

export const grouped = (number) => Math.round(number).toLocaleString("en");
