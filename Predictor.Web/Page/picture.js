// One picture: dropped, pasted, chosen, taken, or drawn.

import { $, button, heading, make, on, p, plural, problemNote, say, show, takeDrops } from "./dom.js";
import { ask, jsonOf } from "./api.js";
import { query, settings } from "./settings.js";
import { card, chipOf, drawBoxes, findings, fit, inWords } from "./answer.js";
import { takePhoto } from "./media.js";

// Below this nobody notices that something was loading.
const patience = 300;

const stage = $("#picture-stage"), figure = $("#picture-figure"), picture = $("#picture-shown"), boxes = $("#picture-boxes");
const place = $("#picture-answer"), wait = $("#picture-wait");
let file = null, answer = null, times = "", pending = null;

export function startPicture() {
  on($("#picture-file"), "change", e => {
    if (e.target.files.length > 0) take(e.target.files[0]);
    e.target.value = ""; // the same file may be chosen again
  });
  takeDrops(stage, data => {
    if (data.files.length > 1) say("Only the first file was taken. The screen Many takes them all.");
    if (data.files.length > 0) take(data.files[0]);
  });
  on(document, "paste", e => {
    if (stage.closest("section").hidden || e.clipboardData.files.length === 0) return;
    e.preventDefault();
    take(e.clipboardData.files[0]);
  });
  on($("#picture-take"), "click", async () => {
    const photo = await takePhoto();
    if (photo) take(photo);
  });
  on($("#picture-clear"), "click", () => { clear(); $("#picture-file").focus(); });
  on($("#picture-examples"), "click", async e => {
    const image = e.target.closest("button")?.firstElementChild;
    if (!image) return;
    try {
      const blob = await (await ask(new URL(image.src).pathname)).blob();
      take(new File([blob], image.alt.split(":")[0], { type: blob.type }));
    } catch (problem) {
      place.replaceChildren(problemNote(problem));
    }
  });
  on(settings, "change", () => file && send());
  on(settings, "threshold", () => answer && render());
  clear();
}

function clear() {
  pending?.abort();
  if (picture.src) URL.revokeObjectURL(picture.src);
  picture.removeAttribute("src");
  file = answer = null;
  boxes.replaceChildren();
  stage.classList.add("empty");
  stage.classList.remove("blind");
  show(figure, false);
  show(wait, false);
  show($("#picture-clear"), false);
  place.replaceChildren(ghost());
}

// What an answer will look like, before there is one.
function ghost() {
  const line = share => {
    const bar = make("span", {});
    bar.style.setProperty("--p", share);
    return bar;
  };
  return make("div", { class: "ghost" },
    make("div", { "aria-hidden": "true" }, make("span", { class: "number" }, "1"), ["62%", "22%", "9%", "4%", "2%"].map(line)),
    p("soft", "The answer comes here: for every face a number, a label, and a bar for each label that the model knows."));
}

function take(chosen) {
  clear();
  file = chosen;
  stage.classList.remove("empty");
  show($("#picture-clear"), true);
  show(figure, true);
  picture.src = URL.createObjectURL(chosen);
  picture.alt = `The picture ${chosen.name}`;
  picture.decode().then(() => fit(figure, picture.naturalWidth, picture.naturalHeight), () => {});
  send();
}

async function send(faces) {
  pending?.abort();
  const mine = pending = new AbortController();
  answer = null;
  boxes.replaceChildren();
  const timer = setTimeout(() => { show(wait, true); say("The server looks at the picture."); }, patience);
  place.setAttribute("aria-busy", "true");
  try {
    const parameters = query("model", "faces", "tta", "threshold");
    if (faces) parameters.set("faces", faces);
    const response = await ask(`/v1/classify?${parameters}`, { method: "POST", body: file, signal: mine.signal });
    times = response.headers.get("Server-Timing") ?? "";
    answer = await jsonOf(response);
    // Chips are cut from the picture as it is shown; some formats only the server can read.
    await picture.decode().then(() => stage.classList.remove("blind"), () => stage.classList.add("blind"));
    if (mine.signal.aborted) return;
    render();
    say(inWords(answer, settings.threshold));
  } catch (problem) {
    if (mine.signal.aborted) return;
    place.replaceChildren(problemNote(problem, button("Try again", () => send(faces))));
  } finally {
    clearTimeout(timer);
    if (!mine.signal.aborted) {
      show(wait, false);
      place.removeAttribute("aria-busy");
    }
  }
}

function render() {
  const isBlind = stage.classList.contains("blind"), isWhole = answer.faces.length === 0;
  if (isBlind) fit(figure, answer.width, answer.height);
  const found = findings(answer, settings.threshold);
  const list = make("ol", { class: "findings", role: "list" }, found.map(f =>
    card(f, settings.threshold, { isWhole, chip: f.box && !isBlind ? chipOf(picture, f.box, answer) : null })));
  drawBoxes(boxes, found, answer.width, answer.height, { go: i => list.children[i].focus() });
  found.forEach((_, i) => {
    const light = isOn => boxes.children[i]?.classList.toggle("lit", isOn);
    for (const [event, isOn] of [["mouseenter", true], ["mouseleave", false], ["focus", true], ["blur", false]])
      on(list.children[i], event, () => light(isOn));
  });
  const title = found.length === 0 ? "No face found" : isWhole ? "The whole picture" : plural(found.length, "face");
  place.replaceChildren(
    heading(title),
    found.length === 0 ? noFace() : list,
    isBlind ? p("soft", "Your browser cannot show this format; the server could read it.") : "",
    details());
}

function noFace() {
  return make("div", { class: "note" },
    p("", "That is an answer too: nothing in this picture looks like a face that could be labelled."),
    make("ul", {},
      make("li", {}, "Is a face small, turned away, covered or very dark? Cut the picture closer, or take another."),
      make("li", {}, "Does a face fill the whole picture? Then no outline of a head may be left to find.")),
    p("acts", button("Label the whole picture all the same", () => send("off"))));
}

function details() {
  const spent = [...times.matchAll(/(\w+);dur=([\d.]+)/g)].map(m => `${m[1]} ${Number(m[2]).toFixed(0)} ms`).join(", ");
  return make("details", {},
    make("summary", {}, "What exactly the server said"),
    p("soft", `${answer.width} × ${answer.height} pixels, model ${answer.model}, SHA-256 ${answer.sha256.slice(0, 12)}…`
      + `${spent ? `; ${spent}` : ""}.`),
    make("pre", { tabIndex: 0 }, JSON.stringify(answer, null, 1)));
}
