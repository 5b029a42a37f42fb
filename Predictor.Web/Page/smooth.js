// What a row of frames says: faces followed from frame to frame, labels over a second, and when to speak.

import { boxColours, facesOf } from "./answer.js";

/** Seconds that a label is averaged over, and that a face may be lost for. */
const span = 1, patience = 0.5;

// Of the way to where the box is now; the rest is tremor.
const pull = 0.5;

/** Follows faces; their numbers stay. */
export class Tracks {
  #tracks = [];

  /** What is seen at a time, in seconds: findings with the mean scores of the last second. */
  update(time, answer, threshold) {
    if (this.#tracks.some(t => t.seen > time)) this.#tracks = []; // a video was wound back
    const faces = facesOf(answer);
    this.#tracks = this.#tracks.filter(t => time - t.seen <= patience);
    const pairs = this.#tracks.flatMap(track => faces.map(face => ({ track, face, apart: distance(track.box, face.box) })));
    const taken = new Set(), seen = new Map();
    for (const { track, face, apart } of pairs.sort((a, b) => a.apart - b.apart)) {
      if (apart > 0.8 || taken.has(track) || seen.has(face)) continue;
      taken.add(track);
      seen.set(face, track);
    }
    return faces.map(face => this.#smooth(time, face, seen.get(face) ?? this.#begin(face), threshold));
  }

  #begin({ box }) {
    let number = 1;
    while (this.#tracks.some(t => t.number === number)) number++;
    const track = { number, box, samples: [] };
    this.#tracks.push(track);
    return track;
  }

  #smooth(time, face, track, threshold) {
    track.seen = time;
    track.samples = [...track.samples.filter(s => time - s.time < span), { time, scores: face.scores }];
    if (face.box) track.box = { ...track.box };
    for (const side in face.box) track.box[side] += pull * (face.box[side] - track.box[side]);
    const scores = face.scores.map((s, i) => ({
      label: s.label, score: track.samples.reduce((sum, sample) => sum + sample.scores[i].score, 0) / track.samples.length,
    }));
    const best = scores.reduce((a, b, i) => b.score > scores[a].score ? i : a, 0), { label, score: confidence } = scores[best];
    return {
      number: track.number, box: face.box && track.box, scores, label, confidence, isUncertain: confidence < threshold,
      colour: best % boxColours.length,
    };
  }
}

// Between the centres, in sizes of the face; a whole picture is where it is.
function distance(a, b) {
  if (!a || !b) return a === b ? 0 : Infinity;
  const size = (a.width + a.height + b.width + b.height) / 4;
  return Math.hypot(a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2) / size;
}

/** Speaks when something has held for a second, and at most every three: a screen reader can't follow thirty labels a second. */
export function announcer(speak, hold = 1, gap = 3) {
  let now = null, since = 0, said = null, saidAt = -Infinity;
  return (time, what, text) => {
    if (what !== now) [now, since] = [what, time];
    if (what === said || time - since < hold || time - saidAt < gap) return;
    [said, saidAt] = [what, time];
    speak(text);
  };
}
