// Which models there are and what is known of them; and how a program asks them.

import { $, button, count, facts, heading, make, on, p, percent, problemNote, say, table } from "./dom.js";
import { askJson } from "./api.js";
import { choose, current, query, settings } from "./settings.js";

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
  const sha256 = current()?.sha256;
  $("#footer-model").textContent = sha256 ? `Here they are ${settings.model}'s, SHA-256 ${sha256.slice(0, 12)}…` : "";
  commands();
}

const minute = time => time ? `${time.replace("T", " ").slice(0, 16)} UTC` : "–";

function entry(model) {
  const isUsed = model.name === settings.model, isLoaded = Boolean(model.labels), failure = model.swap;
  return make("article", { class: `panel${isUsed ? " used" : ""}` },
    make("div.panel-head", {}, heading(model.name), !isLoaded ? p("soft", "not in use: it could not be loaded")
      : isUsed ? p("badge", "in use on this page") : button(`Use ${model.name}`, () => use(model.name))),
    failure && make("div.note.bad", {},
      p("", make("strong", {}, `${isLoaded ? "A newer" : "Its"} file was refused on ${minute(failure.at)}: `), failure.title,
        isLoaded ? " The one described here goes on answering." : " Mend the file, then move it into its place again.")),
    ...isLoaded ? about(model) : []);
}

const about = model => [
  make("ul.chips", { "aria-label": `Labels of ${model.name}` }, model.labels.map(l => make("li", {}, l))),
  figures(model),
  facts("", [
    ["architecture", model.architecture],
    ["reads", `${model.input.width} × ${model.input.height} pixels, ${model.input.channels === 1 ? "grey" : "colour"}`],
    ["pictures", model.faces ? "are cut to their faces first" : "are read whole, unless faces are asked for"],
    ["confidence", `was ${model.calibrated ? "" : "not "}fitted to how often the label is right`],
    ["size", `${(model.bytes / 1e6).toFixed(1)} MB`], ["made", `${minute(model.createdAt)} by ${model.createdBy ?? "an unknown program"}`],
    ["loaded", minute(model.loadedAt)], ["licence", model.licence || "not stated"],
    ["SHA-256", make("code", {}, model.sha256)],
  ]),
  make("details", { ontoggle: e => e.target.open && card(e.target.lastElementChild, model.name) },
    make("summary", {}, "The whole model card"), make("div")),
];

function use(name) {
  choose(name);
  say(`${name} is in use on this page.`);
  $(".panel.used summary").focus();
}

function figures(model) {
  if (model.figures.length === 0)
    return p("note", "No figures were recorded. Measure this model on labelled pictures of your own before use.");
  const rows = model.figures.map(f => [f.tta && f.tta !== "none" ? `${f.split}, views ${f.tta}` : f.split, count(f.images),
    percent(f.accuracy, 1), span(f), percent(f.macroF1, 1)]);
  return make("div.scroll", { tabIndex: 0, role: "region", "aria-label": `Figures of ${model.name}` },
    table("How often the label was the annotators'", ["split", "pictures", "accuracy", "95 % interval", "macro F1"], rows, "cards wide"));
}

// Drawn on a line from 0 to 100 %, so that rows can be compared at a glance.
function span({ low, high, accuracy }) {
  const share = value => `${100 * value}%`;
  return make("span.with-interval", {}, make("span", {
    class: "interval", "aria-hidden": "true", "--low": share(low), "--wide": share(high - low), "--at": share(accuracy),
  }), `${(100 * low).toFixed(1)} to ${percent(high, 1)}`);
}

async function card(place, name) {
  if ($("pre", place)) return;
  place.replaceChildren(p("soft", "Loading…"));
  try {
    const { card: text } = await askJson(`/v1/models/${encodeURIComponent(name)}`);
    place.replaceChildren(make("pre", { tabIndex: 0 }, text));
  } catch (problem) {
    place.replaceChildren(problemNote(problem));
  }
}

function commands() {
  const parameters = query("model", "threshold", "faces"), { origin } = location;
  const lines = [
    ["One picture", `curl --data-binary @face.jpg '${origin}/v1/classify?${parameters}'`],
    ["Many: a line of JSON each, in their order", `curl -F f=@a.jpg -F f=@b.png '${origin}/v1/classify-many?${parameters}'`],
    ["The models", `curl ${origin}/v1/models`],
  ];
  $("#model-curl").replaceChildren(
    ...lines.flatMap(([what, line]) => [make("h3", {}, what), make("pre", {}, make("code", {}, line))]),
    p("soft", `Frames go through a WebSocket, ${origin.replace("http", "ws")}/v1/live: each message one JPEG, two unanswered at most. `
      + "Where a token is wanted, add ", make("code", {}, "-H 'Authorization: Bearer …'"), "."));
}
