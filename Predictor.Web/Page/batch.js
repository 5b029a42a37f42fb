// Pictures to the server, four requests at a time.

import { Problem, askJson, server } from "./api.js";
import { on } from "./dom.js";
import { keep } from "./rows.js";

export const mostRows = 20_000;
const inFlight = 4, mostTries = 6;

const pause = (seconds, signal) => new Promise(resolve => {
  const timer = setTimeout(resolve, 1000 * seconds);
  on(signal, "abort", () => { clearTimeout(timer); resolve(); }, { once: true });
});

/** Sends "row" when one changed and "state" when it starts, ends or stops. */
export class Batch extends EventTarget {
  rows = []; skipped = 0; done = 0; failed = 0; isFull = false; state = "idle"; spent = 0;

  #queue = []; #walks = 0; #stop = new AbortController(); #parameters; #busyUntil = 0; #waiters = []; #since = 0;

  constructor(parameters) {
    super();
    this.#parameters = parameters;
    on(server, "back", () => { if (this.state === "offline") this.go(); });
  }

  /** Takes what a walk finds, while requests are under way. */
  async add(walk) {
    this.#walks++;
    this.go();
    try {
      for await (const found of walk) {
        if (found === null) this.skipped++;
        else if (this.rows.length >= mostRows) {
          this.isFull = true;
          break;
        } else {
          const row = { index: this.rows.length, path: found.path, file: found.file, state: "open", tries: 0, version: 0 };
          this.rows.push(row);
          this.#queue.push(row);
          this.#wake();
        }
      }
    } finally {
      this.#walks--;
      this.#wake();
      this.#tell("state");
    }
  }

  /** Starts, or goes on. */
  go() {
    if (this.state === "running") return;
    const stop = this.#stop = new AbortController();
    this.#set("running");
    Promise.all(Array.from({ length: inFlight }, () => this.#work(stop.signal))).then(() => {
      if (!stop.signal.aborted) this.#set("done");
    });
  }

  stop(state = "stopped") {
    if (this.state !== "running") return;
    this.#set(state);
    this.#stop.abort();
    this.#wake();
  }

  retryFailed() {
    for (const row of this.rows.filter(r => r.state === "failed")) {
      row.tries = 0;
      this.#change(row, "open");
      this.done--;
      this.failed--;
      this.#queue.push(row);
    }
    this.go();
    this.#wake();
  }

  get isReading() { return this.#walks > 0; }

  /** Seconds in which it ran. */
  get seconds() { return this.spent + (this.state === "running" ? performance.now() / 1000 - this.#since : 0); }

  #set(state) {
    const now = performance.now() / 1000;
    if (this.state === "running") this.spent += now - this.#since;
    this.#since = now;
    this.state = state;
    this.#tell("state");
  }

  #tell(name, row) { this.dispatchEvent(Object.assign(new Event(name), { row })); }

  #change(row, state) {
    row.state = state;
    row.version++;
    this.#tell("row", row);
  }

  #wake() { for (const wake of this.#waiters.splice(0)) wake(); }

  async #work(signal) {
    while (!signal.aborted) {
      const row = this.#queue.shift();
      if (row) await this.#send(row, signal);
      else if (this.#walks > 0) await new Promise(resolve => this.#waiters.push(resolve));
      else return;
    }
  }

  async #send(row, signal) {
    const wait = this.#busyUntil - performance.now() / 1000;
    if (wait > 0) await pause(wait, signal);
    if (signal.aborted) return this.#queue.unshift(row);
    this.#change(row, "sent");
    try {
      const file = await row.file();
      keep(row, await askJson(`/v1/classify?${this.#parameters()}`, { method: "POST", body: file, signal }));
      this.#end(row, "done");
    } catch (error) {
      if (error.name === "AbortError") {
        this.#queue.unshift(row);
        this.#change(row, "open");
      } else this.#refused(row, error instanceof Problem ? error : new Problem(415, "The file can't be read", error.message));
    }
  }

  #refused(row, problem) {
    row.tries++;
    if (problem.status === 0 || problem.status === 401) {
      // All the others would fail too: wait until the server is back, or somebody has a token.
      this.#queue.unshift(row);
      this.#change(row, "open");
      this.stop(problem.status === 0 ? "offline" : "stopped");
    } else if ((problem.status === 503 || problem.status === 429) && row.tries < mostTries) {
      this.#busyUntil = Math.max(this.#busyUntil, performance.now() / 1000 + (problem.wait ?? 1));
      this.#queue.unshift(row);
      this.#change(row, "open");
    } else {
      row.problem = problem;
      this.failed++;
      this.#end(row, "failed");
    }
  }

  #end(row, state) {
    this.done++;
    this.#change(row, state);
  }
}
