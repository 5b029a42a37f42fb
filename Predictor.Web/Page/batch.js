// Pictures to the server, four requests at a time.

import { Problem, askJson, server } from "./api.js";
import { on, seconds } from "./dom.js";
import { keep } from "./rows.js";

export const mostRows = 20_000;
const inFlight = 4, mostTries = 6;

const pause = (time, signal) => new Promise(resolve => {
  setTimeout(resolve, 1000 * time);
  on(signal, "abort", resolve, { once: true });
});

/** `parameters` are those of all requests, `rowChanged` and `stateChanged` are called when they did. */
export function startBatch(parameters, rowChanged, stateChanged) {
  const queue = [];
  let walks = 0, sending = 0, stopping = null, busyUntil = 0, waiters = [], since = 0, spent = 0;

  const batch = {
    rows: [], skipped: 0, done: 0, failed: 0, isFull: false, state: "idle",

    /** Takes what a walk finds, while requests are under way. */
    async add(walk) {
      walks++;
      batch.go();
      for await (const found of walk) {
        if (batch.state === "over") break;
        if (found === null) batch.skipped++;
        else if (batch.rows.length < mostRows) {
          const row = { ...found, index: batch.rows.length, state: "open", tries: 0, version: 0 };
          batch.rows.push(row);
          queue.push(row);
          wake();
        } else {
          batch.isFull = true;
          break;
        }
      }
      walks--;
      wake();
      stateChanged();
    },

    /** Starts, or goes on. */
    go() {
      if (batch.state === "running") return;
      const { signal } = stopping = new AbortController();
      set("running");
      Promise.all(Array.from({ length: inFlight }, () => work(signal))).then(() => {
        if (!signal.aborted) set("done");
      });
    },

    /** Until it goes on; never again where it is "over". */
    stop(state = "stopped") {
      if (batch.state !== "running" && state !== "over") return;
      set(state);
      stopping.abort();
      wake();
    },

    retryFailed() {
      for (const row of batch.rows.filter(r => r.state === "failed")) {
        row.tries = 0;
        batch.done--;
        batch.failed--;
        queue.push(row);
        change(row, "open");
      }
      batch.go();
    },

    get isReading() { return walks > 0; },

    /** In which it ran. */
    get seconds() { return spent + (batch.state === "running" ? seconds() - since : 0); },
  };
  on(server, "back", () => { if (batch.state === "offline") batch.go(); });
  return batch;

  function set(state) {
    spent = batch.seconds;
    since = seconds();
    batch.state = state;
    stateChanged();
  }

  function change(row, state) {
    row.state = state;
    row.version++;
    rowChanged();
  }

  function wake() {
    for (const resolve of waiters) resolve();
    waiters = [];
  }

  function later(row) {
    queue.unshift(row);
    change(row, "open");
  }

  // Whoever has nothing to do stays while there may be more: from a folder, or from a request that has to be made again.
  async function work(signal) {
    while (!signal.aborted && (queue.length > 0 || walks > 0 || sending > 0)) {
      if (queue.length === 0) {
        await new Promise(resolve => waiters.push(resolve));
        continue;
      }
      sending++;
      await send(queue.shift(), signal);
      sending--;
      wake();
    }
  }

  async function send(row, signal) {
    while (seconds() < busyUntil && !signal.aborted) await pause(busyUntil - seconds(), signal);
    if (signal.aborted) return later(row);
    change(row, "sent");
    try {
      keep(row, await askJson(`/v1/classify?${parameters}`, { method: "POST", body: await row.file(), signal }));
      batch.done++;
      change(row, "done");
    } catch (error) {
      if (error.name === "AbortError") later(row);
      else refused(row, error instanceof Problem ? error : new Problem(-1, "The file can't be read", error.message));
    }
  }

  function refused(row, problem) {
    row.tries++;
    if (problem.status === 0 || problem.status === 401) {
      // All the others would fail too: wait until the server is back, or somebody has a token.
      later(row);
      batch.stop(problem.status === 0 ? "offline" : "stopped");
    } else if ((problem.status === 503 || problem.status === 429) && row.tries < mostTries) {
      busyUntil = Math.max(busyUntil, seconds() + (problem.wait ?? 1));
      later(row);
    } else {
      row.problem = problem;
      batch.failed++;
      batch.done++;
      change(row, "failed");
    }
  }
}
