// Frames to the server and answers back: as many under way as the server allows, the others dropped and never queued.

import { ask, protocols } from "./api.js";
import { drawn, jpegOf, make, on } from "./dom.js";
import { query } from "./settings.js";

const frameWidth = 192, quality = 0.8, longestPause = 10;

/** Sends "frame" with its answer and the time it was offered with, "problem" of one frame, "open" (a model begins) and "lost". */
export function startLive() {
  const canvas = make("canvas");
  let socket = null, free = 0, underWay = [], failures = 0, timer = 0, waiters = [];

  const live = Object.assign(new EventTarget(), {
    sent: 0, answered: 0, dropped: 0, delay: 0,

    connect() {
      live.close();
      const url = new URL(`/v1/live?${query("model", "faces")}`, location.href);
      url.protocol = url.protocol.replace("http", "ws");
      const mine = socket = new WebSocket(url, protocols());
      // What a socket still says after another took its place is about other frames.
      mine.onmessage = e => socket === mine && read(JSON.parse(e.data));
      mine.onclose = e => {
        if (socket !== mine) return;
        [free, underWay] = [0, []];
        tell("lost", { reason: e.reason ? `The server closed the connection: ${e.reason}.` : "The connection was lost." });
        timer = setTimeout(again, 1000 * Math.min(2 ** failures++, longestPause));
      };
    },

    close() {
      clearTimeout(timer);
      const old = socket;
      [socket, free, underWay] = [null, 0, []];
      old?.close(1000);
    },

    /** Sends what a video shows, or drops it where there is no credit. */
    async offer(video, time) {
      if (free === 0) {
        live.dropped++;
        return;
      }
      free--;
      underWay.push({ time, at: performance.now() });
      const mine = socket, height = Math.max(1, Math.round(frameWidth * video.videoHeight / video.videoWidth));
      const frame = await jpegOf(drawn(video, frameWidth, height, canvas), quality);
      if (socket !== mine || mine.readyState !== WebSocket.OPEN) return;
      live.sent++;
      mine.send(frame);
    },

    /** When a frame may be sent, or all are answered: for what needs every frame and can wait. */
    credit: signal => until(() => free > 0, signal),
    idle: signal => until(() => underWay.length === 0, signal),
  });
  return live;

  async function until(done, signal) {
    while (!done() && !signal.aborted) await new Promise(resolve => {
      waiters.push(resolve);
      on(signal, "abort", resolve, { once: true });
    });
  }

  // A socket does not say why it was refused; a request does, and asks for a token where one is wanted.
  async function again() {
    try {
      await ask("/v1/models");
    } catch (problem) { // that the server is gone is said by the page's own banner
      if (problem.status === 401) return tell("lost", { reason: `${problem.title}. Begin again to be asked for it.`, isLast: true });
    }
    if (socket !== null) live.connect();
  }

  function read(message) {
    if (message.type === "hello" || message.type === "model") {
      if (message.credits) [free, failures] = [message.credits, 0];
      tell("open");
    } else {
      const { time, at } = underWay.shift();
      free++;
      live.answered++;
      live.delay = performance.now() - at;
      tell(message.type === "frame" ? "frame" : "problem", { answer: message, time });
    }
    for (const wake of waiters) wake();
    waiters = [];
  }

  function tell(name, what) { live.dispatchEvent(Object.assign(new Event(name), what)); }
}
