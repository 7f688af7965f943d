/** The order of a walk. The position stays in memory, for one sorting; it is sent nowhere. */

export interface Point {
  lng: number;
  lat: number;
}
export type Order = "near" | "due" | "place";
interface Placed {
  lng: number | null;
  lat: number | null;
  place: string;
  due_at: string;
}

const EARTH = 6_371_000;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Metres as the crow flies. */
export function distance(a: Point, b: Point): number {
  const half = (x: number): number => Math.sin(radians(x) / 2) ** 2;
  const h = half(b.lat - a.lat) + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * half(b.lng - a.lng);
  return 2 * EARTH * Math.asin(Math.sqrt(h));
}

export function distanceTo(card: Placed, here: Point | undefined): number | undefined {
  if (!here || card.lng === null || card.lat === null) return undefined;
  return distance(here, { lng: card.lng, lat: card.lat });
}

/** What has no position, or no limit, comes last. */
export function inOrder<Card extends Placed>(cards: Card[], order: Order, here?: Point): Card[] {
  const ends = (card: Card): number => Date.parse(card.due_at) || Infinity;
  const byDue = (a: Card, b: Card): number => (ends(a) === ends(b) ? 0 : ends(a) - ends(b));
  const far = (card: Card): number => distanceTo(card, here) ?? Infinity;
  const by = {
    due: byDue,
    place: (a: Card, b: Card) => a.place.localeCompare(b.place, "zh") || byDue(a, b),
    near: (a: Card, b: Card) => (far(a) === far(b) ? byDue(a, b) : far(a) - far(b)),
  };
  return [...cards].sort(by[order]);
}
