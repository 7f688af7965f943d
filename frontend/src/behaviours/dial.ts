/**
 * form[data-dials] shows a citizen's number where its button stood, and on a phone dials it: one tap.
 * Without scripts the number comes on a page of its own.
 */
import { say, tell } from "./words";

async function numberOf(form: HTMLFormElement): Promise<HTMLAnchorElement | null> {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector<HTMLAnchorElement>("main a[href^='tel:']");
}

async function show(form: HTMLFormElement): Promise<void> {
  try {
    const found = await numberOf(form);
    if (!found) {
      form.submit(); // signed out, or no longer allowed: the page says so
      return;
    }
    const link = document.createElement("a");
    link.href = found.href;
    link.className = "btn btn-wide";
    link.textContent = found.textContent;
    form.replaceWith(link);
    link.focus();
    if (matchMedia("(pointer: coarse)").matches) link.click();
  } catch {
    delete form.dataset["asked"];
    tell(say("offline"), "error");
  }
}

export function dial(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-dials]")) return;
    event.preventDefault();
    if (form.dataset["asked"]) return;
    form.dataset["asked"] = "true";
    void show(form);
  });
}
