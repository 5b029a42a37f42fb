// Rows as files, with the columns that `emotionmlnet predict` writes.

import { settings } from "./settings.js";

const faceColumns = ["state", "face", "face_x", "face_y", "face_width", "face_height", "face_score"];

// Text that would turn a line around, end it, or drive a terminal.
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

const plain = text => String(text).replace(control, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** A cell of a CSV file; what a spreadsheet would run as a formula gets an apostrophe in front, as in the console's files. */
export function cell(text) {
  let safe = plain(text);
  if (/^'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(safe)) safe = `'${safe}`;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll("\"", "\"\"")}"` : safe;
}

const known = new Map();

/** Puts into a row what table and files need of an answer: with all of it, 20,000 rows would be ten times as large. */
export function keep(row, answer) {
  const scores = answer.scores.length > 0 ? answer.scores : answer.faces[0]?.scores ?? [];
  const labels = scores.map(s => s.label), key = labels.join("\n");
  if (!known.has(key)) known.set(key, labels);
  row.labels = known.get(key); // one list for all rows
  const faces = answer.faces.length > 0 ? answer.faces : answer.noFace ? [] : [answer];
  row.faces = faces.map(f => ({
    box: f.box, detection: f.detection, confidence: f.confidence, scores: f.scores.map(s => s.score),
    label: row.labels[row.labels.indexOf(f.label)] ?? f.label,
  }));
  [row.sha256, row.width, row.height, row.problem] = [answer.sha256, answer.width, answer.height, undefined];
}

/** What became of a row, and what it says of it. */
export const stateOf = ({ state = "done", faces }) => state === "failed" ? state : state !== "done" ? "open"
  : faces.length === 0 ? "none" : faces[0].confidence < settings.threshold ? "uncertain" : "sure";

export const wordOf = row => ({ open: "–", none: "no face found", sure: row.faces?.[0]?.label })[stateOf(row)] ?? stateOf(row);

const tenths = value => value === undefined ? undefined : Math.round(10 * value) / 10;

/** One for each face, or one that says why there is none. `lead` are columns in front: a path, or a time. */
function lines(row, threshold) {
  if (row.problem) return [{ label: "", state: "not read", error: `${row.problem.title}. ${row.problem.detail}` }];
  if (!row.faces) return [];
  if (row.faces.length === 0) return [{ label: "", state: "no face" }];
  return row.faces.map((f, i) => ({
    label: f.confidence < threshold ? "uncertain" : f.label, confidence: f.confidence, scores: f.scores,
    state: f.box ? "face" : "whole picture", face: f.box && i + 1, box: f.box, detection: f.detection,
  }));
}

const labelsOf = rows => [...new Set(rows.flatMap(r => r.labels ?? []))];

/** Parts of a CSV file; `lead` names the columns in front and how a row fills them, `tail` those behind. */
export function* csv(rows, threshold, lead, tail = {}) {
  const labels = labelsOf(rows);
  yield `${[...Object.keys(lead), "label", "confidence", ...labels, ...faceColumns, "error", ...Object.keys(tail)].map(cell).join(",")}\n`;
  for (const row of rows)
    for (const line of lines(row, threshold)) {
      const score = label => {
        const place = line.scores ? row.labels.indexOf(label) : -1;
        return place < 0 ? "" : line.scores[place].toFixed(6);
      };
      // Numbers of ours are no formulas, even with a minus sign in front.
      const box = line.box ? [line.box.x, line.box.y, line.box.width, line.box.height].map(v => v.toFixed(1)) : ["", "", "", ""];
      yield `${[
        ...Object.values(lead).map(f => cell(f(row))), cell(line.label), line.confidence?.toFixed(6) ?? "", ...labels.map(score),
        line.state, line.face ?? "", ...box, line.detection?.toFixed(6) ?? "", cell(line.error ?? ""),
        ...Object.values(tail).map(f => cell(f(row))),
      ].join(",")}\n`;
    }
}

/** Lines of a JSON Lines file. */
export function* jsonLines(rows, threshold, lead, tail = {}) {
  const filled = (columns, row) => Object.fromEntries(Object.entries(columns).map(([name, f]) => [name, f(row)]));
  for (const row of rows)
    for (const line of lines(row, threshold))
      yield `${JSON.stringify({
        ...filled(lead, row), label: line.label || null, confidence: line.confidence ?? null,
        scores: line.scores ? Object.fromEntries(row.labels.map((l, i) => [l, line.scores[i]])) : null,
        state: line.state, face: line.face ?? null, face_x: tenths(line.box?.x) ?? null, face_y: tenths(line.box?.y) ?? null,
        face_width: tenths(line.box?.width) ?? null, face_height: tenths(line.box?.height) ?? null, face_score: line.detection ?? null,
        error: line.error ?? null, ...filled(tail, row),
      })}\n`;
}
