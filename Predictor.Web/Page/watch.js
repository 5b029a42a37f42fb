// What camera and video share: answers to frames become boxes, a label, bars, figures, a timeline and words.

import { make, percent, say, show } from "./dom.js";
import { drawBoxes, nameOf } from "./answer.js";
import { settings } from "./settings.js";
import { Announcer, Tracks } from "./smooth.js";

// Seconds over which frames a second are counted.
const lately = 2;

export class Watch {
  isMirrored = false;

  #boxes; #place; #live; #timeline; #tracks = new Tracks(); #announcer = new Announcer(say); #answered = []; #parts = null; #width = 0;

  constructor(boxes, place, live, timeline) {
    this.#boxes = boxes;
    this.#place = place;
    this.#live = live;
    this.#timeline = timeline;
    live.addEventListener("frame", e => this.#show(e.time, e.answer));
    live.addEventListener("problem", e => this.note(`${e.answer.title}. ${e.answer.detail ?? ""}`));
    live.addEventListener("lost", e => this.note(`${e.reason} Trying again.`));
    live.addEventListener("open", () => this.note(""));
  }

  set timeline(timeline) { this.#timeline = timeline; }

  /** Shows that frames are being waited for. */
  begin() {
    this.#tracks = new Tracks();
    this.#announcer = new Announcer(say);
    this.#answered = [];
    const figure = name => make("dd", { "data-figure": name }, "–");
    this.#parts = {
      label: make("p", { class: "now" }, "…"), others: make("p", { class: "soft" }), note: make("p", { class: "bad", role: "alert", hidden: true }),
      bars: make("tbody", {}), fps: figure("fps"), delay: figure("delay"), sent: figure("sent"), dropped: figure("dropped"),
    };
    const p = this.#parts;
    this.#place.replaceChildren(
      make("h2", { class: "minor" }, "Now, over the last second"), p.label, p.others,
      make("table", { class: "bars" }, make("caption", { class: "unseen" }, "Probability of each label, largest face"), p.bars), p.note,
      make("dl", { class: "figures" }, make("dt", {}, "answers a second"), p.fps, make("dt", {}, "from frame to answer"), p.delay,
        make("dt", {}, "frames sent"), p.sent, make("dt", {}, "frames dropped"), p.dropped),
      make("p", { class: "soft" }, "A frame for which the server has no room is dropped, never queued: what is shown is what is now."));
  }

  note(text) {
    if (!this.#parts) return;
    this.#parts.note.textContent = text;
    show(this.#parts.note, text !== "");
  }

  figures() {
    if (!this.#parts) return;
    const { fps, delay, sent, dropped } = this.#parts, now = performance.now() / 1000;
    this.#answered = this.#answered.filter(t => now - t < lately);
    fps.textContent = (this.#answered.length / lately).toFixed(1);
    delay.textContent = this.#live.answered > 0 ? `${Math.round(this.#live.delay)} ms` : "–";
    sent.textContent = this.#live.sent;
    dropped.textContent = this.#live.dropped;
  }

  #show(time, answer) {
    if (!this.#parts) return;
    const threshold = settings.threshold, found = this.#tracks.update(time, answer, threshold), first = found[0] ?? null;
    this.#answered.push(performance.now() / 1000);
    this.#width = answer.width;
    drawBoxes(this.#boxes, found, answer.width, answer.height, { isMirrored: this.isMirrored });
    this.#parts.label.replaceChildren(...first
      ? [nameOf(first), " ", make("span", { class: "sure" }, percent(first.confidence))]
      : ["no face found"]);
    this.#parts.label.classList.toggle("unsure", !first || first.isUncertain);
    this.#parts.others.textContent = !first ? "Come closer, turn to the light, or face the camera."
      : first.isUncertain ? `Most likely ${first.label}, but below ${percent(threshold)}.`
      : found.length > 1 ? `Largest of ${found.length} faces; ${found.slice(1, 4).map(f => `${f.number} ${nameOf(f)}`).join(", ")}` : "";
    this.#fillBars(first);
    this.figures();
    this.#timeline?.add(time, first);
    const what = first ? nameOf(first) : "no face found";
    this.#announcer.update(performance.now() / 1000, what, first && !first.isUncertain ? `${what}, ${percent(first.confidence)}` : what);
  }

  // In the model's order, and the same elements: rows that change places can't be read.
  #fillBars(first) {
    const { bars } = this.#parts, scores = first?.scores ?? [];
    if (scores.length > 0 && bars.rows.length !== scores.length)
      bars.replaceChildren(...scores.map(s => make("tr", {}, make("th", { scope: "row" }, s.label), make("td", {}))));
    for (const [i, row] of [...bars.rows].entries()) {
      const score = scores[i]?.score ?? 0;
      row.cells[1].textContent = percent(score);
      row.cells[1].style.setProperty("--p", score);
      row.classList.toggle("best", scores[i]?.label === first?.label && first !== null);
    }
  }
}
