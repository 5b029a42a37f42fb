// Cameras: opening them, saying why that failed, and the photo of the first screen.

import { $, drawn, jpegOf, on, show } from "./dom.js";
import { Problem } from "./api.js";

const reasons = {
  NotAllowedError: ["The camera was refused", "Allow it for this page in the browser or the system's settings, then start again."],
  NotFoundError: ["No camera was found", "Plug one in, or switch it on, then start again."],
  NotReadableError: ["The camera is in use", "Close the program or tab that uses it, then start again."],
  OverconstrainedError: ["That camera is gone", "Choose another one, then start again."],
};

/** A stream of a camera; a Problem where there is none. */
export async function openCamera(id, width = 640) {
  if (!window.isSecureContext || !navigator.mediaDevices)
    throw new Problem(-1, "This browser lends its camera to secure pages only",
      "Open the page over HTTPS, or on this very machine as http://localhost or http://127.0.0.1.");
  try {
    const which = id ? { deviceId: { exact: id } } : { facingMode: "user" };
    return await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: width }, height: { ideal: 0.75 * width }, ...which } });
  } catch (error) {
    throw new Problem(-1, ...reasons[error.name] ?? ["The camera did not start", `The browser says: ${error.message || error.name}.`]);
  }
}

export const closeStream = stream => stream?.getTracks().forEach(t => t.stop());

/** A photo as a file, or null. */
export async function takePhoto() {
  const dialog = $("#photo"), video = $("#photo-video"), shoot = $("#photo-shoot");
  let stream = null, photo = null, isOver = false;
  show("#photo-problem", false);
  shoot.disabled = true;
  dialog.showModal();
  const closed = new Promise(resolve => on(dialog, "close", () => { isOver = true; resolve(); }, { once: true }));
  $("#photo-cancel").onclick = () => dialog.close();
  shoot.onclick = async () => {
    photo = new File([await jpegOf(drawn(video, video.videoWidth, video.videoHeight), 0.92)], "photo.jpg", { type: "image/jpeg" });
    dialog.close();
  };
  try {
    stream = await openCamera("", 1280);
    if (!isOver) {
      video.srcObject = stream;
      await video.play();
      shoot.disabled = false;
      shoot.focus();
    }
  } catch (problem) {
    $("#photo-problem").textContent = `${problem.title ?? problem.message}. ${problem.detail ?? ""}`;
    show("#photo-problem", true);
  }
  await closed;
  closeStream(stream);
  if (video.srcObject === stream) video.srcObject = null;
  return photo;
}
