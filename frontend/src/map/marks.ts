/** The chip's five shapes as images: told apart without colour, on a ring of the ground's. */

export const MARKS = ["OK", "SOON", "LATE", "HOLD", "DONE"] as const;
export type Mark = (typeof MARKS)[number];

const SIZE = 22;
const SHARP = 2; // pixels of the image for one of the page

type Pen = CanvasRenderingContext2D;

function polygon(pen: Pen, corners: [number, number][]): void {
  pen.beginPath();
  for (const [x, y] of corners) pen.lineTo(x, y);
  pen.closePath();
}

const SHAPES: Record<Mark, (pen: Pen) => void> = {
  OK: (pen) => {
    pen.beginPath();
    pen.arc(11, 11, 6, 0, 2 * Math.PI);
  },
  SOON: (pen) => polygon(pen, [[11, 3], [19, 18], [3, 18]]),
  LATE: (pen) => polygon(pen, [[11, 2], [20, 11], [11, 20], [2, 11]]),
  HOLD: (pen) => {
    pen.beginPath();
    pen.rect(4, 4, 5, 14);
    pen.rect(13, 4, 5, 14);
  },
  DONE: (pen) => polygon(pen, [[3, 11], [6, 8], [9.5, 11.5], [16.5, 3.5], [19.5, 6.5], [9.5, 18]]),
};

export interface Ink {
  shape: string;
  ground: string;
  ring: string; // around what is urgent; "" for none
}

/** Return the shape as an image, twice as sharp as the page. */
export function drawMark(mark: Mark, ink: Ink): ImageData {
  const room = 30 * SHARP;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = room;
  const pen = canvas.getContext("2d", { willReadFrequently: true }) as Pen;
  pen.scale(SHARP, SHARP);
  pen.translate((30 - SIZE) / 2, (30 - SIZE) / 2);
  pen.lineJoin = "round";
  if (ink.ring) {
    pen.beginPath();
    pen.arc(11, 11, 13, 0, 2 * Math.PI);
    pen.lineWidth = 2.5;
    pen.strokeStyle = ink.ring;
    pen.stroke();
  }
  SHAPES[mark](pen);
  pen.lineWidth = 4;
  pen.strokeStyle = ink.ground;
  pen.stroke();
  pen.fillStyle = ink.shape;
  pen.fill();
  if (mark === "OK") {
    pen.beginPath();
    pen.arc(11, 11, 3.5, 0, 2 * Math.PI);
    pen.fillStyle = ink.ground;
    pen.fill();
  }
  return pen.getImageData(0, 0, room, room);
}

export { SHARP };
