// The page: which screen is shown, its theme, and whether the server is there.

import { $, on, show } from "./dom.js";
import { server } from "./api.js";
import { loadModels, settings, showSettings, startSettings } from "./settings.js";
import { startPicture } from "./picture.js";
import { startMany } from "./many.js";
import { startCamera, stopCamera } from "./camera.js";
import { showVideo, startVideo } from "./video.js";
import { startModel } from "./model.js";

const again = 5000; // milliseconds

const screens = [...document.querySelectorAll("[data-screen]")];
let shown = null, timer = 0;

function go() {
  const name = location.hash.split("/")[1], screen = screens.find(s => s.dataset.screen === name) ?? screens[0], former = shown;
  if (screen === former) return;
  shown = screen;
  for (const other of screens) other.hidden = other !== screen;
  const is = screen.dataset.screen, title = $("h1", screen);
  for (const link of document.querySelectorAll("nav a"))
    if (link.hash === `#/${is}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  showSettings(is);
  showVideo(is === "video");
  document.title = `${title.textContent} – EmotionMLNet`;
  if (!former) return;
  stopCamera(); // nobody is watched by a screen that they left
  $("#photo").close();
  if (is === "model") look();
  window.scrollTo(0, 0);
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
}

function startTheme() {
  const select = $("#theme"), root = document.documentElement;
  const attempt = act => {
    try { return act(); } catch { /* storage is switched off: the theme lasts as long as the page */ }
  };
  const set = () => {
    if (select.value) root.dataset.theme = select.value;
    else delete root.dataset.theme;
  };
  select.value = attempt(() => localStorage.theme) ?? "";
  set();
  on(select, "change", () => {
    set();
    attempt(() => { localStorage.theme = select.value; });
    dispatchEvent(new Event("theme"));
  });
}

function lookLater() {
  clearTimeout(timer);
  timer = setTimeout(look, again);
}

// Until the server is there and has a model; but who gave no token is not asked for it every five seconds.
function look() {
  clearTimeout(timer);
  loadModels().then(() => settings.models.length > 0 || lookLater(), problem => problem.status === 401 || lookLater());
}

on(server, "gone", () => {
  show("#offline", true);
  lookLater();
});
on(server, "back", () => {
  show("#offline", false);
  if (settings.models.length === 0) look();
});
on("#offline-again", "click", look);
on("#skip", "click", e => {
  e.preventDefault(); // the address stays that of the screen
  $("#main").focus();
});
// A file that misses its target must not replace the page.
for (const name of ["dragover", "drop"]) on(window, name, e => e.preventDefault());
on(window, "hashchange", go);

startTheme();
startSettings();
startPicture();
startMany();
startCamera();
startVideo();
startModel();
go();
look();
