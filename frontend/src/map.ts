/** The map, fetched only where one is opened. */
import "maplibre-gl/dist/maplibre-gl.css";
import "./styles/maplibre.css";

import { openBoard } from "./map/board";
import { openGrids } from "./map/grids";
import { openFound, openPick, openQueue, openSpot } from "./map/small";

const KINDS: Record<string, (box: HTMLElement) => Promise<void>> = {
  board: openBoard,
  spot: openSpot,
  queue: openQueue,
  found: openFound,
  pick: openPick,
  grids: openGrids,
};

export async function openMap(box: HTMLElement): Promise<void> {
  await KINDS[box.dataset["map"] ?? ""]?.(box);
}
