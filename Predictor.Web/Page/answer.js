// What the server found in a picture, as people see it: boxes with numbers, and a numbered list with bars.

import { make, p, percent, plural } from "./dom.js";

/** Predictor.Drawing's, by a label's place in the model, as in app.css; number and text say the same without colour. */
export const boxColours = ["#e69f00", "#56b4e9", "#009e73", "#f0e442", "#cc79a7", "#d55e00", "#0072b2"];

/** The faces of an answer, or the whole picture as the only one of them; empty where no face was found. */
export const facesOf = answer => answer.faces.length > 0 ? answer.faces : answer.noFace ? [] : [answer];

export const findings = (answer, threshold) => facesOf(answer).map((f, i) => ({
  ...f, number: i + 1, isUncertain: f.confidence < threshold,
  colour: Math.max(0, f.scores.findIndex(s => s.label === f.label)) % boxColours.length,
}));

export const nameOf = finding => finding.isUncertain ? "uncertain" : finding.label;

/** One line for those who do not see the list. */
export function inWords(answer, threshold) {
  const found = findings(answer, threshold);
  if (found.length === 0) return "No face found.";
  const words = found.slice(0, 5).map(f => `${f.isUncertain ? "uncertain, most likely " : ""}${f.label}, ${percent(f.confidence)}`);
  if (answer.faces.length === 0) return `The whole picture: ${words[0]}.`;
  const more = found.length > words.length ? `; and ${plural(found.length - words.length, "more face")}` : "";
  return `${plural(found.length, "face")} found: ${words.map((w, i) => found.length > 1 ? `${i + 1} ${w}` : w).join("; ")}${more}.`;
}

/** A row of a table that looks like bars. */
export const barRow = (label, score, text, isBest) =>
  make("tr", { class: isBest && "best" }, make("th", { scope: "row" }, label), make("td", { "--p": score }, text));

/** The card of a face. */
export function card(finding, threshold, isWhole, chip) {
  const what = isWhole ? "the whole picture" : `face ${finding.number}`;
  const scores = [...finding.scores].sort((a, b) => b.score - a.score);
  return make("li", { class: `finding${finding.isUncertain ? " unsure" : ""}`, tabIndex: -1 },
    make("div.finding-head", {},
      chip,
      !isWhole && make("span", { class: `number c${finding.colour}`, "aria-hidden": "true" }, finding.number),
      make("h3", {}, make("span.unseen", {}, `${what}: `), nameOf(finding)),
      make("span.sure", {}, percent(finding.confidence))),
    finding.isUncertain && p("soft", `Most likely ${finding.label}, but below ${percent(threshold)}. `
      + "A sharper or larger face may help; a lower limit shows the guess."),
    make("table.bars", {}, make("caption.unseen", {}, `Probability of each label, ${what}`),
      make("tbody", {}, scores.map((s, i) => barRow(s.label, s.score, percent(s.score, 1), i === 0)))));
}

/** Puts boxes over a picture; they are buttons where there is a list to go to. */
export function drawBoxes(layer, found, width, height, { isMirrored = false, go = null } = {}) {
  const boxes = found.filter(f => f.box), isMany = boxes.length > 1;
  while (layer.children.length > boxes.length) layer.lastChild.remove();
  while (layer.children.length < boxes.length)
    layer.append(make("li.box", {}, make(go ? "button" : "span", { class: "tag" })));
  boxes.forEach((finding, i) => {
    const item = layer.children[i], tag = item.firstChild, { x, y, width: w, height: h } = finding.box;
    const left = (isMirrored ? width - x - w : x) / width, room = layer.clientWidth * w / width;
    item.className = `box c${finding.colour}${finding.isUncertain ? " unsure" : ""}${y < 0.12 * height ? " top" : ""}${
      left > 0.5 ? " right" : ""}`;
    const share = value => `${100 * value}%`;
    Object.assign(item.style, { left: share(left), top: share(y / height), width: share(w / width), height: share(h / height) });
    const whole = `${isMany ? `${finding.number} ` : ""}${nameOf(finding)} ${percent(finding.confidence)}`;
    // What the faces beside it leave room for; the list has it all.
    tag.textContent = !isMany || room > 120 ? whole : room > 80 ? `${finding.number} ${nameOf(finding)}` : finding.number;
    if (!go) return;
    tag.setAttribute("aria-label", `${whole}, to the list`);
    tag.onclick = () => go(i);
  });
}

/** Makes room for a picture: as wide as there is place, but not much larger than it is. */
export const fit = (figure, width, height, most = 3) =>
  Object.assign(figure.style, { width: `min(100%, ${most * width}px, ${66 * width / height}vh)`, aspectRatio: `${width} / ${height}` });

/** A face cut from a picture that is shown. */
export function chipOf(image, box, answer) {
  const canvas = make("canvas.chip", { width: 112, height: 112, "aria-hidden": "true" });
  const scale = image.naturalWidth / answer.width, size = Math.max(box.width, box.height);
  const x = box.x + (box.width - size) / 2, y = box.y + (box.height - size) / 2;
  canvas.getContext("2d").drawImage(image, x * scale, y * scale, size * scale, size * scale, 0, 0, canvas.width, canvas.height);
  return canvas;
}
