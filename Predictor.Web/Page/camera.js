// The camera, live.

import { $, button, heading, make, on, problemNote, say, show } from "./dom.js";
import { settings } from "./settings.js";
import { fit } from "./answer.js";
import { closeStream, openCamera } from "./media.js";
import { startLive } from "./live.js";
import { timeline } from "./timeline.js";
import { watch } from "./watch.js";

const minute = 60;

const stage = $("#camera-stage"), video = $("#camera-video"), start = $("#camera-start"), pause = $("#camera-pause");
const mirror = $("#camera-mirror"), which = $("#camera-which"), place = $("#camera-answer");
let stream = null, live = null, view = null, begun = 0;

export function startCamera() {
  on(start, "click", () => stream ? stopCamera() : begin());
  on(pause, "click", () => hold(pause.getAttribute("aria-pressed") !== "true"));
  on(mirror, "change", reflect);
  on(which, "change", () => stream && begin());
  on(settings, "change", () => live?.connect());
  explain();
}

function explain() {
  place.replaceChildren(
    heading("What happens when you start"),
    make("ul", { class: "plain" },
      make("li", {}, `Your browser sends frames of 192 pixels width to ${location.host}, at most two at a time.`),
      make("li", {}, "That server answers each with boxes and labels, and keeps none."),
      make("li", {}, "When you stop, or leave this screen, the camera is switched off.")));
}

async function begin() {
  stopCamera();
  $("#camera-say").textContent = "Waiting for your permission";
  start.disabled = true;
  try {
    stream = await openCamera(which.value);
    video.srcObject = stream;
    await video.play();
  } catch (problem) {
    stopCamera();
    place.replaceChildren(problemNote(problem, button("Start again", begin)));
    return;
  } finally {
    start.disabled = false;
  }
  on(stream.getVideoTracks()[0], "ended", () => {
    stopCamera();
    say("The camera was switched off.");
  });
  await listCameras();
  begun = performance.now();
  live = startLive();
  view = watch($("#camera-boxes"), place, live, timeline($("#camera-time"), "The last minute", minute, true), () => mirror.checked);
  live.connect();
  stage.classList.remove("empty");
  fit($("#camera-figure"), video.videoWidth, video.videoHeight, 1.5);
  show($("#camera-figure"), true);
  show(pause, true);
  start.textContent = "Stop";
  reflect();
  say("The camera is on.");
  follow(live);
}

// Only now do browsers say what the cameras are called.
async function listCameras() {
  const used = stream.getVideoTracks()[0].getSettings().deviceId;
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(d => d.kind === "videoinput");
  which.replaceChildren(...cameras.map((c, i) => make("option", { value: c.deviceId }, c.label || `camera ${i + 1}`)));
  which.value = used ?? "";
}

// Once for every new picture of the camera.
function follow(mine) {
  if (live !== mine) return;
  const next = video.requestVideoFrameCallback ? f => video.requestVideoFrameCallback(f) : requestAnimationFrame;
  next(() => {
    if (live !== mine) return;
    if (!video.paused) live.offer(video, (performance.now() - begun) / 1000);
    view.figures();
    follow(mine);
  });
}

function hold(isHeld) {
  pause.setAttribute("aria-pressed", isHeld);
  pause.textContent = isHeld ? "Go on" : "Pause";
  if (isHeld) video.pause();
  else video.play();
  say(isHeld ? "Paused." : "Going on.");
}

function reflect() { video.classList.toggle("mirrored", mirror.checked); }

export function stopCamera() {
  live?.close();
  closeStream(stream);
  const wasOn = stream !== null;
  live = stream = null;
  video.srcObject = null;
  $("#camera-boxes").replaceChildren();
  stage.classList.add("empty");
  show($("#camera-figure"), false);
  show(pause, false);
  pause.setAttribute("aria-pressed", "false");
  pause.textContent = "Pause";
  start.textContent = "Start";
  $("#camera-say").textContent = "The camera is off";
  if (wasOn) explain();
}
