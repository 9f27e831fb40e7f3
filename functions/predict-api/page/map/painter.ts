import type { MapState } from '@banknote-loop/shared/contract';
import type { Regions, Scene } from './scene.ts';
import { frameStamps, type Stamp, stampFor } from './stamps.ts';

/** Which part of the map is seen: how large, and where its middle is. */
export interface View {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

export const wholeMap: View = { zoom: 1, x: 0.5, y: 0.5 };

/** Colours as the page has them at the moment. */
export interface Palette {
  /** By the numbers of the classes. */
  readonly classes: readonly string[];
  readonly surface: string;
  readonly ink: string;
  readonly muted: string;
  readonly frames: Readonly<Record<MapState, string>>;
}

/** What is to be seen, and how. */
export interface Picture {
  readonly scene: Scene;
  readonly view: View;
  readonly palette: Palette;
  readonly shows: (state: number) => boolean;
  readonly chosen: number | undefined;
}

/** Drawn within a frame of the screen; where a machine is slower, fewer items are drawn as long as the map moves. */
const budgetMs = 10;

/** Draws on a canvas. Points are set in the memory of an image: fifty thousand paths would take too long for a moving map. */
export class Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #points = document.createElement('canvas');
  readonly #fields = new WeakMap<Regions, HTMLCanvasElement>();
  #image: ImageData | undefined;
  #every = 1;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  /** Answers whether items were left out, so that all of them have to be drawn when the map stands still. */
  draw(picture: Picture, isMoving: boolean): boolean {
    const began = performance.now();
    const { width, height } = this.#canvas;
    const context = this.#canvas.getContext('2d');
    if (!context || width === 0 || height === 0) return false;
    const every = isMoving ? this.#every : 1;
    context.fillStyle = picture.palette.surface;
    context.fillRect(0, 0, width, height);
    this.#drawRegions(context, picture);
    this.#drawPoints(context, picture, every);
    drawChosen(context, this.#toPixels(picture.view), picture);
    const took = performance.now() - began;
    if (isMoving && took > budgetMs) this.#every = Math.min(64, this.#every * 2);
    else if (took < budgetMs / 4) this.#every = Math.max(1, this.#every / 2);
    return every > 1;
  }

  /** From a place on the map to one on the canvas. */
  #toPixels({ zoom, x, y }: View): (x: number, y: number) => readonly [number, number] {
    const { width, height } = this.#canvas;
    return (atX, atY) => [((atX - x) * zoom + 0.5) * width, (0.5 - (atY - y) * zoom) * height];
  }

  #drawRegions(context: CanvasRenderingContext2D, { scene, view, palette }: Picture): void {
    const [left, top] = this.#toPixels(view)(0, 1);
    const [right, bottom] = this.#toPixels(view)(1, 0);
    context.imageSmoothingEnabled = true;
    context.drawImage(this.#fieldsOf(scene.live, palette), left, top, right - left, bottom - top);
    const ratio = devicePixelRatio;
    context.lineWidth = 2 * ratio;
    context.strokeStyle = palette.ink;
    this.#drawLines(context, scene.live.lines, view);
    if (!scene.before) return;
    context.setLineDash([6 * ratio, 5 * ratio]);
    context.strokeStyle = palette.muted;
    this.#drawLines(context, scene.before.lines, view);
    context.setLineDash([]);
  }

