// Frames to the server and answers back: as many under way as the server allows, the others dropped and never queued.

import { ask, protocols } from "./api.js";
import { on } from "./dom.js";
import { query } from "./settings.js";

const frameWidth = 192, quality = 0.8, longestPause = 10;

/** Sends "frame" with its answer and the time it was offered with, "problem" of one frame, "open" and "lost". */
export class Live extends EventTarget {
  sent = 0; answered = 0; dropped = 0; delay = 0;

  #socket = null; #free = 0; #underWay = []; #canvas = document.createElement("canvas"); #failures = 0; #timer = 0; #waiters = [];

  connect() {
    this.close();
    const url = new URL(`/v1/live?${query("model", "faces", "threshold")}`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = this.#socket = new WebSocket(url, protocols());
    socket.onmessage = e => this.#read(JSON.parse(e.data));
    socket.onclose = e => {
      if (this.#socket !== socket) return;
      this.#free = 0;
      this.#underWay = [];
      this.#tell("lost", { reason: e.code === 1001 ? "The server is being stopped." : e.reason || "The connection was lost." });
      this.#failures++;
      this.#timer = setTimeout(() => this.#again(), 1000 * Math.min(2 ** (this.#failures - 1), longestPause));
    };
  }

  close() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    this.#free = 0;
    this.#underWay = [];
    socket?.close(1000);
  }

  /** Sends what a video shows; false where there was no credit and it was dropped. */
  offer(video, time) {
    if (this.#free === 0) {
      this.dropped++;
      return false;
    }
    this.#free--;
    const socket = this.#socket, canvas = this.#canvas;
    canvas.width = frameWidth;
    canvas.height = Math.max(1, Math.round(frameWidth * video.videoHeight / video.videoWidth));
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    this.#underWay.push({ time, at: performance.now() });
    canvas.toBlob(blob => {
      if (this.#socket !== socket || socket.readyState !== WebSocket.OPEN) return;
      this.sent++;
      socket.send(blob);
    }, "image/jpeg", quality);
    return true;
  }

  /** When a frame may be sent, or all are answered: for what needs every frame and can wait. */
  credit(signal) { return this.#until(() => this.#free > 0, signal); }
  idle(signal) { return this.#until(() => this.#underWay.length === 0, signal); }

  async #until(done, signal) {
    while (!done() && !signal.aborted) await new Promise(resolve => {
      this.#waiters.push(resolve);
      on(signal, "abort", resolve, { once: true });
    });
  }

  // A socket does not say why it was refused; a request does, and asks for a token where one is wanted.
  async #again() {
    try {
      await ask("/v1/models");
    } catch { /* said by the page's own banner */ }
    if (this.#socket !== null) this.connect();
  }

  #read(message) {
    if (message.type === "hello") {
      this.#free = message.credits;
      this.#failures = 0;
      this.#tell("open", { labels: message.labels });
    } else if (message.type === "frame" || message.type === "error") {
      const { time, at } = this.#underWay.shift();
      this.#free++;
      this.answered++;
      this.delay = performance.now() - at;
      this.#tell(message.type === "frame" ? "frame" : "problem", { answer: message, time });
    }
    for (const wake of this.#waiters.splice(0)) wake();
  }

  #tell(name, what) { this.dispatchEvent(Object.assign(new Event(name), what)); }
}
