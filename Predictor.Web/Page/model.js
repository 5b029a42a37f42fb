// Which models there are and what is known of them; and how a program asks them.

import { $, button, count, heading, make, on, p, percent, problemNote, say, table } from "./dom.js";
import { askJson } from "./api.js";
import { choose, settings } from "./settings.js";

export function startModel() {
  on(settings, "models", render);
  on(settings, "change", render);
  on(settings, "threshold", commands);
  render();
}

function render() {
  $("#model-list").replaceChildren(...settings.models.length > 0 ? settings.models.map(entry) : [
    p("note", "The server has named no model yet. It may be starting, or none could be loaded."),
  ]);
  const used = settings.models.find(m => m.name === settings.model);
  $("#footer-model").textContent = used ? `Here they are ${used.name}'s, SHA-256 ${used.sha256.slice(0, 12)}…` : "";
  commands();
}

const minute = time => time ? time.replace("T", " ").slice(0, 16) : "–";

function entry(model) {
  const isUsed = model.name === settings.model;
  const facts = [
    ["architecture", model.architecture],
    ["reads", `${model.input.width} × ${model.input.height} pixels, ${model.input.channels === 1 ? "grey" : "colour"}`],
    ["pictures", model.faces ? "are cut to their faces first" : "are read whole, unless faces are asked for"],
    ["confidence", model.calibrated ? "was fitted to how often the label is right" : "was not fitted to how often the label is right"],
    ["size", `${(model.bytes / 1e6).toFixed(1)} MB`], ["made", `${minute(model.createdAt)} by ${model.createdBy ?? "an unknown program"}`],
    ["loaded", minute(model.loadedAt)], ["licence", model.licence || "not stated"],
    ["SHA-256", make("code", {}, model.sha256)],
  ];
  return make("article", { class: `panel${isUsed ? " used" : ""}` },
    make("div", { class: "panel-head" }, heading(model.name),
      isUsed ? p("badge", "in use on this page")
        : button(`Use ${model.name}`, () => use(model.name))),
    model.swap && make("div", { class: "note bad" }, p("", make("strong", {}, `A newer file was refused on ${minute(model.swap.at)}: `),
      model.swap.title, " The one described here goes on answering.")),
    make("ul", { class: "chips", "aria-label": `Labels of ${model.name}` }, model.labels.map(l => make("li", {}, l))),
    figures(model),
    make("dl", {}, facts.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])),
    make("details", { ontoggle: e => e.target.open && card(e.target, model.name) },
      make("summary", {}, "The whole model card"), make("div")));
}

function use(name) {
  choose(name);
  say(`${name} is in use on this page.`);
  $(".panel.used h2").closest("article").querySelector("summary").focus();
}

function figures(model) {
  if (model.figures.length === 0)
    return p("note", "No figures were recorded. Measure this model on labelled pictures of your own before use.");
  const rows = model.figures.map(f => [f.tta && f.tta !== "none" ? `${f.split}, views ${f.tta}` : f.split, count(f.images),
    percent(f.accuracy, 1), span(f), percent(f.macroF1, 1)]);
  return make("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": `Figures of ${model.name}` },
    table("How often the label was the annotators'", ["split", "pictures", "accuracy", "95 % interval", "macro F1"], rows, "cards wide"));
}

// Drawn on a line from 0 to 100 %, so that rows can be compared at a glance.
function span(figure) {
  const line = make("span", { class: "interval", "aria-hidden": "true" });
  line.style.setProperty("--low", `${100 * figure.low}%`);
  line.style.setProperty("--wide", `${100 * (figure.high - figure.low)}%`);
  line.style.setProperty("--at", `${100 * figure.accuracy}%`);
  return make("span", { class: "with-interval" }, line, `${(100 * figure.low).toFixed(1)} to ${percent(figure.high, 1)}`);
}

async function card(details, name) {
  const place = details.lastElementChild;
  if (place.childElementCount > 0) return;
  place.replaceChildren(p("soft", "Loading…"));
  try {
    const { card: text } = await askJson(`/v1/models/${encodeURIComponent(name)}`);
    place.replaceChildren(make("pre", { tabIndex: 0 }, text));
  } catch (problem) {
    place.replaceChildren(problemNote(problem));
  }
}

function commands() {
  const parameters = new URLSearchParams({ model: settings.model, threshold: settings.threshold, faces: settings.faces });
  const lines = [
    ["One picture", `curl --data-binary @face.jpg '${location.origin}/v1/classify?${parameters}'`],
    ["Many: a line of JSON each, in their order", `curl -F f=@a.jpg -F f=@b.png '${location.origin}/v1/classify-many?${parameters}'`],
    ["The models", `curl ${location.origin}/v1/models`],
  ];
  const socket = `${location.origin.replace("http", "ws")}/v1/live`;
  $("#model-curl").replaceChildren(
    ...lines.flatMap(([what, line]) => [make("h3", {}, what), make("pre", {}, make("code", {}, line))]),
    p("soft", `Frames go through a WebSocket, ${socket}: each message one JPEG, two unanswered at most. `
      + "Where a token is wanted, add ", make("code", {}, "-H 'Authorization: Bearer …'"), "."));
}
