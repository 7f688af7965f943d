/** A community's unit grids: as they are, as they would be, what is wrong, and drawing on them. */
import type { Feature, FeatureCollection, Geometry, Polygon } from "geojson";
import type { LayerSpecification, Map as MapLibre } from "maplibre-gl";

import { around, at, type Edges } from "./cells";
import { NOTHING, tokens, type Tokens } from "./ground";
import { open, put } from "./open";

const ROOM = 0.15; // of the height and width, on each side

type Part = "grid" | "around" | "before" | "after" | "fault";
export type Shown = FeatureCollection<Geometry, { part: Part; code?: string }>;

export async function openGrids(box: HTMLElement): Promise<void> {
  const shown = JSON.parse(box.dataset["shapes"] ?? JSON.stringify(NOTHING)) as Shown;
  const { map } = await open(box, edgesOf(shown));
  addGrids(map);
  showGrids(map, shown);
  const how = box.dataset["draws"];
  if (how) {
    const form = document.querySelector<HTMLFormElement>("#redraw");
    if (form) {
      pickByClick(map, form);
      markChosen(map, form);
      if (form.elements.namedItem("drawn")) {
        const { draw } = await import("./drawing");
        draw(map, form, how, shown);
      }
    }
  }
  const [[west, south], [east, north]] = map.getBounds().toArray();
  box.dataset["view"] = [west, south, east, north].join(",");
  box.dataset["drawn"] = String(shown.features.filter(({ properties }) => properties.part !== "around").length);
}

/** All that is the community's own, with room around it to draw from outside. */
export function edgesOf(shown: Shown): Edges | undefined {
  const own = shown.features.filter(({ properties }) => properties.part !== "around");
  const box = around(own.flatMap(({ geometry }) => cornersOf(geometry)), 0);
  if (!box) return undefined;
  const [wide, high] = [(box[2] - box[0]) * ROOM, (box[3] - box[1]) * ROOM];
  return [box[0] - wide, box[1] - high, box[2] + wide, box[3] + high];
}

export function cornersOf(geometry: Geometry): [number, number][] {
  if (geometry.type === "GeometryCollection") return geometry.geometries.flatMap(cornersOf);
  const flat = (value: unknown): [number, number][] => {
    const list = value as unknown[];
    return typeof list[0] === "number" ? [list as [number, number]] : list.flatMap(flat);
  };
  return geometry.coordinates.length ? flat(geometry.coordinates) : [];
}

