// One picture: dropped, pasted, chosen, taken, or drawn.

import { $, button, fill, heading, make, on, p, plural, problemNote, say, show, takeChosen, takeDrops } from "./dom.js";
import { ask, jsonOf } from "./api.js";
import { query, settings } from "./settings.js";
import { card, chipOf, drawBoxes, findings, fit, inWords } from "./answer.js";
import { takePhoto } from "./media.js";

// Below this nobody notices that something was loading.
const patience = 300;

const stage = $("#picture-stage"), figure = $("#picture-figure"), picture = $("#picture-shown"), boxes = $("#picture-boxes");
const place = $("#picture-answer"), ghost = place.firstElementChild;
let file = null, answer = null, times = "", pending = null;

export function startPicture() {
  takeChosen("#picture-file", files => take(files[0]));
  takeDrops(stage, data => {
    if (data.files.length > 1) say("Only the first file was taken. The screen Many takes them all.");
    if (data.files.length > 0) take(data.files[0]);
  });
  on(document, "paste", e => {
    if (stage.closest("section").hidden || e.clipboardData.files.length === 0) return;
    e.preventDefault();
    take(e.clipboardData.files[0]);
  });
  on("#picture-take", "click", async () => {
    const photo = await takePhoto();
    if (photo) take(photo);
  });
  on("#picture-clear", "click", () => { clear(); $("#picture-file").focus(); });
  on("#picture-examples", "click", async e => {
    const image = e.target.closest("button")?.firstElementChild, former = file;
    if (!image) return;
    try {
      const blob = await (await ask(new URL(image.src).pathname)).blob();
      if (file === former) take(new File([blob], image.alt.split(":")[0], { type: blob.type }));
    } catch (problem) {
      fill(place, problemNote(problem));
    }
  });
  on(settings, "change", () => file && send());
  on(settings, "threshold", () => answer && render());
}

function clear() {
  pending?.abort();
  if (picture.src) URL.revokeObjectURL(picture.src);
  picture.removeAttribute("src");
  file = answer = null;
  boxes.replaceChildren();
  stage.classList.remove("blind");
  show("#picture-figure, #picture-wait, #picture-clear", false);
  place.removeAttribute("aria-busy");
  place.replaceChildren(ghost); // what an answer will look like
}

function take(chosen) {
  clear();
  file = chosen;
  show("#picture-figure, #picture-clear", true);
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
  const timer = setTimeout(() => { show("#picture-wait", true); say("The server looks at the picture."); }, patience);
  place.setAttribute("aria-busy", "true");
  try {
    const parameters = query("model", "faces", "tta", "threshold");
    if (faces) parameters.set("faces", faces);
    const response = await ask(`/v1/classify?${parameters}`, { method: "POST", body: file, signal: mine.signal });
    const said = await jsonOf(response);
    // Chips are cut from the picture as it is shown; some formats only the server can read.
    await picture.decode().then(() => stage.classList.remove("blind"), () => stage.classList.add("blind"));
    if (mine.signal.aborted) return;
    [answer, times] = [said, response.headers.get("Server-Timing") ?? ""];
    render();
    say(inWords(answer, settings.threshold));
  } catch (problem) {
    if (mine.signal.aborted) return;
    fill(place, problemNote(problem, button("Try again", () => send(faces))));
  } finally {
    clearTimeout(timer);
    if (!mine.signal.aborted) {
      show("#picture-wait", false);
      place.removeAttribute("aria-busy");
    }
  }
}

function render() {
  const isBlind = stage.classList.contains("blind"), isWhole = answer.faces.length === 0, { threshold } = settings;
  if (isBlind) fit(figure, answer.width, answer.height);
  const found = findings(answer, threshold);
  const list = make("ol.findings", { role: "list" }, found.map(f =>
    card(f, threshold, isWhole, f.box && !isBlind && chipOf(picture, f.box, answer))));
  drawBoxes(boxes, found, answer.width, answer.height, { go: i => list.children[i].focus() });
  found.forEach((_, i) => {
    for (const [event, isOn] of [["mouseenter", true], ["mouseleave", false], ["focus", true], ["blur", false]])
      on(list.children[i], event, () => boxes.children[i]?.classList.toggle("lit", isOn));
  });
  fill(place,
    heading(found.length === 0 ? "No face found" : isWhole ? "The whole picture" : plural(found.length, "face")),
    found.length === 0 ? noFace() : list,
    isBlind ? p("soft", "Your browser cannot show this format; the server could read it.") : "",
    details());
}

const noFace = () => make("div.note", {},
  p("", "That is an answer too: nothing in this picture looks like a face that could be labelled."),
  make("ul", {},
    make("li", {}, "Is a face small, turned away, covered or very dark? Cut the picture closer, or take another."),
    make("li", {}, "Does a face fill the whole picture? Then no outline of a head may be left to find.")),
  p("acts", button("Label the whole picture all the same", () => send("off"))));

function details() {
  const spent = [...times.matchAll(/(\w+);dur=([\d.]+)/g)].map(m => `; ${m[1]} ${Number(m[2]).toFixed(0)} ms`).join("");
  return make("details", {},
    make("summary", {}, "What exactly the server said"),
    p("soft", `${answer.width} × ${answer.height} pixels, model ${answer.model}, SHA-256 ${answer.sha256.slice(0, 12)}…${spent}.`),
    make("pre", { tabIndex: 0 }, JSON.stringify(answer, null, 1)));
}
