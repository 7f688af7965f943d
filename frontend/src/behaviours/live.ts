/**
 * A list with data-fresh asks every five seconds, while it is looked at, what changed since it was
 * made. Nothing moves: what came is a line to click (or N), what went is greyed with words, the
 * case that is open stays open with all that is written in it.
 */
import { tellEmergencies, type Emergency } from "./alarm";
import { say, tell } from "./words";

const EVERY = 5_000;
const PATIENT_TIMES = 3; // failures before it is told

interface Told {
  new: string;
  gone: string[];
  took: Record<string, string>; // which unit did it, in words
  count?: string;
  rail: Record<string, string>;
  emergencies: Emergency[];
}

/** What the list was narrowed to, with what it shows: the question that is asked of the server. */
export function questionOf(search: string, shown: string[], since: string): string {
  const query = new URLSearchParams();
  const narrowed = new URLSearchParams(search);
  for (const name of ["kind", "words"]) {
    const value = narrowed.get(name);
    if (value) query.set(name, value);
  }
  query.set("since", since);
  query.set("shown", shown.join(","));
  return query.toString();
}

function numbersIn(list: HTMLElement): string[] {
  const rows = list.querySelectorAll<HTMLElement>("[data-number]");
  return [...rows].map((row) => row.dataset["number"] ?? "").filter(Boolean);
}

const boxesIn = (list: HTMLElement): HTMLInputElement[] => [
  ...list.querySelectorAll<HTMLInputElement>("input[type=checkbox][name=case]"),
];
const numberOf = (box: HTMLInputElement): string => box.value.split(":")[0] ?? "";

function numbersTicked(list: HTMLElement): Set<string> {
  return new Set(boxesIn(list).filter((box) => box.checked).map(numberOf));
}

function greyOut(list: HTMLElement, gone: string[], took: Record<string, string>): void {
  const left = new Set(gone);
  for (const row of list.querySelectorAll<HTMLElement>("[data-number]:not(.gone)")) {
    if (!left.has(row.dataset["number"] ?? "")) continue;
    row.classList.add("gone");
    const mark = document.createElement("span");
    mark.className = "mark";
    mark.textContent = took[row.dataset["number"] ?? ""] ?? say("row_gone");
    row.querySelector(".meta")?.prepend(mark);
  }
}

function countOnRail(rail: Record<string, string>): void {
  for (const [name, count] of Object.entries(rail)) {
    for (const link of document.querySelectorAll(`.rail a[href$="/queue/${name}/"]`)) {
      const shown = link.querySelector("span");
      if (count && shown) shown.textContent = count;
      else if (count) link.append(Object.assign(document.createElement("span"), { textContent: count }));
      else shown?.remove();
    }
  }
}

function put(selector: string, words: string): void {
  const place = document.querySelector<HTMLElement>(selector);
  if (place && place.textContent !== words) place.textContent = words;
}

function offerNew(words: string): void {
  const line = document.querySelector<HTMLElement>("[data-newcomers]");
  if (!line) return;
  line.hidden = !words;
  put("[data-newcomers] > span", words);
  put("[data-newcomers-said]", words);
}

async function showNew(list: HTMLElement): Promise<void> {
  const query = new URLSearchParams(location.search);
  query.delete("offset");
  const open = list.querySelector<HTMLElement>("[aria-current]")?.dataset["number"];
  if (open) query.set("case", open);
  const answer = await fetch(`${list.dataset["rows"] ?? ""}?${query.toString()}`, { cache: "no-store" });
  if (!answer.ok || answer.redirected) throw new Error("no rows");
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  const kept = list.scrollTop;
  const ticked = numbersTicked(list);
  list.replaceChildren(...parsed.body.childNodes);
  for (const box of boxesIn(list)) box.checked = ticked.has(numberOf(box));
  list.scrollTop = kept;
  list.dataset["since"] = answer.headers.get("X-Asked-At") ?? list.dataset["since"] ?? "";
  offerNew("");
}

export function keepFresh(): void {
  const list = document.querySelector<HTMLElement>("[data-fresh]");
  if (!list) return;
  let tag = "";
  let failed = 0;
  let timer = 0;
  let made = 0; // lists put in place: an answer about an older one is late

  const ask = async (): Promise<void> => {
    const about = made;
    const question = questionOf(location.search, numbersIn(list), list.dataset["since"] ?? "");
    const headers: HeadersInit = tag ? { "If-None-Match": tag } : {};
    const address = `${list.dataset["fresh"] ?? ""}?${question}`;
    const answer = await fetch(address, { headers, cache: "no-store", redirect: "manual" });
    failed = 0;
    if (answer.status === 304 || about !== made) return;
    if (!answer.ok) throw new Error(String(answer.status));
    const told = (await answer.json()) as Told;
    tag = answer.headers.get("ETag") ?? "";
    greyOut(list, told.gone, told.took);
    countOnRail(told.rail);
    offerNew(told.new);
    if (told.count) put("[data-count]", told.count);
    tellEmergencies(told.emergencies);
  };
  const goOn = (): void => {
    window.clearTimeout(timer);
    if (document.hidden || failed > PATIENT_TIMES) return;
    void ask()
      .catch(() => {
        failed += 1;
        if (failed === PATIENT_TIMES) tell(say("not_fresh"), "warning");
      })
      .finally(() => {
        timer = window.setTimeout(goOn, EVERY * Math.max(failed, 1));
      });
  };
  document.addEventListener("visibilitychange", goOn);
  addEventListener("online", () => {
    failed = 0;
    goOn();
  });
  const line = document.querySelector<HTMLAnchorElement>("[data-newcomers]");
  line?.addEventListener("click", (event) => {
    event.preventDefault();
    made += 1;
    tag = "";
    showNew(list).catch(() => {
      location.assign(line.href);
    });
  });
  goOn();
}
