// Requests to the server: its token, its problems, and whether it is there at all.

import { $, on, show } from "./dom.js";

// What the server says itself is better; these are for when something before it answers, or nothing.
const remedies = {
  0: ["The server does not answer", "See whether it is still running, then try again."],
  401: ["This server wants a token", "Ask whoever runs it, then try again."],
  413: ["The picture is too large", "Make it smaller: at most 32 MiB and 50 megapixels."],
  429: ["You sent too much at once", "Wait for the answers before you send more."],
  503: ["The server is busy", "Wait a little, then try again."],
};

/** What went wrong in words for people; `wait` is how many seconds the server asks for. */
export class Problem extends Error {
  constructor(status, title, detail, wait) {
    const [usual, remedy] = remedies[status] ?? ["The server could not answer", `It said ${status}. Try again; if it stays, see its log.`];
    super(title || usual);
    Object.assign(this, { status, title: this.message, detail: detail || remedy, wait });
  }
}

let token = "", isNew = false, asked = null;

/** Sends "gone" when the server does not answer, and "back" when it does again, or has accepted a token. */
export const server = new EventTarget();
let isThere = true;

function mark(there) {
  if (there === isThere) return;
  isThere = there;
  server.dispatchEvent(new Event(there ? "back" : "gone"));
}

async function problemOf(response) {
  let body = {};
  try { body = await response.json(); } catch { /* a proxy's own page: the status has to do */ }
  const wait = Number.parseFloat(response.headers.get("Retry-After"));
  return new Problem(response.status, body.title, body.detail, Number.isFinite(wait) ? Math.min(Math.max(wait, 0), 60) : undefined);
}

/** The response of a request that went well; else a Problem, or the AbortError of its signal. */
export async function ask(path, options = {}) {
  for (;;) {
    const used = token;
    let response;
    try {
      response = await fetch(path, { ...options, headers: used ? { Authorization: `Bearer ${used}` } : {} });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      // Also what a file says that was deleted after it was chosen.
      if (options.body && !await options.body.slice(0, 1).arrayBuffer().catch(() => null))
        throw new Problem(415, "The file can't be read", "It was moved, changed or deleted after you chose it. Choose it again.");
      mark(false);
      throw new Problem(0);
    }
    if (response.status !== 401 && isNew) isThere = isNew = false; // what waits for the token goes on
    mark(true);
    if (response.ok) return response;
    if (response.status !== 401) throw await problemOf(response);
    // Requests that were under way together ask once.
    if (used === token) await (asked ??= askForToken(used !== "").finally(() => { asked = null; }));
  }
}

/** What a response says, also where the connection broke in the middle of it. */
export const jsonOf = response => response.json().catch(error => {
  throw error.name === "AbortError" ? error : new Problem(-1, "The answer was cut short", "Try again.");
});

export const askJson = async (path, options) => jsonOf(await ask(path, options));

/** Subprotocols of the socket: the only place where a browser lets a page put a token. */
export const protocols = () => token ? ["emotionmlnet.v1", `emotionmlnet.token.${token}`] : ["emotionmlnet.v1"];

function askForToken(wasWrong) {
  const dialog = $("#token"), value = $("#token-value");
  show("#token-wrong", wasWrong);
  value.value = "";
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise((resolve, reject) => on(dialog, "close", () => {
    if (dialog.returnValue !== "ok") return reject(new Problem(401));
    token = value.value.trim();
    isNew = true;
    value.value = "";
    resolve();
  }, { once: true }));
}
