/** The ground: our own borders, and under them the tiles of 天地图 where a key is set. */
import type { FeatureCollection, Point } from "geojson";
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";

import { at } from "./cells";

export type Tokens = (name: string) => string;

/** Colours are those of tokens.css, in the theme that the page has now. */
export function tokens(): Tokens {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

export const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };
const LEVELS = [
  ["COMMUNITY", "communities", 1, 12],
  ["SUBDISTRICT", "subdistricts", 1.5, 0],
  ["DISTRICT", "district", 2.5, 0],
] as const;

function tile(layer: string, key: string): string {
  const asked = "SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles";
  const where = "TILEMATRIX={z}&TILEROW={y}&TILECOL={x}";
  return `https://t0.tianditu.gov.cn/${layer}_w/wmts?${asked}&LAYER=${layer}&${where}&tk=${encodeURIComponent(key)}`;
}

export function groundOf(ink: Tokens, key: string | undefined): StyleSpecification {
  const style: StyleSpecification = {
    version: 8,
    sources: {
      divisions: { type: "geojson", data: NOTHING },
      names: { type: "geojson", data: NOTHING },
      grids: { type: "geojson", data: NOTHING },
    },
    layers: [{ id: "behind", type: "background", paint: { "background-color": ink("page") } }],
  };
  const ground: LayerSpecification = {
    id: "ground",
    type: "fill",
    source: "divisions",
    filter: ["==", ["get", "level"], "DISTRICT"],
    paint: { "fill-color": ink("surface"), "fill-opacity": key ? 0.35 : 1 },
  };
  style.layers.push(ground);
  if (key) {
    for (const layer of ["vec", "cva"]) {
      style.sources[layer] = { type: "raster", tiles: [tile(layer, key)], tileSize: 256, maxzoom: 18, attribution: "天地图" };
      style.layers.splice(-1, 0, { id: layer, type: "raster", source: layer });
    }
  }
  style.layers.push(...borders(ink), ...names(ink));
  return style;
}

function borders(ink: Tokens): LayerSpecification[] {
  const community: LayerSpecification = { // to tell where one points
    id: "pointed",
    type: "fill",
    source: "divisions",
    filter: ["==", ["get", "level"], "COMMUNITY"],
    paint: { "fill-color": ink("surface"), "fill-opacity": 0 },
  };
  const grids: LayerSpecification = {
    id: "grids",
    type: "line",
    source: "grids",
    minzoom: 12,
    paint: { "line-color": ink("control"), "line-width": 0.75, "line-dasharray": [3, 3] },
  };
  const lines = LEVELS.map(([level, id, width, minzoom]): LayerSpecification => ({
    id,
    type: "line",
    source: "divisions",
    minzoom,
    filter: ["==", ["get", "level"], level],
    layout: { "line-join": "round" },
    paint: { "line-color": ink("control"), "line-width": width },
  }));
  return [community, grids, ...lines];
}

function names(ink: Tokens): LayerSpecification[] {
  const shown = [
    ["SUBDISTRICT", 0, 13.5, 13],
    ["COMMUNITY", 13.5, 24, 12],
  ] as const;
  return shown.map(([level, minzoom, maxzoom, size]) => ({
    id: `names-${level}`,
    type: "symbol",
    source: "names",
    minzoom,
    maxzoom,
    filter: ["==", ["get", "level"], level],
    layout: { "text-field": ["get", "name"], "text-size": size, "text-max-width": 8, "text-padding": 4 },
    paint: { "text-color": ink("text-2"), "text-halo-color": ink("surface"), "text-halo-width": 1.5 },
  }));
}

interface Named {
  level: string;
  name: string;
  short: string;
  middle: [number, number];
}

/** Where each name stands: once, in the middle of what it names. */
export function namesOf(divisions: FeatureCollection): FeatureCollection<Point> {
  const features = divisions.features.map(({ properties }) => {
    const { level, short, middle } = properties as Named;
    return at(...middle, { level, name: short });
  });
  return { type: "FeatureCollection", features };
}
