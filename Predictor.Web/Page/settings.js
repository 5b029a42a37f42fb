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
  const answer = await askJson("/v1/models"), usable = answer.models, failed = answer.failed ?? [];
  settings.models = [...usable, ...failed.map(f => ({ name: f.name, swap: f }))];
  if (!current()?.labels) settings.model = answer.default ?? usable[0]?.name ?? "";
  const select = $("#model");
  select.replaceChildren(...usable.map(m => make("option", { value: m.name }, m.name)));
  select.value = settings.model;
  select.disabled = usable.length === 0;
  tell("models");
}

export function choose(model) {
  settings.model = $("#model").value = model;
  tell("change");
}

export function startSettings() {
  const slider = $("#threshold"), faces = $("#faces"), tta = $("#tta");
  on("#settings", "submit", e => e.preventDefault());
  on("#model", "change", e => choose(e.target.value));
  on(faces, "change", () => { settings.faces = faces.value; tell("change"); });
  on(tta, "change", () => { settings.tta = tta.checked; tell("change"); });
  const read = () => {
    settings.threshold = slider.valueAsNumber;
    $("#threshold-shown").textContent = percent(settings.threshold);
    slider.setAttribute("aria-valuetext", `${Math.round(100 * settings.threshold)} percent`);
  };
  on(slider, "input", () => { read(); tell("threshold"); });
  // Browsers remember these over a reload, the page does not.
  [slider.value, faces.value, tta.checked] = [settings.threshold, settings.faces, settings.tta];
  read();
}

/** Which settings a screen has a use for. */
export function showSettings(screen) {
  const isLive = screen === "camera" || screen === "video";
  show("#settings", screen !== "model");
  show(".check:has(#tta)", !isLive);
  $("#faces [value=off]").disabled = isLive;
  if (isLive && settings.faces === "off") $("#faces").value = settings.faces = "all"; // frames always have their faces looked for
}
