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
  const show = (html: string): void => {
    results.innerHTML = html; // our own server's fragment
    const found = options().length;
    input.setAttribute("aria-expanded", String(found > 0));
    status.textContent = found ? say("results", { n: found }) : say("no_results");
    if (!found && input.value.trim()) {
      const nothing = document.createElement("p");
      nothing.className = "state";
      nothing.textContent = say("no_results");
      results.append(nothing);
    }
    choose(found ? 0 : -1);
  };
  const search = async (): Promise<void> => {
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    try {
      const answer = await fetch(`${address}?q=${encodeURIComponent(input.value.trim())}`, {
        headers: { "HX-Request": "true" },
        signal,
      });
      if (answer.redirected) location.reload(); // signed out meanwhile
      else if (answer.ok) show(await answer.text());
    } catch {
      if (!signal.aborted) status.textContent = say("offline");
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
    timer = window.setTimeout(() => void search(), DELAY);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(around(chosen, event.key === "ArrowDown" ? 1 : -1, options().length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      options()[chosen]?.click();
    }
  });
}
