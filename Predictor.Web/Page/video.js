// A video file, played by the browser.

import { $, clock, count, heading, make, on, p, problemNote, save, say, show, takeDrops } from "./dom.js";
import { fit } from "./answer.js";
import { Problem } from "./api.js";
import { settings } from "./settings.js";
import { startLive } from "./live.js";
import { csv, jsonLines, keep, stateOf, wordOf } from "./rows.js";
import { timeline } from "./timeline.js";
import { sureBar, virtualList } from "./virtual.js";
import { watch } from "./watch.js";

const mostFrames = 20_000, once = { once: true };

const stage = $("#video-stage"), video = $("#video-video"), place = $("#video-answer"), bar = $("#video-bar");
let file = null, live = null, view = null, walk = null, rows = [], list = null;

export function startVideo() {
  on($("#video-file"), "change", e => {
    if (e.target.files.length > 0) take(e.target.files[0]);
    e.target.value = "";
  });
  takeDrops(stage, data => data.files.length > 0 && take(data.files[0]));
  on($("#video-clear"), "click", () => { stopVideo(); $("#video-file").focus(); });
  on($("#video-go"), "click", goThrough);
  on($("#video-stop"), "click", () => walk.abort());
  on(video, "error", refuse);
  on(video, "loadeddata", ready);
  on(settings, "change", () => live?.connect());
  on(settings, "threshold", () => list?.update(rows.length));
  const lead = { time: r => r.time.toFixed(3) };
  on($("#video-csv"), "click", () => save("video.csv", "text/csv;charset=utf-8", [...csv(rows, settings.threshold, lead, decoder)]));
  on($("#video-jsonl"), "click", () =>
    save("video.jsonl", "application/jsonl", [...jsonLines(rows, settings.threshold, { time: r => r.time }, decoder)]));
  explain();
}

// Pixels of a frame are the browser's: another one, or the next version, may decode others.
const decoder = { frames_decoded_by: () => `${navigator.userAgent} (frames are not bit-equal between browsers)` };

function explain() {
  place.replaceChildren(heading("What you can do"), make("ul", { class: "plain" },
    make("li", {}, "Play it: boxes and labels follow, and the timeline fills."),
    make("li", {}, "Go through it: a row for every half second, or finer, to save as CSV."),
    make("li", {}, "Who is in it should know of it and agree.")));
}

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
  place.removeAttribute("aria-busy");
  stage.classList.remove("empty");
  fit($("#video-figure"), video.videoWidth, video.videoHeight, 1.5);
  for (const id of ["#video-figure", "#video-clear", "#video-table"]) show($(id), true);
  live = startLive();
  view = watch($("#video-boxes"), place, live, timeline($("#video-time"), "The whole video", video.duration, false));
  live.connect();
  on(live, "frame", e => walk?.keep?.(e));
  say(`The video is open, ${clock(video.duration)} long.`);
  follow(live);
}

function follow(mine) {
  const offer = (_, frame) => {
    if (live !== mine) return;
    if (!walk && !video.paused) live.offer(video, frame?.mediaTime ?? video.currentTime);
    view.figures();
    follow(mine);
  };
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(offer);
  else requestAnimationFrame(() => offer());
}

// Seeks from step to step, as fast as answers come; here frames wait for a credit and none is dropped.
async function goThrough() {
  const step = 1 / Number($("#video-rate").value), steps = Math.min(mostFrames, Math.max(1, Math.ceil(video.duration / step)));
  const stop = walk = new AbortController(), mine = live;
  busy(true);
  video.pause();
  video.controls = false;
  await mine.idle(stop.signal); // what was played is no row
  rows = [];
  walk.keep = e => {
    const row = { time: e.time };
    keep(row, e.answer);
    rows.push(row);
    list.update(rows.length);
  };
  makeList();
  try {
    for (let i = 0; i < steps && !stop.signal.aborted; i++) {
      await seek(i * step, stop.signal);
      await mine.credit(stop.signal);
      if (stop.signal.aborted) break;
      mine.offer(video, i * step);
      bar.value = (i + 1) / steps;
      $("#video-text").textContent = `${count(i + 1)} of ${count(steps)} frames`;
    }
    await mine.idle(stop.signal);
  } finally {
    walk = null;
    if (live === mine) {
      video.controls = true;
      busy(false);
      say(`${count(rows.length)} frames are in the table.`);
    }
  }
}

function busy(is) {
  show($("#video-go"), !is);
  show($("#video-stop"), is);
  show(bar, is);
  for (const id of ["#video-csv", "#video-jsonl"]) show($(id), !is && rows.length > 0);
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
      const { time, faces } = rows[i], state = stateOf(rows[i]);
      return [cell("", clock(time)), cell(`is-${state}`, wordOf(rows[i])), sureBar(faces[0]?.confidence),
        cell("what", faces[0]?.box ? faces.length : "–")];
    },
  });
  list.update(0);
}

export function stopVideo() {
  walk?.abort();
  live?.close();
  live = file = null;
  video.pause();
  if (video.src) URL.revokeObjectURL(video.src);
  video.removeAttribute("src");
  video.load();
  rows = [];
  list?.remove();
  list = null;
  $("#video-boxes").replaceChildren();
  $("#video-time").replaceChildren();
  $("#video-text").textContent = "";
  stage.classList.add("empty");
  for (const id of ["#video-figure", "#video-clear", "#video-table"]) show($(id), false);
  busy(false);
  explain();
}
