// The camera, live.

import { $, button, fill, heading, make, on, plainList, problemNote, say, seconds, show } from "./dom.js";
import { settings } from "./settings.js";
import { fit } from "./answer.js";
import { closeStream, openCamera } from "./media.js";
import { startLive } from "./live.js";
import { timeline } from "./timeline.js";
import { watch } from "./watch.js";

const minute = 60;

const video = $("#camera-video"), start = $("#camera-start"), pause = $("#camera-pause"), boxes = $("#camera-boxes");
const mirror = $("#camera-mirror"), which = $("#camera-which"), place = $("#camera-answer"), word = $("#camera-say");
let stream = null, live = null, opening = null;

export function startCamera() {
  on(start, "click", () => stream ? stopCamera() : begin());
  on(pause, "click", () => hold(!video.paused));
  on(mirror, "change", reflect);
  on(which, "change", () => stream && begin());
  on(settings, "change", () => live?.connect());
  explain();
}

function explain() {
  place.replaceChildren(heading("What happens when you start"), plainList(
    `Your browser sends frames of 192 pixels width to ${location.host}, at most two at a time.`,
    "That server answers each with boxes and labels, and keeps none.",
    "When you stop, or leave this screen, the camera is switched off."));
}

async function begin() {
  stopCamera();
  const mine = opening = {};
  word.textContent = "Waiting for your permission";
  start.disabled = true;
  let got = null;
  try {
    got = await openCamera(which.value);
    if (opening === mine) {
      video.srcObject = got;
      await video.play();
      await listCameras(got);
    }
  } catch (problem) {
    if (opening === mine) {
      stopCamera();
      fill(place, problemNote(problem, button("Start again", begin)));
    }
  }
  // Whoever left the screen meanwhile is not watched.
  if (opening !== mine) return closeStream(got);
  start.disabled = false;
  stream = got;
  on(stream.getVideoTracks()[0], "ended", () => {
    stopCamera();
    say("The camera was switched off.");
  });
  live = startLive();
  const view = watch(boxes, place, live, timeline($("#camera-time"), "The last minute", minute, true), () => mirror.checked);
  live.connect();
  fit($("#camera-figure"), video.videoWidth, video.videoHeight, 1.5);
  show("#camera-figure, #camera-pause", true);
  start.textContent = "Stop";
  reflect();
  say("The camera is on.");
  follow(live, view, seconds());
}

// Only now do browsers say what the cameras are called.
async function listCameras(stream) {
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(d => d.kind === "videoinput");
  which.replaceChildren(...cameras.map((c, i) => make("option", { value: c.deviceId }, c.label || `camera ${i + 1}`)));
  which.value = stream.getVideoTracks()[0].getSettings().deviceId ?? "";
}

// Once for every new picture of the camera.
function follow(mine, view, begun) {
  const next = video.requestVideoFrameCallback ? f => video.requestVideoFrameCallback(f) : requestAnimationFrame;
  next(() => {
    if (live !== mine) return;
    if (!video.paused) live.offer(video, seconds() - begun);
    view.figures();
    follow(mine, view, begun);
  });
}

function hold(isHeld) {
  showHeld(isHeld);
  if (isHeld) video.pause();
  else video.play().catch(() => {}); // it was held again before it began
  say(isHeld ? "Paused." : "Going on.");
}

function showHeld(isHeld) {
  pause.setAttribute("aria-pressed", isHeld);
  pause.textContent = isHeld ? "Go on" : "Pause";
}

function reflect() {
  video.classList.toggle("mirrored", mirror.checked);
  boxes.replaceChildren(); // those of the next frame lie right
}

export function stopCamera() {
  live?.close();
  closeStream(stream);
  if (stream) explain();
  live = stream = opening = video.srcObject = null;
  start.disabled = false;
  boxes.replaceChildren();
  show("#camera-figure, #camera-pause", false);
  showHeld(false);
  start.textContent = "Start";
  word.textContent = "The camera is off";
}
