// Many pictures: rows as they are done, filters, files to save.

import { $, button, count, make, on, p, percent, plural, say, show, takeChosen, takeDrops } from "./dom.js";
import { query, settings } from "./settings.js";
import { mostRows, startBatch } from "./batch.js";
import { chosen, dropped } from "./walk.js";
import { labelsOf, offerFiles, stateOf, wordOf } from "./rows.js";
import { thumbs } from "./thumbs.js";
import { sureBar, virtualList } from "./virtual.js";

// Milliseconds between two looks of the table while rows come in.
const pace = 250;

const filter = $("#many-filter"), order = $("#many-order"), labels = $("#many-label"), place = $("#many-rows"), bar = $("#many-bar");
const look = $("#many-view");
let batch = null, view = [], list = null, due = null, told = 0;
const small = thumbs(row => { row.version++; later(); });

export function startMany() {
  takeDrops($("#many-stage"), data => add(dropped(data)));
  for (const input of ["#many-folder", "#many-files"]) takeChosen(input, files => add(chosen(files)));
  on("#many-stop", "click", () => batch.stop());
  on("#many-go", "click", () => batch.go());
  on("#many-retry", "click", () => batch.retryFailed());
  on("#many-clear", "click", clear);
  on(filter, "submit", e => e.preventDefault());
  on(filter, "input", e => {
    if (e.target === look) makeList();
    refresh();
  });
  on(settings, "threshold", refresh);
  offerFiles("many", "labels", selected, { path: r => r.path }, {}, { sha256: r => r.sha256 ?? null });
}

function add(walk) {
  if (!batch) {
    // All rows of a table are of one model with one way to look; those of the next are of what is chosen then.
    batch = startBatch(query("model", "faces", "tta"), later, refresh);
    told = 0;
    show("#many-work", true);
    makeList();
  }
  batch.add(walk);
}

function clear() {
  batch.stop("over");
  batch = null;
  view = [];
  list.remove();
  small.clear();
  filter.reset();
  labels.replaceChildren();
  show("#many-work", false);
  $("#many-folder").focus();
}

const confidenceOf = row => row.faces?.[0]?.confidence;

// Rows without a confidence are the last in either direction.
const by = {
  found: (a, b) => a.index - b.index,
  most: (a, b) => (confidenceOf(b) ?? -1) - (confidenceOf(a) ?? -1) || a.index - b.index,
  least: (a, b) => (confidenceOf(a) ?? 2) - (confidenceOf(b) ?? 2) || a.index - b.index,
  name: (a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0,
  label: (a, b) => wordOf(a).localeCompare(wordOf(b), "en") || by.most(a, b),
};

// Every face counts where a label is looked for: a group photograph has several.
function selected() {
  const text = $("#many-search").value.toLowerCase(), label = labels.value, state = $("#many-state").value;
  return batch.rows.filter(r => r.path.toLowerCase().includes(text) && (state === "" || stateOf(r) === state)
    && (label === "" || r.faces?.some(f => f.label === label && f.confidence >= settings.threshold))).sort(by[order.value]);
}

function later() { due ??= setTimeout(refresh, pace); }

function refresh() {
  clearTimeout(due);
  due = null;
  if (!batch) return;
  offerLabels();
  view = selected();
  list.update(view.length);
  for (const head of place.querySelectorAll("[data-order]"))
    head.setAttribute("aria-sort", head.dataset.order !== order.value ? "none" : order.value === "most" ? "descending" : "ascending");
  const { done, failed, skipped, state } = batch, all = batch.rows.length;
  [bar.max, bar.value] = [Math.max(1, all), done];
  $("#many-text").textContent = [
    `${count(done)} of ${count(all)}${batch.isReading ? " and counting" : ""} done`, `${speed()} files/s`,
    failed > 0 && `${count(failed)} failed`, skipped > 0 && `${plural(skipped, "other file")} passed over`,
    batch.isFull && `only the first ${count(mostRows)} are taken`, state === "stopped" && state,
    state === "offline" && "waiting for the server",
  ].filter(Boolean).join(" · ");
  $("#many-shown").textContent = view.length === all ? `All ${count(all)} are shown.`
    : view.length === 0 ? "None is like that. Loosen the filter to see more."
    : `${count(view.length)} of ${count(all)} are shown, and saved.`;
  show("#many-stop", state === "running");
  show("#many-go", state === "stopped" || state === "offline");
  show("#many-retry", failed > 0 && state !== "running");
  announce(all);
}

// While it ran: a pause does not count.
function speed() {
  const rate = batch.seconds > 0 ? batch.done / batch.seconds : 0;
  return rate.toLocaleString("en", { maximumFractionDigits: rate < 10 ? 1 : 0 });
}

function announce(all) {
  if (batch.state === "done" && told < 4) {
    told = 4;
    say(`${plural(batch.done, "picture")} done, ${batch.failed} failed.`);
  } else if (batch.state === "running" && !batch.isReading) {
    const quarter = Math.floor(4 * batch.done / all);
    if (quarter > told && quarter < 4) say(`${25 * quarter} percent of ${count(all)} done.`);
    told = Math.min(quarter, 3);
  }
}

function offerLabels() {
  const names = labelsOf(batch.rows), { value } = labels;
  if (labels.options.length === names.length + 1) return;
  labels.replaceChildren(make("option", { value: "" }, "all"), ...names.map(n => make("option", {}, n)));
  labels.value = names.includes(value) ? value : "";
}

function makeList() {
  list?.remove();
  const isGallery = look.value === "gallery";
  const head = (text, key) => make("div", { role: "columnheader", "data-order": key },
    key ? button(text, () => { order.value = key; refresh(); }) : text);
  const key = i => `${view[i].index}.${view[i].version}.${settings.threshold}`;
  list = virtualList(place, isGallery
    ? { name: "Pictures", look: "cards-view", rowHeight: 16, cardWidth: 9.5, key, draw: i => galleryCard(view[i]) }
    : {
      name: "Pictures", look: "table-view", rowHeight: 3.5, key, draw: i => tableRow(view[i]),
      head: [head(make("span.unseen", {}, "picture")), head("file", "name"), head("label", "label"), head("sure", "most"),
        head("notes")],
    });
}

function thumbOf(row) {
  const url = row.state === "done" && small.get(row);
  return url ? make("img", { src: url, alt: "" }) : make("span.blank", {});
}

function notes(row) {
  if (row.state === "failed") return `${row.problem.title}. ${row.problem.detail}`;
  if (row.state !== "done") return row.state === "sent" ? "under way" : "waiting";
  const [first] = row.faces;
  if (!first) return "no outline of a face";
  const faces = first.box ? plural(row.faces.length, "face") : "whole picture";
  return stateOf(row) === "uncertain" ? `${faces}, most likely ${first.label}` : faces;
}

function tableRow(row) {
  const cell = (look, what, title) => make("div", { role: "cell", class: look, title }, what);
  return [cell("shot", thumbOf(row)), cell("path", row.path, row.path), cell(`is-${stateOf(row)}`, wordOf(row)), sureBar(confidenceOf(row)),
    cell("what", notes(row))];
}

function galleryCard(row) {
  const confidence = confidenceOf(row);
  return [make("div.inner", {}, make("div.shot", {}, thumbOf(row)),
    p(`is-${stateOf(row)} name`, wordOf(row), confidence !== undefined && ` ${percent(confidence)}`),
    make("p.path", { title: row.path }, row.path), p("what", notes(row)))];
}