/** Where each grid's number stands: the middle of its box does. */
export function numbersOf(shown: Shown): FeatureCollection {
  const replaced = shown.features.some(({ properties }) => properties.part === "after");
  const named = shown.features.filter(({ properties }) => properties.code && !(replaced && properties.part === "before"));
  const features = named.flatMap(({ geometry, properties }) => {
    const box = around(cornersOf(geometry), 0);
    const number = properties.code?.slice(-3) ?? "";
    const quiet = properties.part === "around";
    return box ? [at((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, { number, quiet })] : [];
  });
  return { type: "FeatureCollection", features };
}

/** A ring around each place where something is wrong, however small it is. */
export function ringsOf(shown: Shown): FeatureCollection {
  const wrong = shown.features.filter(({ properties }) => properties.part === "fault");
  const features = wrong.flatMap(({ geometry }) => {
    const box = around(cornersOf(geometry), 0);
    return box ? [at((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, {})] : [];
  });
  return { type: "FeatureCollection", features };
}

function addGrids(map: MapLibre): void {
  const ink = tokens();
  for (const source of ["plots", "numbers", "rings"]) map.addSource(source, { type: "geojson", data: NOTHING });
  for (const layer of areas(ink)) map.addLayer(layer, "names-SUBDISTRICT");
  for (const layer of [...faults(ink), numbers(ink)]) map.addLayer(layer);
}

function showGrids(map: MapLibre, shown: Shown): void {
  put(map, "plots", shown);
  put(map, "numbers", numbersOf(shown));
  put(map, "rings", ringsOf(shown));
  const redrawn = shown.features.some(({ properties }) => properties.part === "after" || properties.part === "before");
  if (redrawn) map.setLayoutProperty("plot-chosen", "visibility", "none");
}

const of = (...parts: Part[]) => ["in", ["get", "part"], ["literal", parts]] as never;

function areas(ink: Tokens): LayerSpecification[] {
  const fill = (id: string, colour: string, opacity: number, ...parts: Part[]): LayerSpecification => ({
    id,
    type: "fill",
    source: "plots",
    filter: of(...parts),
    paint: { "fill-color": ink(colour), "fill-opacity": opacity },
  });
  const line = (id: string, colour: string, width: number, dashes: number[] | undefined, ...parts: Part[]): LayerSpecification => ({
    id,
    type: "line",
    source: "plots",
    filter: of(...parts),
    layout: { "line-join": "round" },
    paint: { "line-color": ink(colour), "line-width": width, ...(dashes ? { "line-dasharray": dashes } : {}) },
  });
  return [
    fill("plot-fill", "surface", 0.01, "grid"),
    fill("plot-chosen", "accent-weak", 0.9, "grid"),
    fill("plot-after", "accent-weak", 0.9, "after"),
    line("plot-around", "control", 0.75, [3, 3], "around"),
    line("plot-line", "text-2", 1.25, undefined, "grid"),
    line("plot-before", "text-3", 1.5, [2, 2], "before"),
    line("plot-new", "accent", 2.5, undefined, "after"),
  ];
}

function faults(ink: Tokens): LayerSpecification[] {
  return [
    { id: "fault-fill", type: "fill", source: "plots", filter: ["all", of("fault"), ["==", ["geometry-type"], "Polygon"]] as never, paint: { "fill-color": ink("late"), "fill-opacity": 0.35 } },
    { id: "fault-line", type: "line", source: "plots", filter: of("fault"), paint: { "line-color": ink("late"), "line-width": 3 } },
    { id: "fault-ring", type: "circle", source: "rings", paint: { "circle-radius": 13, "circle-opacity": 0, "circle-stroke-width": 3, "circle-stroke-color": ink("late") } },
  ];
}

function numbers(ink: Tokens): LayerSpecification {
  return {
    id: "plot-numbers",
    type: "symbol",
    source: "numbers",
    layout: { "text-field": ["get", "number"], "text-size": 14, "text-allow-overlap": true },
    paint: {
      "text-color": ["case", ["get", "quiet"], ink("text-3"), ink("text")] as never,
      "text-halo-color": ink("surface"),
      "text-halo-width": 1.5,
    },
  };
}

/** A click on a grid chooses it in the form: the one of a list, or ticks it where there may be several. */
function pickByClick(map: MapLibre, form: HTMLFormElement): void {
  map.on("click", "plot-fill", (event) => {
    const code = String(event.features?.[0]?.properties["code"] ?? "");
    const list = form.querySelector<HTMLSelectElement>("select[name=codes]");
    const tick = form.querySelector<HTMLInputElement>(`input[name=codes][value="${CSS.escape(code)}"]`);
    if (list && !form.dataset["drawing"]) list.value = code;
    else if (tick) tick.checked = !tick.checked;
    else return;
    (tick ?? list)?.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

export function chosenIn(form: HTMLFormElement): string[] {
  return new FormData(form).getAll("codes").map(String);
}

function markChosen(map: MapLibre, form: HTMLFormElement): void {
  const mark = (): void => {
    map.setFilter("plot-chosen", ["all", of("grid"), ["in", ["get", "code"], ["literal", chosenIn(form)]]] as never);
  };
  form.addEventListener("change", mark);
  mark();
}

export function polygonOf(shown: Shown, code: string): Feature<Polygon> | undefined {
  const found = shown.features.find(({ properties }) => properties.part === "grid" && properties.code === code);
  return found?.geometry.type === "Polygon" ? (found as Feature<Polygon>) : undefined;
}
