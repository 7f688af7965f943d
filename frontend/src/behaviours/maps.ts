/**
 * [data-map] becomes a map: at once, or when the fold around it is opened. Until then nothing of
 * the map is fetched. What is picked on one goes into the form around it.
 */
import { say } from "./words";

interface Picked {
  lng: number;
  lat: number;
  place: string;
}

export function openMaps(): void {
  for (const box of document.querySelectorAll<HTMLElement>("[data-map]")) {
    const fold = box.closest("details");
    if (!fold || fold.open) void openOne(box);
    else fold.addEventListener("toggle", () => void openOne(box), { once: true });
  }
  document.addEventListener("map:picked", (event) => {
    const box = event.target as HTMLElement;
    const { lng, lat, place } = (event as CustomEvent<Picked>).detail;
    if (!fillFields(box, lng, lat)) addOption(box, `point:${lng.toFixed(6)},${lat.toFixed(6)}:${place}`, place);
  });
}

async function openOne(box: HTMLElement): Promise<void> {
  try {
    const { openMap } = await import("../map");
    await openMap(box);
  } catch {
    box.textContent = say("map_failed");
    box.dataset["failed"] = "1";
  }
}

/** A form with hidden lng and lat takes the point itself. */
function fillFields(box: HTMLElement, lng: number, lat: number): boolean {
  const form = box.closest("form");
  const x = form?.querySelector<HTMLInputElement>("input[name=lng]");
  const y = form?.querySelector<HTMLInputElement>("input[name=lat]");
  if (!x || !y) return false;
  x.value = lng.toFixed(6);
  y.value = lat.toFixed(6);
  return true;
}

/** One with found places gets one more of them, chosen. */
function addOption(box: HTMLElement, value: string, place: string): void {
  const picked = document.querySelector<HTMLElement>("[data-map-picked]");
  if (!picked) return;
  const option = document.createElement("label");
  option.className = "option";
  const radio = document.createElement("input");
  radio.type = "radio";
  radio.name = "found";
  radio.value = value;
  radio.checked = true;
  const form = box.closest("form")?.id;
  if (form) radio.setAttribute("form", form);
  const words = document.createElement("span");
  words.textContent = place;
  option.append(radio, words);
  picked.querySelector("[data-from-map]")?.remove();
  option.dataset["fromMap"] = "";
  picked.prepend(option);
  radio.dispatchEvent(new Event("change", { bubbles: true }));
}
