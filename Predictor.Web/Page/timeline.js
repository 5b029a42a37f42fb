// Labels over time: a lane for each, and the same as a table.

import { clock, make, on, percent, table } from "./dom.js";
import { nameOf } from "./answer.js";
import { current } from "./settings.js";

const lane = 22, textWidth = 76, foot = 20, most = 20_000;

// What draws the timeline of each place, for when the theme changes.
const drawers = new Map();
for (const [target, event] of [[matchMedia("(prefers-color-scheme:dark)"), "change"], [window, "theme"]])
  on(target, event, () => drawers.forEach(draw => draw()));

/** `span` are seconds; `isAgo` counts them back from now. */
export function timeline(host, title, span, isAgo) {
  let samples = [], labels = current()?.labels ?? [], due = 0, filled = 0;
  const canvas = make("canvas.lanes", { role: "img", "aria-label": `${title}, a lane a label; the table below has the same` });
  const place = make("div.scroll", { tabIndex: 0, role: "region", "aria-label": `${title}, as a table` });
  const details = make("details", { ontoggle: fill }, make("summary", {}, "The same as a table"), place);
  host.replaceChildren(make("h2", {}, title), canvas, details);
  new ResizeObserver(draw).observe(canvas);
  drawers.set(host, draw);

  function draw() {
    const ratio = devicePixelRatio, width = canvas.clientWidth, height = Math.max(1, labels.length) * lane + foot;
    if (width === 0) return;
    canvas.style.height = `${height}px`;
    [canvas.width, canvas.height] = [width * ratio, height * ratio];
    const g = canvas.getContext("2d"), [ink, soft, well, tint] = ["--ink", "--soft", "--well", "--tint"].map(t => colour(canvas, t));
    g.scale(ratio, ratio);
    g.font = `13px ${getComputedStyle(canvas).fontFamily}`;
    g.textBaseline = "middle";
    const start = isAgo ? (samples.at(-1)?.time ?? 0) - span : 0, room = width - textWidth;
    // Whole pixels: halves would shine through one another.
    const at = time => Math.round(textWidth + room * (time - start) / span);
    labels.forEach((label, i) => {
      g.fillStyle = well;
      g.fillRect(textWidth, i * lane + 1, room, lane - 2);
      g.fillStyle = ink;
      g.fillText(label, 0, (i + 0.5) * lane, textWidth - 8);
    });
    samples.forEach((sample, n) => {
      const next = Math.min(samples[n + 1]?.time ?? sample.time + 0.1, sample.time + 1), x = at(sample.time);
      g.fillStyle = sample.isUncertain ? soft : tint;
      sample.scores.forEach((score, i) => {
        g.globalAlpha = Math.max(0.03, score);
        const tall = (lane - 4) * (labels[i] === sample.label ? 1 : Math.max(0.15, score));
        g.fillRect(x, (i + 1) * lane - 2 - tall, Math.max(1, at(next) - x), tall);
      });
    });
    g.globalAlpha = 1;
    g.fillStyle = soft;
    const steps = width < 500 ? 3 : 6;
    for (let i = 0; i <= steps; i++) {
      g.textAlign = i === 0 ? "left" : i === steps ? "right" : "center";
      const ago = Math.round(span * (steps - i) / steps);
      const text = !isAgo ? clock(span * i / steps) : i === steps ? "now" : i === 0 ? `${ago} s ago` : ago;
      g.fillText(text, textWidth + room * i / steps, height - foot / 2 + 2);
    }
    fill();
  }

  // At most once a second: who reads a table wants it to hold still.
  function fill() {
    if (!details.open || performance.now() - filled < 1000) return;
    filled = performance.now();
    const stretches = [], last = samples.at(-1)?.time ?? 0;
    for (const { label, time, confidence = 0 } of samples) {
      if (stretches.at(-1)?.label !== label) stretches.push({ label, from: time, sum: 0, frames: 0 });
      const now = stretches.at(-1);
      now.to = time;
      now.sum += confidence;
      now.frames++;
    }
    const when = time => isAgo ? `${(last - time).toFixed(1)} s ago` : clock(time);
    place.replaceChildren(table("The latest first", ["label", "from", "to", "frames", "mean confidence"], stretches.slice(-200).reverse()
      .map(s => [s.label, when(s.from), when(s.to), s.frames, s.label === "no face" ? "–" : percent(s.sum / s.frames)]), "cards"));
  }

  /** `finding` is that of the largest face, or null without one. */
  return (time, finding) => {
    const names = finding?.scores.map(s => s.label) ?? labels;
    if (names.join() !== labels.join()) [samples, labels] = [[], names]; // another model has other lanes
    if (samples.at(-1)?.time >= time) samples = samples.filter(s => s.time < time);
    samples.push({
      time, label: finding ? nameOf(finding) : "no face", confidence: finding?.confidence,
      scores: finding?.scores.map(s => s.score) ?? [], isUncertain: finding?.isUncertain,
    });
    while (isAgo && samples[0].time < time - span || samples.length > most) samples.shift();
    due ||= requestAnimationFrame(() => { due = 0; draw(); });
  };
}

// A token's colour as the canvas needs it: computed, since the token itself names two.
function colour(element, token) {
  element.style.color = `var(${token})`;
  return getComputedStyle(element).color;
}
