/**
 * A picture goes ahead of its form, as soon as it is chosen: data-picture="address" around the
 * field. The form then carries what the server answered (photo_kept) and is small to send; a
 * connection that is lost loses neither. Where it fails the form brings the picture itself.
 */
import { say } from "./words";

interface Answer {
  kept?: string;
  said?: string;
}

export function sendPictures(): void {
  for (const around of document.querySelectorAll<HTMLElement>("[data-picture]")) {
    const field = around.querySelector<HTMLInputElement>("input[type=file]");
    const told = around.querySelector<HTMLElement>("[data-picture-says]");
    const form = field?.form;
    const kept = form?.querySelector<HTMLInputElement>("input[name=photo_kept]");
    if (!field || !told || !form || !kept) continue;
    const name = field.name;
    let under: XMLHttpRequest | undefined;
    field.addEventListener("change", () => {
      under?.abort();
      field.name = name;
      kept.value = told.textContent = "";
      const file = field.files?.[0];
      if (!file) return;
      const key = form.querySelector<HTMLInputElement>("input[name=client_key]")?.value ?? "";
      under = send(around.dataset["picture"] ?? "", name, file, key, told, (answer, status) => {
        under = undefined;
        if (answer.kept) {
          kept.value = answer.kept;
          field.name = ""; // it is there already
        } else if (status === 413 || status === 422) {
          field.value = "";
        }
        told.textContent = answer.kept ? say("picture_kept") : answer.said || say("picture_later");
      });
    });
    form.addEventListener("submit", () => under?.abort());
  }
}

function send(to: string, name: string, file: File, key: string, told: HTMLElement, done: (answer: Answer, status: number) => void): XMLHttpRequest {
  const request = new XMLHttpRequest(); // fetch doesn't tell how far it got
  const body = new FormData();
  body.append("client_key", key);
  body.append(name, file);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    if (total) told.textContent = say("picture_going", { n: Math.floor((100 * loaded) / total) });
  });
  request.addEventListener("load", () => {
    done(read(request.responseText), request.status);
  });
  for (const failure of ["error", "timeout"]) {
    request.addEventListener(failure, () => {
      done({}, 0);
    });
  }
  request.open("POST", to);
  request.send(body);
  return request;
}

function read(text: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return {};
  }
}
