// A video file, played by the browser.

import { $, clock, count, make, percent, problemNote, save, say, show, takeDrops } from "./dom.js";
import { fit } from "./answer.js";
import { Problem } from "./api.js";
import { settings } from "./settings.js";
import { Live } from "./live.js";
import { csv, jsonLines, keep } from "./rows.js";
import { Timeline } from "./timeline.js";
import { VirtualList } from "./virtual.js";
import { Watch } from "./watch.js";

const mostFrames = 20_000;

const stage = $("#video-stage"), video = $("#video-video"), place = $("#video-answer"), bar = $("#video-bar");
let file = null, live = null, watch = null, walk = null, rows = [], list = null;

export function startVideo() {
  $("#video-file").addEventListener("change", e => {
    if (e.target.files.length > 0) take(e.target.files[0]);
    e.target.value = "";
  });
  takeDrops(stage, data => data.files.length > 0 && take(data.files[0]));
  $("#video-clear").addEventListener("click", () => { stopVideo(); $("#video-file").focus(); });
  $("#video-go").addEventListener("click", goThrough);
  $("#video-stop").addEventListener("click", () => walk.abort());
  video.addEventListener("error", refuse);
  video.addEventListener("loadeddata", ready);
  settings.addEventListener("change", () => live?.connect());
  settings.addEventListener("threshold", () => list?.update(rows.length));
  const lead = { time: r => r.time.toFixed(3) };
  $("#video-csv").addEventListener("click", () => save("video.csv", "text/csv;charset=utf-8", [...csv(rows, settings.threshold, lead, decoder)]));
  $("#video-jsonl").addEventListener("click", () =>
    save("video.jsonl", "application/jsonl", [...jsonLines(rows, settings.threshold, { time: r => r.time }, { ...decoder, sha256: r => r.sha256 })]));
  explain();
}

// Pixels of a frame are the browser's: another one, or the next version, may decode others.
const decoder = { frames_decoded_by: () => `${navigator.userAgent} (frames are not bit-equal between browsers)` };

function explain() {
  place.replaceChildren(make("h2", { class: "minor" }, "What you can do"), make("ul", { class: "plain" },
    make("li", {}, "Play it: boxes and labels follow, and the timeline fills."),
    make("li", {}, "Go through it: a row for every half second, or finer, to save as CSV."),
    make("li", {}, "Who is in it should know of it and agree.")));
}

function take(chosen) {
  stopVideo();
  file = chosen;
  video.src = URL.createObjectURL(chosen);
  place.setAttribute("aria-busy", "true");
  place.replaceChildren(make("p", { class: "soft" }, "Opening the video…"));
}

function refuse() {
  if (!file) return;
  const name = file.name;
  stopVideo();
  place.replaceChildren(problemNote(new Problem(-1, "Your browser cannot decode this",
    `${name} is no video, or in a format that it lacks. MP4 with H.264 and WebM can be read by most; convert it, for instance with ffmpeg.`)));
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
  live = new Live();
  watch = new Watch($("#video-boxes"), place, live, new Timeline($("#video-time"), "The whole video", video.duration, false));
  watch.begin();
  live.connect();
  live.addEventListener("frame", e => walk?.keep(e));
  say(`The video is open, ${clock(video.duration)} long.`);
  follow(live);
}

function follow(mine) {
  const offer = (_, frame) => {
    if (live !== mine) return;
    if (!walk && !video.paused) live.offer(video, frame?.mediaTime ?? video.currentTime);
    watch.figures();
    follow(mine);
  };
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(offer);
  else requestAnimationFrame(() => offer());
}

// Seeks from step to step, as fast as answers come; here frames wait for a credit and none is dropped.
async function goThrough() {
  const step = 1 / Number($("#video-rate").value), steps = Math.min(mostFrames, Math.max(1, Math.floor(video.duration / step)));
  const stop = walk = new AbortController(), mine = live;
  rows = [];
  walk.keep = e => {
    const row = { time: e.time };
    keep(row, e.answer);
    rows.push(row);
    list.update(rows.length);
  };
  makeList();
  video.pause();
  video.controls = false;
  busy(true);
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
  video.addEventListener("seeked", resolve, { once: true });
  signal?.addEventListener("abort", resolve, { once: true });
  video.currentTime = time;
});

function makeList() {
  list?.remove();
  const head = ["time", "label", "sure", "faces"].map(t => make("div", { role: "columnheader" }, t));
  list = new VirtualList($("#video-rows"), {
    name: "Frames", className: "frames-view", rowHeight: 2.25, head, key: i => `${rows[i].time}.${settings.threshold}`,
    draw: i => {
      const first = rows[i].faces[0], sure = make("div", { class: "sure-bar", role: "cell" }, make("span", {}, first ? percent(first.confidence) : "–"));
      sure.style.setProperty("--p", `${100 * (first?.confidence ?? 0)}%`);
      const state = !first ? "none" : first.confidence < settings.threshold ? "uncertain" : "sure";
      const label = { none: "no face found", uncertain: "uncertain", sure: first?.label }[state];
      return [make("div", { role: "cell" }, clock(rows[i].time)), make("div", { role: "cell", class: `is-${state}` }, label), sure,
        make("div", { role: "cell", class: "what" }, first?.box ? rows[i].faces.length : "–")];
    },
  });
  list.update(0);
}

export function stopVideo() {
  walk?.abort();
  live?.close();
  live = watch = file = null;
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
