/** A photograph, shrunk on the phone; with how it was before as a ghost over the viewfinder. */
import { button, el, sheet } from "./dom";
import { word } from "./words";

const LONGEST = 1600;
const QUALITY = 0.8;

export async function shrunk(picture: Blob): Promise<Blob> {
  try {
    const bitmap = await createImageBitmap(picture, { imageOrientation: "from-image" });
    return await drawn(bitmap, bitmap.width, bitmap.height);
  } catch {
    return picture; // the server says what it thinks of it
  }
}

async function drawn(source: CanvasImageSource, width: number, height: number): Promise<Blob> {
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d")?.drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((done, failed) => {
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/jpeg", QUALITY);
  });
}

async function viewfinder(video: HTMLVideoElement): Promise<MediaStream | undefined> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    await video.play();
    return stream;
  } catch {
    return undefined;
  }
}

/** Ask for one photograph; undefined where the person goes back without. */
export function photograph(before?: Blob): Promise<Blob | undefined> {
  const ghost = before ? URL.createObjectURL(before) : undefined;
  const video = el("video", { playsinline: true, muted: true, "aria-hidden": "true" });
  video.muted = true;
  const frame = el("div", { class: "finder" }, video, ghost && el("img", { src: ghost, alt: word("before") }));
  const input = el("input", { type: "file", accept: "image/*", class: "sr-only", id: "album" });
  const take = button(word("take"), () => undefined, "btn-main take");
  take.hidden = true;
  const choose = el("label", { class: "btn", for: "album" }, word("choose"));
  const back = button(word("back"), () => dialog.close());
  const told = el("p", { class: "hint", role: "status" });
  const dialog = sheet(word("photo"), frame, told, el("div", { class: "row-of" }, back, input, choose, take));
  return new Promise((done) => {
    let stream: MediaStream | undefined;
    let taken: Blob | undefined;
    const finish = (picture: Promise<Blob>): void => {
      void picture
        .then((blob) => (taken = blob))
        .catch(() => undefined)
        .finally(() => dialog.close());
    };
    take.addEventListener("click", () => finish(drawn(video, video.videoWidth, video.videoHeight)));
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      if (file) finish(shrunk(file));
    });
    dialog.addEventListener("close", () => {
      stream?.getTracks().forEach((track) => track.stop());
      if (ghost) URL.revokeObjectURL(ghost);
      done(taken);
    });
    void viewfinder(video).then((found) => {
      stream = found;
      if (found && !dialog.open) found.getTracks().forEach((track) => track.stop());
      frame.classList.toggle("beside", !found);
      video.hidden = !found;
      take.hidden = !found;
      if (!found) told.textContent = word("camera_failed");
    });
  });
}
