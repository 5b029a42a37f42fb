// What all screens share: the models, and how they are asked.

import { $, make, on, percent, show } from "./dom.js";
import { askJson } from "./api.js";

/** Sends "models" when their list came, "change" when answers would be others, "threshold" when they are only read otherwise. */
export const settings = Object.assign(new EventTarget(), { models: [], model: "", threshold: 0.5, faces: "all", tta: false });

const tell = name => settings.dispatchEvent(new Event(name));

/** The model that is chosen, or undefined while none is known. */
export const current = () => settings.models.find(m => m.name === settings.model);

/** For one frame or picture; the threshold is the page's own business. */
export function query(...names) {
  const all = { model: settings.model, faces: settings.faces, tta: settings.tta ? "flip" : "none", threshold: settings.threshold };
  return new URLSearchParams(names.filter(n => all[n] !== "").map(n => [n, all[n]]));
}

export async function loadModels() {
  const answer = await askJson("/v1/models");
  settings.models = answer.models;
  if (!current()) settings.model = answer.default ?? answer.models[0]?.name ?? "";
  const select = $("#model");
  select.replaceChildren(...answer.models.map(m => make("option", { value: m.name }, m.name)));
  select.value = settings.model;
  select.disabled = answer.models.length === 0;
  tell("models");
}

export function choose(model) {
  settings.model = $("#model").value = model;
  tell("change");
}

export function startSettings() {
  on($("#settings"), "submit", e => e.preventDefault());
  on($("#model"), "change", e => choose(e.target.value));
  on($("#faces"), "change", e => { settings.faces = e.target.value; tell("change"); });
  on($("#tta"), "change", e => { settings.tta = e.target.checked; tell("change"); });
  const slider = $("#threshold");
  const read = () => {
    settings.threshold = slider.valueAsNumber;
    $("#threshold-shown").textContent = percent(settings.threshold);
    slider.setAttribute("aria-valuetext", `${Math.round(100 * settings.threshold)} percent`);
  };
  on(slider, "input", () => { read(); tell("threshold"); });
  slider.value = settings.threshold; // browsers remember it over a reload, the page does not
  read();
  $("#faces").value = settings.faces;
  $("#tta").checked = settings.tta;
}

/** Which settings a screen has a use for. */
export function showSettings(screen) {
  show($("#settings"), screen !== "model");
  show($("#tta").parentElement, screen === "picture" || screen === "many");
  $("#faces").querySelector("[value=off]").disabled = screen === "camera" || screen === "video";
  if (screen !== "camera" && screen !== "video" || settings.faces !== "off") return;
  $("#faces").value = settings.faces = "all"; // frames always have their faces looked for
}
