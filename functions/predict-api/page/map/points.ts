import type { MapState } from '@banknote-loop/shared/contract';
import type { PixelSize, Placement, Scene } from './scene.ts';
import { frameStamps, type Stamp, stampFor } from './stamps.ts';

/** Pixels of an image in memory, and how items look there. Fifty thousand paths would take far longer. */
interface Points extends PixelSize {
  readonly pixels: Uint32Array;
  /** So many pixels are one of a stamp. */
  readonly scale: number;
  /** By the numbers of the classes, as pixels have them. */
  readonly known: readonly number[];
  readonly answered: readonly number[];
  /** By the numbers of the states. */
  readonly frames: readonly number[];
}

/** Sets the pixels of every item that is shown; answers how many there were. */
export function stampItems(
  points: Points,
  { count, x, y, classes, states, stateNames }: Scene,
  { left, bottom, width, height }: Placement,
  isShown: readonly boolean[],
): number {
  const frames = stateNames.map(frameOf);
  let stamped = 0;
  for (let item = 0; item < count; item += 1) {
    const state = states[item] ?? 0;
    if (!isShown[state]) continue;
    const atX = Math.round(left + (x[item] ?? 0) * width);
    const atY = Math.round(bottom - (y[item] ?? 0) * height);
    if (atX < 0 || atY < 0 || atX >= points.width || atY >= points.height) continue;
    stamped += 1;
    const label = classes[item] ?? 0;
    const isKnown = state === 0;
    const colour = (isKnown ? points.known : points.answered)[label] ?? 0;
    stamp(points, stampFor(label, isKnown), atX, atY, colour);
    const frame = frames[state];
    if (frame) stamp(points, frame, atX, atY, points.frames[state] ?? 0);
  }
  return stamped;
}

function frameOf(state: MapState): Stamp | undefined {
  return state === 'known' || state === 'answered' ? undefined : frameStamps[state];
}

function stamp(
  { pixels, width, height, scale }: Points,
  shape: Stamp,
  x: number,
  y: number,
  colour: number,
): void {
  for (let at = 0; at < shape.length; at += 2) {
    const left = x + (shape[at] ?? 0) * scale;
    const top = y + (shape[at + 1] ?? 0) * scale;
    for (let row = top; row < top + scale; row += 1) {
      if (row < 0 || row >= height) continue;
      for (let column = left; column < left + scale; column += 1) {
        if (column >= 0 && column < width) pixels[row * width + column] = colour;
      }
    }
  }
}

/** A colour `rgb(1, 2, 3)` as a pixel has it: every machine that shows this page holds the low byte first. */
export function packed(colour: string, alpha: number): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(Number);
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
