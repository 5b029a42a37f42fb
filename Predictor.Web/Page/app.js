// The page: which screen is shown, its theme, and whether the server is there.

import { $, on, show } from "./dom.js";
import { server } from "./api.js";
import { loadModels, settings, showSettings, startSettings } from "./settings.js";
import { startPicture } from "./picture.js";
import { startMany } from "./many.js";
import { startCamera, stopCamera } from "./camera.js";
import { startVideo, stopVideo } from "./video.js";
import { startModel } from "./model.js";

const again = 5000; // milliseconds

const screens = new Map([...document.querySelectorAll("[data-screen]")].map(s => [s.dataset.screen, s]));
let shown = "";

function go(isFirst) {
  const [, name] = location.hash.split("/"), screen = screens.has(name) ? name : "picture";
  if (screen === shown) return;
  if (shown === "camera") stopCamera(); // nobody is watched by a screen that they left
  if (shown === "video") stopVideo();
  shown = screen;
  for (const [other, section] of screens) show(section, other === screen);
  for (const link of document.querySelectorAll("nav a"))
    if (link.hash === `#/${screen}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  showSettings(screen);
  const title = screens.get(screen).querySelector("h1");
  document.title = `${title.textContent} – EmotionMLNet`;
  if (isFirst) return;
  window.scrollTo(0, 0);
  title.focus({ preventScroll: true });
}

function startTheme() {
  const select = $("#theme"), root = document.documentElement;
  const set = value => {
    if (value) root.dataset.theme = value;
    else delete root.dataset.theme;
  };
  try {
    select.value = localStorage.getItem("theme") ?? "";
  } catch { /* storage is switched off: the theme lasts as long as the page */ }
  set(select.value);
  on(select, "change", () => {
    set(select.value);
    try {
      localStorage.setItem("theme", select.value);
    } catch { /* as above */ }
    dispatchEvent(new Event("theme"));
  });
}

function startServer() {
  let timer = 0;
  const look = () => loadModels().catch(() => {});
  on(server, "gone", () => {
    show($("#offline"), true);
    clearInterval(timer);
    timer = setInterval(look, again);
  });
  on(server, "back", () => {
    show($("#offline"), false);
    clearInterval(timer);
    if (settings.models.length === 0) look();
  });
  on($("#offline-again"), "click", look);
  look();
}

on($("#skip"), "click", e => {
  e.preventDefault(); // the address stays that of the screen
  $("#main").focus();
});
// A file that misses its target must not replace the page.
for (const name of ["dragover", "drop"]) on(window, name, e => e.preventDefault());
on(window, "hashchange", () => go(false));

startTheme();
startSettings();
startPicture();
startMany();
startCamera();
startVideo();
startModel();
go(true);
startServer();
