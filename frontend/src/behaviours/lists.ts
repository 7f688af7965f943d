/**
 * Lists beside details: J and K (or ↓ buttons with data-step) go to the next and previous .row;
 * the list keeps its place when the page comes back.
 */
import { otherwise } from "./keys";

/** Where a step leads among `length` rows; from no row (-1) the first is next. */
export function stepFrom(current: number, step: 1 | -1, length: number): number {
  if (length === 0) return -1;
  if (current < 0) return step === 1 ? 0 : length - 1;
  return Math.min(Math.max(current + step, 0), length - 1);
}

const ROW = ".row, [data-row]";

function rowsOf(list: ParentNode): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>(ROW)].filter((row) => row.getClientRects().length);
}

function go(list: HTMLElement, step: 1 | -1): boolean {
  const rows = rowsOf(list);
  const current = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = rows[stepFrom(current, step, rows.length)];
  if (!next || rows[current] === next) return false;
  next.scrollIntoView({ block: "nearest" });
  next.click();
  return true;
}

function scroller(list: HTMLElement): HTMLElement {
  return list.querySelector<HTMLElement>(".pane-body") ?? list;
}

function placeKey(list: HTMLElement): string {
  return `place:${location.pathname.split("/")[1] ?? ""}:${list.id}`;
}

export function keepLists(): void {
  const lists = [...document.querySelectorAll<HTMLElement>("[data-list]")];
  const first = lists[0];
  if (!first) return;

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const step = target?.closest<HTMLElement>("[data-step]");
    if (step) {
      const list = step.closest<HTMLElement>("[data-list]") ?? first;
      go(list, step.dataset["step"] === "previous" ? -1 : 1);
      return;
    }
    const row = target?.closest<HTMLElement>(ROW);
    const list = row?.closest<HTMLElement>("[data-list]");
    if (!row || !list) return;
    for (const other of rowsOf(list)) other.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
  });

  otherwise((name) => {
    if (name !== "j" && name !== "k") return false;
    return go(first, name === "j" ? 1 : -1);
  });

  for (const list of lists) {
    const kept = Number(sessionStorage.getItem(placeKey(list)));
    if (kept > 0) scroller(list).scrollTop = kept;
    list.querySelector<HTMLElement>("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }
  addEventListener("pagehide", () => {
    for (const list of lists) {
      sessionStorage.setItem(placeKey(list), String(Math.round(scroller(list).scrollTop)));
    }
  });
}
