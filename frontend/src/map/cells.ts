/** What the server says of a box becomes GeoJSON: points, or hexagons around their middles. */
import type { Feature, FeatureCollection, Point, Polygon, Position } from "geojson";

export type Cell = [lng: number, lat: number, cases: number, late: number];
export type CasePoint = [number: string, lng: number, lat: number, mark: string, pressing: 0 | 1];
export interface Drawn {
  total: number;
  late?: number;
  width?: number;
  height?: number;
  cells?: Cell[];
  points: CasePoint[];
}

/** The corners of an upright hexagon, closed; `width` and `height` are those of the lattice. */
export function hexagon(lng: number, lat: number, width: number, height: number): Position[] {
  const side = width / 2;
  const corner = height / 3;
  const ring: Position[] = [
    [lng, lat - corner],
    [lng + side, lat - corner / 2],
    [lng + side, lat + corner / 2],
    [lng, lat + corner],
    [lng - side, lat + corner / 2],
    [lng - side, lat - corner / 2],
  ];
  return [...ring, ring[0] as Position];
}

/** Which of four steps a count takes, the highest of all being the fourth. */
export function stepOf(count: number, most: number): 0 | 1 | 2 | 3 {
  const share = most > 0 ? count / most : 0;
  if (share > 0.6) return 3;
  if (share > 0.3) return 2;
  return share > 0.1 ? 1 : 0;
}

export function hexagonsOf(drawn: Drawn): FeatureCollection<Polygon> {
  const cells = drawn.cells ?? [];
  const most = Math.max(0, ...cells.map(([, , cases]) => cases));
  const features = cells.map(([lng, lat, cases]): Feature<Polygon> => {
    const coordinates = [hexagon(lng, lat, drawn.width ?? 0, drawn.height ?? 0)];
    return { type: "Feature", properties: { step: stepOf(cases, most) }, geometry: { type: "Polygon", coordinates } };
  });
  return { type: "FeatureCollection", features };
}

export function middlesOf(drawn: Drawn): FeatureCollection<Point> {
  const features = (drawn.cells ?? []).map(([lng, lat, cases, late]) => at(lng, lat, { cases, late }));
  return { type: "FeatureCollection", features };
}

export function pointsOf(drawn: Drawn): FeatureCollection<Point> {
  const features = drawn.points.map(([number, lng, lat, mark, pressing]) =>
    at(lng, lat, { number, mark, pressing, late: mark === "LATE" ? 1 : 0 }),
  );
  return { type: "FeatureCollection", features };
}

export function at(lng: number, lat: number, properties: Record<string, unknown>): Feature<Point> {
  return { type: "Feature", properties, geometry: { type: "Point", coordinates: [lng, lat] } };
}

export type Edges = [west: number, south: number, east: number, north: number];

/** The box as the address says it: to a metre, within the earth. */
export function boxInWords([west, south, east, north]: Edges): string {
  const edge = (value: number, most: number): string => Math.min(Math.max(value, -most), most).toFixed(5);
  return [edge(west, 180), edge(south, 90), edge(east, 180), edge(north, 90)].join(",");
}

/** The edges that an address names; undefined if it names none. */
export function edgesOf(words: string | undefined): Edges | undefined {
  const [west, south, east, north, ...more] = (words ?? "").split(",").map(Number);
  if (west === undefined || south === undefined || east === undefined || north === undefined) return undefined;
  if (more.length || !(west < east && south < north)) return undefined; // never so for NaN
  return [west, south, east, north];
}

/** The box around these points; undefined for none. One point alone gets some room. */
export function around(positions: Position[], room = 0.003): Edges | undefined {
  const lngs = positions.map(([lng]) => lng ?? 0);
  const lats = positions.map(([, lat]) => lat ?? 0);
  if (!positions.length) return undefined;
  return [Math.min(...lngs) - room, Math.min(...lats) - room, Math.max(...lngs) + room, Math.max(...lats) + room];
}
