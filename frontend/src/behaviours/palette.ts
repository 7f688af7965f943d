/** Ctrl-K: find cases, units, matters, pages. The server answers with links; this moves among them. */
import { say } from "./words";

/** Where an arrow leads among `length` options; it goes round. */
export function around(current: number, step: 1 | -1, length: number): number {
  return length === 0 ? -1 : (current + step + length) % length;
}

const DELAY = 120;

export function openPalette(): void {
  const dialog = document.querySelector<HTMLDialogElement>("dialog[data-palette]");
  const input = dialog?.querySelector("input");
  const results = dialog?.querySelector<HTMLElement>("[role=listbox]");
  const status = dialog?.querySelector<HTMLElement>("[role=status]");
  const address = dialog?.dataset["palette"];
  if (!dialog || !input || !results || !status || !address) return;

  let running: AbortController | undefined;
  let timer = 0;
  let chosen = -1;
  let answered: string | undefined; // the words that the shown results are for
  let opens = false; // Enter was pressed before the answer was there

  const options = (): HTMLAnchorElement[] => [
    ...results.querySelectorAll<HTMLAnchorElement>("[role=option]"),
  ];
  const choose = (index: number): void => {
    chosen = index;
    options().forEach((option, i) => {
      option.id ||= `palette-${String(i)}`;
      option.setAttribute("aria-selected", String(i === index));
      if (i === index) {
        input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    });
    if (index < 0) input.removeAttribute("aria-activedescendant");
  };
  /** Said once, to eye and ear alike; a number of results only to the ear. */
  const tellStatus = (text: string, seen: boolean): void => {
    status.textContent = text;
    status.className = seen ? "state" : "sr-only";
  };
  const show = (words: string, html: string): void => {
    answered = words;
    results.innerHTML = html; // our own server's fragment
    const found = options().length;
    input.setAttribute("aria-expanded", String(found > 0));
    tellStatus(found ? say("results", { n: found }) : say("no_results"), found === 0);
    choose(found ? 0 : -1);
    if (opens) options()[0]?.click();
    opens = false;
  };
  const search = async (): Promise<void> => {
    window.clearTimeout(timer);
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    const words = input.value.trim();
    try {
      const answer = await fetch(`${address}?q=${encodeURIComponent(words)}`, {
        headers: { "HX-Request": "true" },
        signal,
      });
      if (answer.redirected) location.reload(); // signed out meanwhile
      else if (answer.ok) show(words, await answer.text());
      else tellStatus(say("failed"), true);
    } catch {
      if (!signal.aborted) tellStatus(say("offline"), true);
    }
  };
  const open = (): void => {
    if (dialog.open) return;
    const menu = document.querySelector<HTMLDetailsElement>("details[data-menu]");
    if (menu) menu.open = false;
    dialog.showModal(); // the browser gives the focus back when it closes
    input.select();
    void search();
  };

  document.addEventListener("keydown", (event) => {
    const asked = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!asked || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else open();
  });
  document.addEventListener("click", (event) => {
    const opener = (event.target as Element).closest("[data-opens=palette]");
    if (!opener || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    opens = false;
    tellStatus("", false); // what was said of other words
    timer = window.setTimeout(() => void search(), DELAY);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(around(chosen, event.key === "ArrowDown" ? 1 : -1, options().length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (answered === input.value.trim()) options()[chosen]?.click();
      else {
        opens = true;
        void search();
      }
    } else if (event.key === "Escape") {
      event.preventDefault(); // a search field would only empty itself
      dialog.close();
    }
  });
}
