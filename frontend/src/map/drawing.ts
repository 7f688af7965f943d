/**
 * Drawing on the map of grids: a line that splits, the corners of a border, a new grid. What is
 * drawn stands as GeoJSON in the form's text field, and what is written there is drawn.
 */
import type { Map as MapLibre } from "maplibre-gl";
import {
  type GeoJSONStoreFeatures,
  TerraDraw,
  TerraDrawLineStringMode,
  TerraDrawPolygonMode,
  TerraDrawRenderMode,
  TerraDrawSelectMode,
} from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";

import { say } from "../behaviours/words";
import { chosenIn, polygonOf, type Shown } from "./grids";
import { tokens } from "./ground";
import { type Drawn, drawnIn, written } from "./written";

const MODES = { split: "linestring", draw: "polygon", "move-border": "select" } as const;
type Mode = (typeof MODES)[keyof typeof MODES];

export function draw(map: MapLibre, form: HTMLFormElement, how: string, shown: Shown): void {
  const mode = MODES[how as keyof typeof MODES];
  const field = form.elements.namedItem("drawn");
  if (!mode || !(field instanceof HTMLTextAreaElement)) return;
  const tool = toolOn(map);
  tool.start();

  let untouched = ""; // the border as it stands: to leave it is not to draw
  const tellState = (): void => {
    const says = form.querySelector("[data-map-says]");
    const drawn = Boolean(field.value.trim());
    if (says) says.textContent = say(drawn ? "drawn" : "not_drawn");
    form.dataset["drawing"] = drawn || mode !== "select" ? "1" : "";
  };
  const keep = (): void => {
    const [found] = tool.getSnapshot().filter(isDrawn);
    const text = found ? written(found.geometry as Drawn) : "";
    field.value = text === untouched ? "" : text;
    tellState();
  };
  const begin = (): void => {
    tool.clear();
    const stands = mode === "select" ? polygonOf(shown, chosenIn(form)[0] ?? "")?.geometry : undefined;
    untouched = stands ? written(stands) : "";
    const given = drawnIn(field.value) ?? (stands && drawnIn(untouched));
    if (given) show(tool, given, mode);
    else if (mode !== "select") tool.setMode(mode);
    tellState();
  };

  tool.on("finish", () => {
    keep();
    if (mode !== "select") select(tool);
  });
  tool.on("change", (_ids, kind) => {
    if (tool.getMode() === "select" && kind === "update") keep();
  });
  field.addEventListener("change", begin);
  form.querySelector("select[name=codes]")?.addEventListener("change", () => {
    if (mode !== "select") return;
    field.value = "";
    begin();
  });
  const tools = form.querySelector<HTMLElement>("[data-draws-tools]");
  if (tools) tools.hidden = false;
  form.querySelector("[data-draws-again]")?.addEventListener("click", () => {
    field.value = "";
    begin();
  });
  begin();
}

function toolOn(map: MapLibre): TerraDraw {
  const ink = tokens();
  const accent = ink("accent") as `#${string}`;
  const ground = ink("surface") as `#${string}`;
  const corners = { draggable: true, midpoints: { draggable: true }, deletable: true } as const;
  const flags = { feature: { draggable: false, coordinates: corners } };
  const area = { fillColor: accent, fillOpacity: 0.15, outlineColor: accent, outlineWidth: 3 } as const;
  return new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map }),
    modes: [
      new TerraDrawLineStringMode({ styles: { lineStringColor: accent, lineStringWidth: 3, closingPointColor: accent } }),
      new TerraDrawPolygonMode({ styles: { ...area, closingPointColor: accent } }),
      new TerraDrawSelectMode({
        flags: { polygon: flags, linestring: flags },
        styles: {
          selectedLineStringColor: accent,
          selectedLineStringWidth: 3,
          selectedPolygonColor: accent,
          selectedPolygonFillOpacity: 0.15,
          selectedPolygonOutlineColor: accent,
          selectedPolygonOutlineWidth: 3,
          selectionPointColor: accent,
          selectionPointOutlineColor: ground,
          selectionPointWidth: 7,
          midPointColor: ground,
          midPointOutlineColor: accent,
          midPointWidth: 5,
        },
      }),
      new TerraDrawRenderMode({ modeName: "still", styles: {} }),
    ],
  });
}

function show(tool: TerraDraw, geometry: Drawn, mode: Mode): void {
  const of = geometry.type === "LineString" ? "linestring" : "polygon";
  if (mode !== "select" && of !== mode) return tool.setMode(mode);
  tool.addFeatures([{ type: "Feature", properties: { mode: of }, geometry } as GeoJSONStoreFeatures]);
  select(tool);
}

/** Let what is drawn be moved by its corners. */
function select(tool: TerraDraw): void {
  const [found] = tool.getSnapshot().filter(isDrawn);
  tool.setMode("select");
  if (found?.id !== undefined) tool.selectFeature(found.id);
}

function isDrawn({ geometry, properties }: GeoJSONStoreFeatures): boolean {
  return geometry.type !== "Point" && (properties["mode"] === "linestring" || properties["mode"] === "polygon");
}
