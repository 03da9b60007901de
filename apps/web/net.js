// Requests to the server: the stream of updates, and small ones, with the token if there is one.
const kSilence = 6000; // ms without a byte: the server sends every second

let token = sessionStorage.getItem("token") || "";
let askToken = async () => "";

export function onTokenNeeded(ask) {
  askToken = ask;
}

const headers = () => (token ? { Authorization: "Bearer " + token } : {});

async function withToken(request) {
  for (;;) {
    const response = await request();
    if (response.status !== 401) return response;
    token = await askToken(token !== "");
    sessionStorage.setItem("token", token);
  }
}

async function checked(response) {
  if (!response.ok) throw new Error((await response.text()) || `${response.status} ${response.statusText}`);
  return response;
}

export async function get(path) {
  return checked(await withToken(() => fetch(path, { headers: headers() })));
}

export async function post(path, body) {
  const type = { "Content-Type": "application/json" };
  return checked(await withToken(() => fetch(path, {
    method: "POST", headers: { ...headers(), ...type }, body: JSON.stringify(body) })));
}

// Reads one stream to its end: each event is a line "data: {...}".
async function readStream(onUpdate, onOpen) {
  const ended = new AbortController();
  let watchdog = setTimeout(() => ended.abort(), kSilence);
  try {
    const response = await checked(await withToken(() => {
      clearTimeout(watchdog); // the question for a token may take its time
      return fetch("/events", { headers: headers(), signal: ended.signal });
    }));
    onOpen();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ""; ;) {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => ended.abort(), kSilence);
      const { value, done } = await reader.read();
      if (done) return;
      const lines = (text + value).split("\n");
      text = lines.pop();
      for (const line of lines) if (line.startsWith("data: ")) onUpdate(JSON.parse(line.slice(6)));
    }
  } finally {
    clearTimeout(watchdog);
  }
}

// Calls onUpdate with each update, for ever; onLink says "live" or why not.
export async function follow(onUpdate, onLink) {
  for (;;) {
    try {
      await readStream(onUpdate, () => onLink("live"));
      onLink("reconnecting");
    } catch (error) {
      onLink(error instanceof TypeError || error.name === "AbortError" ? "reconnecting" : error.message);
    }
    await new Promise((done) => setTimeout(done, 1000));
  }
}
