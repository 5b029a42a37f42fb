// Rows as files, with the columns that `emotionmlnet predict` writes.

import { facesOf } from "./answer.js";
import { on, save } from "./dom.js";
import { settings } from "./settings.js";

const faceColumns = ["state", "face", "face_x", "face_y", "face_width", "face_height", "face_score"];

// Text that would turn a line around, end it, or drive a terminal.
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** A cell of a CSV file; what a spreadsheet would run as a formula gets an apostrophe in front, as in the console's files. */
function cell(text) {
  let safe = String(text ?? "").replace(control, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  if (/^'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(safe)) safe = `'${safe}`;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll("\"", "\"\"")}"` : safe;
}

const known = new Map();

/** Puts into a row what table and files need of an answer: with all of it, 20,000 rows would be ten times as large. */
export function keep(row, answer) {
  const faces = facesOf(answer), labels = (faces[0] ?? answer).scores.map(s => s.label), key = labels.join("\n");
  if (!known.has(key)) known.set(key, labels);
  row.labels = known.get(key); // one list for all rows
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

export const labelsOf = rows => [...new Set(rows.flatMap(r => r.labels ?? []))];

const tenths = value => value === undefined ? null : Math.round(10 * value) / 10;

/** One for each face, or one that says why there is none. */
function lines(row) {
  if (row.problem) return [{ state: "not read", error: `${row.problem.title}. ${row.problem.detail}` }];
  if (row.faces?.length === 0) return [{ state: "no face" }];
  return (row.faces ?? []).map((f, i) => ({
    ...f, label: f.confidence < settings.threshold ? "uncertain" : f.label, state: f.box ? "face" : "whole picture", face: f.box && i + 1,
  }));
}

/** Parts of a CSV file; `lead` names the columns in front and how a row fills them, `tail` those behind. */
function* csv(rows, lead, tail) {
  const labels = labelsOf(rows), share = value => value?.toFixed(6);
  const line = cells => `${cells.join(",")}\n`, filled = (columns, row) => Object.values(columns).map(f => cell(f(row)));
  yield line([...Object.keys(lead), "label", "confidence", ...labels, ...faceColumns, "error", ...Object.keys(tail)].map(cell));
  for (const row of rows)
    for (const { label, confidence, scores, state, face, box, detection, error } of lines(row))
      // Numbers of ours are no formulas, even with a minus sign in front.
      yield line([
        ...filled(lead, row), cell(label), share(confidence), ...labels.map(l => share(scores?.[row.labels.indexOf(l)])), state, face,
        ...["x", "y", "width", "height"].map(side => box?.[side].toFixed(1)), share(detection), cell(error), ...filled(tail, row),
      ]);
}

/** Lines of a JSON Lines file. */
function* jsonLines(rows, lead, tail) {
  const filled = (columns, row) => Object.fromEntries(Object.entries(columns).map(([name, f]) => [name, f(row)]));
  for (const row of rows)
    for (const { label = null, confidence = null, scores, state, face = null, box, detection = null, error = null } of lines(row))
      yield `${JSON.stringify({
        ...filled(lead, row), label, confidence, scores: scores ? Object.fromEntries(row.labels.map((l, i) => [l, scores[i]])) : null,
        state, face, face_x: tenths(box?.x), face_y: tenths(box?.y), face_width: tenths(box?.width), face_height: tenths(box?.height),
        face_score: detection, error, ...filled(tail, row),
      })}\n`;
}

/** Lets the rows of a screen be saved by its two buttons; `tail` are columns of the CSV file, `jsonTail` those of the other. */
export function offerFiles(screen, name, rows, lead, tail, jsonTail) {
  on(`#${screen}-csv`, "click", () => save(`${name}.csv`, "text/csv;charset=utf-8", csv(rows(), lead, tail)));
  on(`#${screen}-jsonl`, "click", () => save(`${name}.jsonl`, "application/jsonl", jsonLines(rows(), lead, jsonTail)));
}
