// A video file, played by the browser.

import { $, button, clock, count, fill, heading, make, on, p, plainList, plural, problemNote, say, show, takeChosen, takeDrops }
  from "./dom.js";
import { fit } from "./answer.js";
import { Problem } from "./api.js";
import { settings } from "./settings.js";
import { startLive } from "./live.js";
import { keep, offerFiles, stateOf, wordOf } from "./rows.js";
import { timeline } from "./timeline.js";
import { sureBar, virtualList } from "./virtual.js";
import { watch } from "./watch.js";

const mostFrames = 20_000, once = { once: true };

const stage = $("#video-stage"), video = $("#video-video"), place = $("#video-answer"), bar = $("#video-bar"), text = $("#video-text");
const lost = $("#video-lost");
let file = null, live = null, walk = null, rows = [], list = null;

export function startVideo() {
  takeChosen("#video-file", files => take(files[0]));
  takeDrops(stage, data => data.files.length > 0 && take(data.files[0]));
  on("#video-clear", "click", () => { stopVideo(); $("#video-file").focus(); });
  on("#video-go", "click", () => goThrough());
  on("#video-stop", "click", () => walk.abort());
  on(video, "error", refuse);
  on(video, "loadeddata", ready);
  on(settings, "change", () => {
    walk?.abort(); // a table is of one model
    show("#video-lost", false);
    if (isSeen()) live?.connect();
  });
  on(settings, "threshold", () => list?.update(rows.length));
  // Pixels of a frame are the browser's: another one, or the next version, may decode others.
  const decoder = { frames_decoded_by: () => `${navigator.userAgent} (frames are not bit-equal between browsers)` };
  offerFiles("video", "video", () => rows, { time: r => r.time.toFixed(3) }, decoder, { time: r => r.time, ...decoder });
  explain();
}

const isSeen = () => stage.offsetParent !== null;

const explain = () => place.replaceChildren(heading("What you can do"), plainList(
  "Play it: boxes and labels follow, and the timeline fills.",
  "Go through it: a row for every half second, or finer, to save as CSV.",
  "Who is in it should know of it and agree."));

function take(chosen) {
  stopVideo();
  file = chosen;
  video.src = URL.createObjectURL(chosen);
  place.setAttribute("aria-busy", "true");
  place.replaceChildren(p("soft", "Opening the video…"));
}

function refuse() {
  if (!file) return;
  const name = file.name;
  stopVideo();
  place.replaceChildren(problemNote(new Problem(-1, "Your browser cannot decode this",
    `${name} is no video, or in a format that it lacks. Most read MP4 (H.264) and WebM: convert it to one of these.`)));
}

async function ready() {
  if (video.videoWidth === 0) return refuse(); // sound alone
  const opened = file;
  if (video.duration === Infinity) {
    // What a browser has recorded does not say how long it is, until its end was looked for.
    await seek(1e7);
    await seek(0);
  }
  if (file !== opened || live) return;
  fit($("#video-figure"), video.videoWidth, video.videoHeight, 1.5);
  show("#video-figure, #video-clear, #video-table", true);
  live = startLive();
  const view = watch($("#video-boxes"), place, live, timeline($("#video-time"), "The whole video", video.duration, false));
  on(live, "frame", e => walk?.keep(e.time, e.answer));
  on(live, "problem", e => walk?.keep(e.time, null, e.answer));
  on(live, "lost", e => walk?.lose(e.reason));
  live.connect();
  say(`The video is open, ${clock(video.duration)} long.`);
  follow(live, view);
}

function follow(mine, view) {
  const offer = (_, frame) => {
    if (live !== mine) return;
    if (!walk && !video.paused) live.offer(video, frame?.mediaTime ?? video.currentTime);
    view.figures();
    follow(mine, view);
  };
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(offer);
  else requestAnimationFrame(() => offer());
}

// Seeks from step to step, as fast as answers come; here frames wait for a credit and none is dropped. Each has its row in the end, or a
// note says where it broke off.
async function goThrough(formerStep) {
  const step = formerStep ?? 1 / Number($("#video-rate").value), all = Math.max(1, Math.ceil(video.duration / step));
  const steps = Math.min(mostFrames, all);
  const mine = live, stop = new AbortController(), { signal } = stop;
  walk = {
    abort: () => stop.abort(),
    keep() {}, // what was played is no row
    lose(reason) {
      stop.abort();
      fill(lost, problemNote(new Problem(-1, "The table is not complete",
        `${reason} The table has ${count(rows.length)} of ${plural(steps, "frame")}; Retry goes on from there.`),
      button("Retry", () => { mine.connect(); goThrough(step); })));
      show("#video-lost", true);
    },
  };
  const own = walk;
  busy(true);
  show("#video-lost", false);
  video.pause();
  video.controls = false;
  await mine.idle(signal);
  if (!formerStep) {
    rows = [];
    makeList();
  }
  own.keep = (time, answer, problem) => {
    const row = problem ? { time, state: "failed", problem } : { time };
    if (answer) keep(row, answer);
    rows.push(row);
    list.update(rows.length);
  };
  for (let i = rows.length; i < steps && !signal.aborted; i++) {
    await seek(i * step, signal);
    await mine.credit(signal);
    if (signal.aborted) break;
    mine.offer(video, i * step);
    bar.value = (i + 1) / steps;
    text.textContent = `${count(i + 1)} of ${count(steps)} frames${steps < all ? ", no more have room" : ""}`;
  }
  await mine.idle(signal);
  if (walk !== own) return;
  walk = null;
  video.controls = true;
  busy(false);
  if (!isSeen()) mine.close();
  say(`${plural(rows.length, "frame")} are in the table.`);
}

function busy(is) {
  show("#video-go", !is);
  show("#video-stop, #video-bar", is);
  show("#video-csv, #video-jsonl", !is && rows.length > 0);
}

const seek = (time, signal) => new Promise(resolve => {
  on(video, "seeked", resolve, once);
  if (signal) on(signal, "abort", resolve, once);
  video.currentTime = time;
});

function makeList() {
  list?.remove();
  const cell = (look, text) => make("div", { role: "cell", class: look }, text);
  list = virtualList($("#video-rows"), {
    name: "Frames", look: "frames-view", rowHeight: 2.25, key: i => `${rows[i].time}.${settings.threshold}`,
    head: ["time", "label", "sure", "faces"].map(t => make("div", { role: "columnheader" }, t)),
    draw: i => {
      const { time, faces: [first, ...others] = [] } = rows[i];
      return [cell("", clock(time)), cell(`is-${stateOf(rows[i])}`, wordOf(rows[i])), sureBar(first?.confidence),
        cell("what", first?.box ? others.length + 1 : "–")];
    },
  });
  list.update(0);
}

/** Stops what plays when another screen is shown; the table that is being made goes on, and what there is stays. */
export function showVideo(isShown) {
  if (!live || walk) return;
  video.pause();
  if (isShown) live.connect();
  else live.close();
}

function stopVideo() {
  walk?.abort();
  live?.close();
  live = file = walk = null;
  video.pause();
  if (video.src) URL.revokeObjectURL(video.src);
  video.removeAttribute("src");
  video.load();
  video.controls = true;
  rows = [];
  list?.remove();
  list = null;
  for (const id of ["#video-boxes", "#video-time"]) $(id).replaceChildren();
  text.textContent = "";
  show("#video-figure, #video-clear, #video-table, #video-lost", false);
  busy(false);
  place.removeAttribute("aria-busy");
  explain();
}
