/**
 * button[data-near] puts the rows of the list that know where they are (data-point="lng,lat") nearest
 * first, from one position asked by this tap. It stays in the page: nothing is stored or sent.
 */
import { say } from "./words";

export type Point = readonly [lng: number, lat: number];

const RADIUS = 6_371_000;
const PATIENCE = 10_000;

export function metres([lng, lat]: Point, [otherLng, otherLat]: Point): number {
  const radians = Math.PI / 180;
  const x = (otherLng - lng) * radians * Math.cos(((lat + otherLat) / 2) * radians);
  return RADIUS * Math.hypot(x, (otherLat - lat) * radians);
}

export function pointOf(told: string | undefined): Point | undefined {
  const [lng, lat] = (told ?? "").split(",").map(Number);
  return told && Number.isFinite(lng) && Number.isFinite(lat) ? [lng!, lat!] : undefined;
}

/** The distance of each, the nearest first; what lies nowhere stays behind in its order. */
export function nearestFirst<T>(items: readonly T[], at: (item: T) => Point | undefined, me: Point): [T, number][] {
  const away = items.map((item): [T, number] => {
    const point = at(item);
    return [item, point ? metres(me, point) : Infinity];
  });
  return away.sort(([, a], [, b]) => (a === b ? 0 : a - b));
}

function sort(list: HTMLElement, me: Point): void {
  const rows = [...list.querySelectorAll<HTMLElement>(".row")];
  for (const heading of list.querySelectorAll<HTMLElement>(".group")) heading.remove();
  for (const [row, away] of nearestFirst(rows, (each) => pointOf(each.dataset["point"]), me)) {
    const told = row.querySelector<HTMLElement>("[data-distance]");
    if (told) {
      told.hidden = away === Infinity;
      told.textContent = away < 1000
        ? say("away_metres", { n: Math.round(away / 10) * 10 })
        : say("away_kilometres", { n: (away / 1000).toFixed(1) });
    }
    const signing = row.nextElementSibling;
    list.append(row);
    if (signing?.matches(".sign-here")) list.append(signing);
  }
}

export function offerNearest(): void {
  const button = document.querySelector<HTMLButtonElement>("button[data-near]");
  const list = document.getElementById("queue");
  const says = document.querySelector<HTMLElement>("[data-near-says]");
  if (!button || !list || !says || !("geolocation" in navigator) || !window.isSecureContext) return;
  button.hidden = false;
  const answer = (words: string): void => {
    says.hidden = false;
    says.textContent = words;
  };
  button.addEventListener("click", () => {
    answer(say("locating"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        sort(list, [coords.longitude, coords.latitude]);
        button.setAttribute("aria-pressed", "true");
        answer(say("near_sorted"));
      },
      () => {
        answer(say("near_failed"));
      },
      { enableHighAccuracy: true, timeout: PATIENCE },
    );
  });
}
