// Cameras: opening them, saying why that failed, and the photo of the first screen.

import { $, on, show } from "./dom.js";
import { Problem } from "./api.js";

const reasons = {
  NotAllowedError: ["The camera was refused", "Allow it for this page in the browser or the system's settings, then start again."],
  NotFoundError: ["No camera was found", "Plug one in, or switch it on, then start again."],
  NotReadableError: ["The camera is in use", "Close the program or tab that uses it, then start again."],
  OverconstrainedError: ["That camera is gone", "Choose another one, then start again."],
};

/** A stream of a camera; a Problem where there is none. */
export async function openCamera(id, size = { width: { ideal: 640 }, height: { ideal: 480 } }) {
  if (!window.isSecureContext || !navigator.mediaDevices)
    throw new Problem(-1, "This browser lends its camera to secure pages only",
      "Open the page over HTTPS, or on this very machine as http://localhost or http://127.0.0.1.");
  try {
    const video = { ...size, ...(id ? { deviceId: { exact: id } } : { facingMode: "user" }) };
    return await navigator.mediaDevices.getUserMedia({ video, audio: false });
  } catch (error) {
    const [title, detail] = reasons[error.name] ?? ["The camera did not start", `The browser says: ${error.message || error.name}.`];
    throw new Problem(-1, title, detail);
  }
}

export const closeStream = stream => stream?.getTracks().forEach(t => t.stop());

export function captured(video, type = "image/jpeg", quality = 0.92) {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  return new Promise(resolve => canvas.toBlob(resolve, type, quality));
}

/** A photo as a file, or null. */
export async function takePhoto() {
  const dialog = $("#photo"), video = $("#photo-video"), shoot = $("#photo-shoot"), problem = $("#photo-problem");
  let stream = null, photo = null;
  show(problem, false);
  shoot.disabled = true;
  dialog.showModal();
  const closed = new Promise(resolve => on(dialog, "close", resolve, { once: true }));
  $("#photo-cancel").onclick = () => dialog.close();
  shoot.onclick = async () => {
    photo = new File([await captured(video)], "photo.jpg", { type: "image/jpeg" });
    dialog.close();
  };
  try {
    stream = await openCamera("", { width: { ideal: 1280 }, height: { ideal: 960 } });
    if (dialog.open) {
      video.srcObject = stream;
      await video.play();
      shoot.disabled = false;
      shoot.focus();
    }
  } catch (error) {
    problem.textContent = `${error.title ?? error.message}. ${error.detail ?? ""}`;
    show(problem, true);
  }
  await closed;
  closeStream(stream);
  video.srcObject = null;
  return photo;
}
