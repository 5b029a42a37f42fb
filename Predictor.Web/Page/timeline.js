// Labels over time: a lane for each, and the same as a table.

import { clock, make, percent } from "./dom.js";

const lane = 22, textWidth = 76, footHeight = 20, most = 20_000;

export class Timeline {
  #samples = []; #labels = []; #canvas; #table; #details; #span; #ago; #due = 0;

  /** `span` are seconds; `isAgo` counts them back from now. */
  constructor(host, title, span, isAgo) {
    this.#span = span;
    this.#ago = isAgo;
    this.#canvas = make("canvas", { class: "lanes", role: "img", "aria-label": `${title}, a lane for each label; the same is in the table below` });
    this.#table = make("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": `${title}, as a table` });
    this.#details = make("details", { ontoggle: () => this.#fill() }, make("summary", {}, "The same as a table"), this.#table);
    host.replaceChildren(make("h2", {}, title), this.#canvas, this.#details);
    new ResizeObserver(() => this.draw()).observe(this.#canvas);
    matchMedia("(prefers-color-scheme:dark)").addEventListener("change", () => this.draw());
  }

  /** `finding` is that of the largest face, or null without one. */
  add(time, finding) {
    if (this.#samples.length > 0 && time <= this.#samples.at(-1).time) this.#samples = this.#samples.filter(s => s.time < time);
    this.#samples.push({
      time, label: !finding ? "no face" : finding.isUncertain ? "uncertain" : finding.label, confidence: finding?.confidence,
      scores: finding?.scores.map(s => s.score) ?? [], isUncertain: finding?.isUncertain,
    });
    if (finding) this.#labels = finding.scores.map(s => s.label);
    if (this.#ago) while (this.#samples[0].time < time - this.#span) this.#samples.shift();
    if (this.#samples.length > most) this.#samples.shift();
    this.#due ||= requestAnimationFrame(() => { this.#due = 0; this.draw(); });
  }

  clear() {
    this.#samples = [];
    this.draw();
    this.#fill();
  }

  draw() {
    const canvas = this.#canvas, style = getComputedStyle(canvas), ratio = devicePixelRatio;
    const width = canvas.clientWidth, height = Math.max(1, this.#labels.length) * lane + footHeight;
    if (width === 0) return;
    canvas.style.height = `${height}px`;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    const g = canvas.getContext("2d"), probe = name => colour(canvas, name);
    const [ink, soft, well, tint] = ["--ink", "--soft", "--well", "--tint"].map(probe);
    g.scale(ratio, ratio);
    g.font = `13px ${style.fontFamily}`;
    g.textBaseline = "middle";
    const end = this.#ago ? this.#samples.at(-1)?.time ?? 0 : this.#span, start = end - this.#span, room = width - textWidth;
    const at = time => textWidth + room * (time - start) / this.#span;
    this.#labels.forEach((label, i) => {
      g.fillStyle = well;
      g.fillRect(textWidth, i * lane + 1, room, lane - 2);
      g.fillStyle = ink;
      g.fillText(label, 0, (i + 0.5) * lane, textWidth - 8);
    });
    this.#samples.forEach((sample, n) => {
      const next = this.#samples[n + 1]?.time ?? sample.time + 0.1, x = Math.round(at(sample.time));
      const w = Math.max(1, Math.round(at(Math.min(next, sample.time + 1))) - x); // whole pixels: halves would shine through one another
      sample.scores.forEach((score, i) => {
        g.globalAlpha = Math.max(0.03, score);
        g.fillStyle = sample.isUncertain ? soft : tint;
        const tall = (lane - 4) * (this.#labels[i] === sample.label ? 1 : Math.max(0.15, score));
        g.fillRect(x, (i + 1) * lane - 2 - tall, w, tall);
      });
    });
    g.globalAlpha = 1;
    g.fillStyle = soft;
    const steps = width < 500 ? 3 : 6;
    for (let i = 0; i <= steps; i++) {
      g.textAlign = i === 0 ? "left" : i === steps ? "right" : "center";
      const seconds = this.#span * (this.#ago ? steps - i : i) / steps;
      const text = !this.#ago ? clock(seconds) : i === steps ? "now" : i === 0 ? `${Math.round(seconds)} s ago` : `${Math.round(seconds)}`;
      g.fillText(text, textWidth + room * i / steps, height - footHeight / 2 + 2);
    }
    if (this.#details.open) this.#fill();
  }

  #filled = 0;

  // At most once a second: who reads a table wants it to hold still.
  #fill() {
    if (!this.#details.open || performance.now() - this.#filled < 1000 && this.#samples.length > 0) return;
    this.#filled = performance.now();
    const stretches = [], last = this.#samples.at(-1)?.time ?? 0;
    for (const sample of this.#samples) {
      const now = stretches.at(-1);
      if (now && now.label === sample.label) {
        now.to = sample.time;
        now.sum += sample.confidence ?? 0;
        now.frames++;
      } else stretches.push({ label: sample.label, from: sample.time, to: sample.time, sum: sample.confidence ?? 0, frames: 1 });
    }
    const when = time => this.#ago ? `${(last - time).toFixed(1)} s ago` : clock(time);
    const heads = ["label", "from", "to", "frames", "mean confidence"];
    this.#table.replaceChildren(make("table", { class: "data" },
      make("caption", {}, stretches.length === 0 ? "Nothing yet." : "The latest first"),
      make("thead", {}, make("tr", {}, heads.map(t => make("th", { scope: "col" }, t)))),
      make("tbody", {}, stretches.slice(-200).reverse().map(s => make("tr", {}, make("th", { scope: "row" }, s.label),
        [when(s.from), when(s.to), s.frames, s.label === "no face" ? "–" : percent(s.sum / s.frames)].map(t => make("td", {}, t)))))));
  }
}

// A token's colour as the canvas needs it: computed, since the token itself names two.
function colour(element, token) {
  const old = element.style.color;
  element.style.color = `var(${token})`;
  const computed = getComputedStyle(element).color;
  element.style.color = old;
  return computed;
}
