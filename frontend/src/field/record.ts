/** Found and fixed there and then: a matter and a tap. What can't be fixed goes on as a report. */
import type { App } from "./app";
import { photograph } from "./camera";
import { button, el, snack } from "./dom";
import type { Point } from "./near";
import type { Matter } from "./store";
import { word } from "./words";

const MOST_FOUND = 12;
const PATIENCE = 4_000; // for a position, once the record is to be kept

/** What is being written; it stays while the page is drawn anew. */
class Draft {
  matter: Matter | undefined;
  chosen = false;
  words = "";
  place = "";
  photos: Blob[] = [];
  position: Promise<Point | undefined> | undefined;
  located = false;
}

let draft = new Draft();

/** What of it is kept on the phone: a position is asked again. */
type Kept = Pick<Draft, "matter" | "chosen" | "words" | "place" | "photos">;

export async function takeUpDraft(app: App): Promise<void> {
  const kept = await app.store.fact<Kept>(`draft-${app.owner}`);
  draft = Object.assign(new Draft(), kept ?? {});
}

async function keepDraft(app: App): Promise<void> {
  const { matter, chosen, words, place, photos } = draft;
  try {
    await app.store.keepFact(`draft-${app.owner}`, { matter, chosen, words, place, photos });
  } catch {
    snack(word("not_saved"));
  }
}

export function recordPage(app: App): HTMLElement {
  const solved = app.me?.solved;
  const matters = app.me?.matters ?? [];
  const page = el(
    "div",
    { class: "record" },
    solved && el("p", { class: "solved" }, word("solved", { matter: solved.matter })),
    el("h2", { id: "what" }, word("what")),
    !matters.length && el("p", { class: "hint" }, word("no_matters")),
    choices(app, matters),
    others(app),
  );
  if (draft.chosen) page.append(pictures(app), ends(app), details(app));
  return page;
}

function choices(app: App, matters: Matter[]): HTMLElement {
  const group = el("div", { class: "six", role: "radiogroup", "aria-labelledby": "what" });
  const offer = (words: string, matter?: Matter): void => {
    const checked = draft.chosen && draft.matter?.code === matter?.code;
    const radio = el("input", { type: "radio", name: "matter", value: matter?.code ?? "", checked, change: () => choose(app, matter) });
    group.append(el("label", { class: "btn" }, radio, words));
  };
  for (const matter of matters) offer(matter.name, matter);
  const other = draft.chosen && draft.matter && !matters.some((one) => one.code === draft.matter?.code);
  if (other && draft.matter) offer(draft.matter.name, draft.matter);
  if (app.me?.reports) offer(word("something_else"));
  return group;
}

/** Matters beyond the usual six, found by what they are called: they are on the phone already. */
function others(app: App): HTMLElement | false {
  const more = app.me?.more_matters ?? [];
  if (!more.length) return false;
  const found = el("div", { class: "chips" });
  const search = el("input", { class: "input", type: "search", id: "find-matter", maxlength: "40", autocomplete: "off", input: () => show() });
  const show = (): void => {
    const fitting = namedLike(more, search.value).slice(0, MOST_FOUND);
    found.replaceChildren(...fitting.map((matter) => button(matter.name, () => choose(app, matter))));
    if (!fitting.length) found.append(el("p", { class: "hint" }, word("no_such_matter")));
  };
  show();
  return el("details", { class: "fold" }, el("summary", {}, word("other_matters")), el("label", { for: "find-matter" }, word("find_matter")), search, found);
}

/** Those in whose name, everyday words and pinyin initials stands every word that was typed. */
export function namedLike<Named extends { name: string; also?: string }>(matters: Named[], words: string): Named[] {
  const asked = words.toLowerCase().split(/\s+/).filter(Boolean);
  return matters.filter(({ name, also }) => asked.every((word) => `${name} ${also ?? ""}`.toLowerCase().includes(word)));
}

/** The position is asked on this tap, once; it goes into this record and nowhere else. */
function choose(app: App, matter?: Matter): void {
  draft.matter = matter;
  draft.chosen = true;
  void keepDraft(app);
  draft.position ??= position().then((found) => {
    draft.located = found !== undefined;
    const hint = document.getElementById("place-hint");
    if (hint && found) hint.textContent = word("here");
    return found;
  });
  app.go("record");
  document.querySelector<HTMLElement>(".ends .btn-main")?.focus({ preventScroll: true });
}

function position(): Promise<Point | undefined> {
  return new Promise((done) => {
    if (!("geolocation" in navigator)) return done(undefined);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => done({ lng: round(coords.longitude), lat: round(coords.latitude) }),
      () => done(undefined),
      { enableHighAccuracy: true, timeout: 15_000 },
    );
  });
}

const round = (degrees: number): number => Number(degrees.toFixed(6));

function pictures(app: App): HTMLElement {
  const shoot = async (): Promise<void> => {
    const taken = await photograph();
    if (taken) draft.photos.push(taken);
    await keepDraft(app);
    app.go("record");
  };
  const n = draft.photos.length;
  return el(
    "p",
    { class: "asked" },
    button(word("photo"), () => void shoot(), "camera"),
    n > 0 && word("photos", { n }),
    asksPhoto() && !n && word("photo_asked"),
  );
}

/** What may be said besides, below what ends it. */
function details(app: App): HTMLElement {
  const words = el("textarea", { class: "input", rows: "2", maxlength: "1000", id: "found-words", input: () => void (draft.words = words.value), change: () => void keepDraft(app) });
  const place = el("input", { class: "input", maxlength: "400", id: "found-place", autocomplete: "off", input: () => void (draft.place = place.value), change: () => void keepDraft(app) });
  words.value = draft.words;
  place.value = draft.place;
  return el(
    "div",
    { class: "details" },
    el("label", { for: "found-words" }, word("words")),
    words,
    el("label", { for: "found-place" }, word("place")),
    place,
    el("p", { class: "hint", id: "place-hint" }, word(draft.located ? "here" : "place_hint")),
  );
}

function ends(app: App): HTMLElement {
  const line = el("div", { class: "ends" });
  if (app.me?.reports) line.append(button(word("do_report"), () => void save(app, "report"), draft.matter ? "" : "btn-main"));
  if (draft.matter) line.append(button(word("do_record"), () => void save(app, "fixed"), "btn-main"));
  return line;
}

function asksPhoto(): boolean {
  return draft.matter?.evidence_asked.includes("PHOTO_AFTER") ?? false;
}

async function save(app: App, kind: "fixed" | "report"): Promise<void> {
  const said = draft;
  const together = kind === "fixed" && asksPhoto();
  if (together && !said.photos.length) return snack(word("asked_photo_first"));
  if (!said.matter && !said.words.trim()) return snack(word("what_words"));
  const late = new Promise<undefined>((done) => setTimeout(() => done(undefined), PATIENCE));
  const point = await Promise.race([said.position ?? position(), late]);
  if (kind === "report" && !point && !said.place.trim()) return snack(word("where"));
  const body: Record<string, unknown> = { words: said.words.trim(), place: said.place.trim(), matter: said.matter?.code ?? "" };
  if (point) body["point"] = point;
  const title = said.matter?.name ?? said.words.trim().slice(0, 20);
  draft = new Draft();
  const kept = await app.record({ kind, title, body, photos: said.photos, together });
  if (!kept) draft = said;
  await keepDraft(app);
  app.go("record");
}
