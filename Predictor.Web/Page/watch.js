// What camera and video share: answers to frames become boxes, a label, bars, figures, a timeline and words.

import { facts, heading, make, on, p, percent, say, seconds } from "./dom.js";
import { barRow, drawBoxes, nameOf } from "./answer.js";
import { settings } from "./settings.js";
import { announcer, Tracks } from "./smooth.js";

// Seconds over which frames a second are counted.
const lately = 2;

/** Shows what comes from `live`, until another is made; `line` is the timeline's function, `isMirrored` says how boxes lie. */
export function watch(boxes, place, live, line, isMirrored = () => false) {
  const announce = announcer(say), figure = name => make("dd", { "data-figure": name }, "–");
  const label = p("now", "…"), others = p("soft"), problem = make("p.bad", { role: "alert", hidden: true });
  const bars = make("tbody"), [fps, delay, sent, dropped] = ["fps", "delay", "sent", "dropped"].map(figure);
  let tracks = new Tracks(), answered = [];
  place.removeAttribute("aria-busy");
  place.replaceChildren(
    heading("Now, over the last second"), label, others,
    make("table.bars", {}, make("caption.unseen", {}, "Probability of each label, largest face"), bars), problem,
    facts("figures", [["answers a second", fps], ["from frame to answer", delay], ["frames sent", sent], ["frames dropped", dropped]]),
    p("soft", "A frame for which the server has no room is dropped, never queued: what is shown is what is now."));
  const note = text => {
    problem.textContent = text;
    problem.hidden = text === "";
  };
  on(live, "frame", e => see(e.time, e.answer));
  on(live, "problem", e => note(`${e.answer.title}. ${e.answer.detail ?? ""}`));
  on(live, "lost", e => note(e.isLast ? e.reason : `${e.reason} Trying again.`));
  on(live, "open", () => {
    note("");
    tracks = new Tracks(); // scores of two models have no mean
    bars.replaceChildren();
  });

  function figures() {
    answered = answered.filter(t => seconds() - t < lately);
    fps.textContent = (answered.length / lately).toFixed(1);
    delay.textContent = live.answered > 0 ? `${Math.round(live.delay)} ms` : "–";
    sent.textContent = live.sent;
    dropped.textContent = live.dropped;
  }

  function see(time, answer) {
    const threshold = settings.threshold, found = tracks.update(time, answer, threshold), first = found[0] ?? null;
    answered.push(seconds());
    note("");
    drawBoxes(boxes, found, answer.width, answer.height, { isMirrored: isMirrored() });
    label.replaceChildren(...first ? [nameOf(first), " ", make("span.sure", {}, percent(first.confidence))] : ["no face found"]);
    label.classList.toggle("unsure", !first || first.isUncertain);
    others.textContent = !first ? "Come closer, turn to the light, or face the camera."
      : first.isUncertain ? `Most likely ${first.label}, but below ${percent(threshold)}.`
      : found.length > 1 ? `Largest of ${found.length} faces; ${found.slice(1, 4).map(f => `${f.number} ${nameOf(f)}`).join(", ")}` : "";
    fillBars(first);
    figures();
    line(time, first);
    const what = first ? nameOf(first) : "no face found";
    announce(seconds(), what, first && !first.isUncertain ? `${what}, ${percent(first.confidence)}` : what);
  }

  // In the model's order, and the same elements: rows that change places can't be read.
  function fillBars(first) {
    const scores = first?.scores ?? [];
    if (bars.rows.length === 0) bars.append(...scores.map(s => barRow(s.label)));
    [...bars.rows].forEach((row, i) => {
      const score = scores[i]?.score ?? 0;
      row.cells[1].textContent = percent(score);
      row.cells[1].style.setProperty("--p", score);
      row.classList.toggle("best", first !== null && scores[i].label === first.label);
    });
  }

  return { figures };
}
