/**
 * form[data-undoes] is sent a few seconds after its button is pressed, and can be taken back until
 * then: what it does can't be undone afterwards. Who leaves the page means it: it is sent at once.
 * With data-undoes="reload" the page is shown anew after it. Of the forms in one [data-one-of] only
 * one is sent.
 */
import { say, tell } from "./words";

const PATIENCE = 6_000;

interface Pending {
  timer: number;
  send: () => void;
}

const pending = new Map<HTMLFormElement, Pending>();

async function send(form: HTMLFormElement): Promise<void> {
  try {
    const body = new FormData(form);
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true });
    if (answer.type !== "opaqueredirect") {
      form.submit(); // refused: the page says why, and what happened meanwhile
      return;
    }
    if (form.dataset.undoes === "reload") {
      location.reload();
      return;
    }
    says(form, say("sent"));
    form.querySelector("button:not([data-undo])")?.remove();
  } catch {
    release(form);
    tell(say("offline"), "error");
  }
}

function says(form: HTMLFormElement, words: string): void {
  const place = form.querySelector<HTMLElement>("[data-undo-says]");
  if (place) place.textContent = words;
}

function release(form: HTMLFormElement): void {
  for (const button of rivals(form)) button.disabled = false;
  says(form, "");
}

/** The buttons of which one is meant: the form's own, and those of the forms beside it. */
function rivals(form: HTMLFormElement): NodeListOf<HTMLButtonElement> {
  return (form.closest("[data-one-of]") ?? form).querySelectorAll<HTMLButtonElement>("button:not([data-undo])");
}

function wait(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLButtonElement>("button:not([data-undo])");
  const undo = form.querySelector<HTMLButtonElement>("[data-undo]");
  if (!undo || pending.has(form)) return;
  const go = (): void => {
    window.clearTimeout(pending.get(form)?.timer);
    pending.delete(form);
    undo.hidden = true;
    void send(form);
  };
  pending.set(form, { timer: window.setTimeout(go, PATIENCE), send: go });
  for (const each of rivals(form)) each.disabled = true;
  undo.hidden = false;
  undo.focus();
  says(form, say(form.dataset.undoes === "reload" ? "undo_until_valid" : "undo_until", { n: PATIENCE / 1000 }));
  undo.onclick = () => {
    window.clearTimeout(pending.get(form)?.timer);
    pending.delete(form);
    undo.hidden = true;
    release(form);
    button?.focus();
  };
}

export function offerUndo(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-undoes]")) return;
    event.preventDefault();
    wait(form);
  });
  addEventListener("pagehide", () => {
    for (const each of [...pending.values()]) each.send();
  });
}