  #drawLines(context: CanvasRenderingContext2D, lines: Float32Array, view: View): void {
    const toPixels = this.#toPixels(view);
    context.beginPath();
    for (let at = 0; at < lines.length; at += 4) {
      context.moveTo(...toPixels(lines[at] ?? 0, lines[at + 1] ?? 0));
      context.lineTo(...toPixels(lines[at + 2] ?? 0, lines[at + 3] ?? 0));
    }
    context.stroke();
  }

  /** A pixel for each field; the browser makes it as large as it is to be. */
  #fieldsOf(regions: Regions, { classes: colours }: Palette): HTMLCanvasElement {
    const known = this.#fields.get(regions);
    if (known?.dataset.colours === colours.join()) return known;
    const { columns, rows, classes, sure } = regions;
    const small = document.createElement('canvas');
    small.width = columns;
    small.height = rows;
    small.dataset.colours = colours.join();
    const context = small.getContext('2d');
    classes.forEach((label, field) => {
      if (!context) return;
      context.globalAlpha = 0.06 + (0.2 * (sure[field] ?? 0)) / 100;
      context.fillStyle = colours[label] ?? '';
      context.fillRect(field % columns, rows - 1 - Math.floor(field / columns), 1, 1);
    });
    this.#fields.set(regions, small);
    return small;
  }

  #drawPoints(context: CanvasRenderingContext2D, picture: Picture, every: number): void {
    const { width, height } = this.#canvas;
    const image = this.#emptyImage(width, height);
    const { scene, palette, shows, view } = picture;
    const pixels = new Uint32Array(image.data.buffer);
    const opaque = palette.classes.map(colour => packed(colour, 255));
    const pale = palette.classes.map(colour => packed(colour, 150));
    const { stateNames } = scene;
    const frames = stateNames.map(state => packed(palette.frames[state], 255));
    const [zoomX, zoomY] = [view.zoom * width, view.zoom * height];
    const [fromX, fromY] = [0.5 * width - view.x * zoomX, 0.5 * height + view.y * zoomY];
    const scale = Math.max(1, Math.round(devicePixelRatio));
    const shown = stateNames.map((_, state) => shows(state));
    for (let item = 0; item < scene.count; item += 1) {
      const state = scene.states[item] ?? 0;
      // What people said is rare, and never left out.
      if (!shown[state] || (state < 2 && item % every !== 0)) continue;
      const x = Math.round(fromX + (scene.x[item] ?? 0) * zoomX);
      const y = Math.round(fromY - (scene.y[item] ?? 0) * zoomY);
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      const label = scene.classes[item] ?? 0;
      const colour = (state === 0 ? pale : opaque)[label] ?? 0;
      stamp(pixels, { width, height, scale }, stampFor(label, state === 0), x, y, colour);
      const frame = frameOf(stateNames[state]);
      if (frame) stamp(pixels, { width, height, scale }, frame, x, y, frames[state] ?? 0);
    }
    this.#points.getContext('2d')?.putImageData(image, 0, 0);
    context.drawImage(this.#points, 0, 0);
  }

  #emptyImage(width: number, height: number): ImageData {
    if (this.#image?.width === width && this.#image.height === height) {
      this.#image.data.fill(0);
      return this.#image;
    }
    this.#points.width = width;
    this.#points.height = height;
    this.#image = new ImageData(width, height);
    return this.#image;
  }
}

function frameOf(state: MapState | undefined): Stamp | undefined {
  return state === undefined || state === 'known' || state === 'answered' ? undefined : frameStamps[state];
}

interface Area {
  readonly width: number;
  readonly height: number;
  /** So many pixels of the screen are one of the stamp. */
  readonly scale: number;
}

function stamp(
  pixels: Uint32Array,
  { width, height, scale }: Area,
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

function drawChosen(
  context: CanvasRenderingContext2D,
  toPixels: (x: number, y: number) => readonly [number, number],
  { scene, chosen, palette }: Picture,
): void {
  if (chosen === undefined) return;
  const [x, y] = toPixels(scene.x[chosen] ?? 0, scene.y[chosen] ?? 0);
  context.strokeStyle = palette.ink;
  context.lineWidth = 2 * devicePixelRatio;
  context.beginPath();
  context.arc(x, y, 12 * devicePixelRatio, 0, 2 * Math.PI);
  context.stroke();
}

/** A colour `rgb(1, 2, 3)` as a pixel has it: every machine that shows this page holds the low byte first. */
function packed(colour: string, alpha: number): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(Number);
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
