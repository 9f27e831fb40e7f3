import type { MapAnswer, MapRegionsAnswer, MapState } from '@banknote-loop/shared/contract';
import type { Palette } from './palette.ts';

/** Which part of the map is seen: how large, and where its middle is. */
export interface View {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

export const wholeMap: View = { zoom: 1, x: 0.5, y: 0.5 };

/** Where places of the map are on a canvas: at `left + x * width`, and from the bottom up at `bottom - y * height`. */
export interface Placement {
  readonly left: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
}

/** A view in the middle of a canvas, which has the size of `seen` and a border of `margin` on each side. */
export function placementOf({ zoom, x, y }: View, seen: PixelSize, margin: PixelSize = noMargin): Placement {
  const [width, height] = [zoom * seen.width, zoom * seen.height];
  return {
    left: margin.width + 0.5 * seen.width - x * width,
    bottom: margin.height + 0.5 * seen.height + y * height,
    width,
    height,
  };
}

export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

const noMargin: PixelSize = { width: 0, height: 0 };

/** All that is drawn, in arrays of numbers: places go from 0 to 1, from the left and from the bottom. */
export interface Scene {
  readonly count: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly classes: Uint8Array;
  /** The place of each one's state among `stateNames`. */
  readonly states: Uint8Array;
  readonly stateNames: readonly MapState[];
  readonly live: Regions;
  readonly before: Regions | undefined;
}

export interface Regions {
  readonly columns: number;
  readonly rows: number;
  readonly classes: Uint8Array;
  readonly sure: Uint8Array;
  /** Where classes meet: x and y of one end and of the other, line after line. */
  readonly lines: Float32Array;
}

/** What is to be seen, and how. */
export interface Picture {
  readonly scene: Scene;
  readonly view: View;
  readonly palette: Palette;
  /** By the numbers of the states. */
  readonly shows: readonly boolean[];
  readonly chosen: number | undefined;
}

export function sceneOf({ x, y, items, states, live, before }: MapAnswer): Scene {
  return {
    count: items.x.length,
    x: Float32Array.from(items.x, value => (value - x.low) / (x.high - x.low)),
    y: Float32Array.from(items.y, value => (value - y.low) / (y.high - y.low)),
    classes: Uint8Array.from(items.classes),
    states: Uint8Array.from(items.states),
    stateNames: states,
    live: regionsOf(live),
    before: before ? regionsOf(before) : undefined,
  };
}

function regionsOf({ columns, rows, classes, sure }: MapRegionsAnswer): Regions {
  const numbers = Uint8Array.from(classes);
  return {
    columns,
    rows,
    classes: numbers,
    sure: Uint8Array.from(sure),
    lines: linesBetween(numbers, columns, rows),
  };
}

/** The edges between fields of different classes. */
function linesBetween(classes: Uint8Array, columns: number, rows: number): Float32Array {
  const lines: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const field = row * columns + column;
      const [left, right] = [column / columns, (column + 1) / columns];
      const [bottom, top] = [row / rows, (row + 1) / rows];
      if (column + 1 < columns && classes[field] !== classes[field + 1])
        lines.push(right, bottom, right, top);
      if (row + 1 < rows && classes[field] !== classes[field + columns]) lines.push(left, top, right, top);
    }
  }
  return Float32Array.from(lines);
}

/** The item nearest to a place, if one lies within a reach; distances are in pixels. */
export function nearestTo(
  { count, x, y, states }: Scene,
  isShown: readonly boolean[],
  { left, bottom, width, height }: Placement,
  [atX, atY]: readonly [number, number],
  reach: number,
): number | undefined {
  let best: number | undefined;
  let least = reach ** 2;
  for (let item = 0; item < count; item += 1) {
    const distanceX = left + (x[item] ?? 0) * width - atX;
    const distanceY = bottom - (y[item] ?? 0) * height - atY;
    const distance = distanceX * distanceX + distanceY * distanceY;
    if (distance >= least || !isShown[states[item] ?? 0]) continue;
    least = distance;
    best = item;
  }
  return best;
}
