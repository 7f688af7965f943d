/** Found and fixed there and then: a matter and a tap. What can't be fixed goes on as a report. */
import type { App } from "./app";
import { photograph } from "./camera";
import { button, el, snack } from "./dom";
import type { Point } from "./near";
import type { Matter } from "./store";
import { word } from "./words";

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
  );
  if (draft.chosen) page.append(pictures(app), ends(app), details());
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
  if (app.me?.reports) offer(word("something_else"));
  return group;
}

/** The position is asked on this tap, once; it goes into this record and nowhere else. */
function choose(app: App, matter?: Matter): void {
  draft.matter = matter;
  draft.chosen = true;
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
function details(): HTMLElement {
  const words = el("textarea", { class: "input", rows: "2", maxlength: "1000", id: "found-words", input: () => void (draft.words = words.value) });
  const place = el("input", { class: "input", maxlength: "400", id: "found-place", autocomplete: "off", input: () => void (draft.place = place.value) });
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
  const point = await Promise.race([said.position, late]);
  if (kind === "report" && !point && !said.place.trim()) return snack(word("where"));
  const body: Record<string, unknown> = { words: said.words.trim(), place: said.place.trim(), matter: said.matter?.code ?? "" };
  if (point) body["point"] = point;
  const title = said.matter?.name ?? said.words.trim().slice(0, 20);
  draft = new Draft();
  const kept = await app.record({ kind, title, body, photos: said.photos, together });
  if (!kept) draft = said;
  app.go("record");
}
