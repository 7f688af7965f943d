/** data-locate: "I am here" fills the form's hidden lng and lat, once, on request; no track. */
import { say } from "./words";

const PATIENCE = 10_000;

export function offerPlace(): void {
  if (!("geolocation" in navigator) || !window.isSecureContext) return;
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-locate]")) {
    const form = button.form;
    const told = form?.querySelector<HTMLElement>("[data-located]");
    const lng = form?.querySelector<HTMLInputElement>("input[name=lng]");
    const lat = form?.querySelector<HTMLInputElement>("input[name=lat]");
    if (!told || !lng || !lat) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      told.textContent = say("locating");
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          lng.value = coords.longitude.toFixed(6);
          lat.value = coords.latitude.toFixed(6);
          told.textContent = say("located");
        },
        () => {
          told.textContent = say("not_located");
        },
        { enableHighAccuracy: true, timeout: PATIENCE },
      );
    });
  }
}
