/** What is drawn, as words in a text field and back. */
import type { LineString, Polygon, Position } from "geojson";

export type Drawn = LineString | Polygon;
const DECIMALS = 1e8; // 1 mm

const round = (position: Position): Position => position.slice(0, 2).map((degrees) => Math.round(degrees * DECIMALS) / DECIMALS);

export function written(geometry: Drawn): string {
  const coordinates = geometry.type === "LineString" ? geometry.coordinates.map(round) : geometry.coordinates.map((ring) => ring.map(round));
  return JSON.stringify({ type: geometry.type, coordinates });
}

/** Return the line or polygon that a text tells, also one within a feature or a collection of one. */
export function drawnIn(text: string): Drawn | undefined {
  try {
    return shapeIn(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function shapeIn(value: unknown): Drawn | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { type, coordinates, geometry, features } = value as Record<string, unknown>;
  if (type === "FeatureCollection" && Array.isArray(features)) return shapeIn(features[0]);
  if (type === "Feature") return shapeIn(geometry);
  if (type === "LineString" && isLine(coordinates, 2)) return { type, coordinates: coordinates.map(round) };
  if (type !== "Polygon" || !Array.isArray(coordinates) || !coordinates.length) return undefined;
  const rings: unknown[] = coordinates;
  return rings.every((ring) => isLine(ring, 4)) ? { type, coordinates: rings.map((ring) => (ring as Position[]).map(round)) } : undefined;
}

function isLine(value: unknown, least: number): value is Position[] {
  const isPosition = (each: unknown): boolean => Array.isArray(each) && each.length >= 2 && each.every((one) => typeof one === "number");
  return Array.isArray(value) && value.length >= least && value.every(isPosition);
}
