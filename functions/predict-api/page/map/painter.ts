import { ItemLayer } from './layer.ts';
import type { Palette } from './palette.ts';
import { type Picture, type Placement, placementOf, type Regions } from './scene.ts';

/** Draws on a canvas what the model says, the items above that, and the lines between classes above them all. */
export class Painter {
  readonly #context: CanvasRenderingContext2D | null;
  readonly #items = new ItemLayer();
  readonly #fields = new WeakMap<Regions, HTMLCanvasElement>();
  readonly #lines = new WeakMap<Regions, Path2D>();

  constructor(canvas: HTMLCanvasElement) {
    this.#context = canvas.getContext('2d');
  }

  /** Answers whether it should be drawn again when the map stands still. */
  draw(picture: Picture, isMoving: boolean): boolean {
    const context = this.#context;
    if (!context) return false;
    const { scene, view, palette } = picture;
    const { width, height } = context.canvas;
    if (width === 0 || height === 0) return false;
    const at = placementOf(view, context.canvas);
    context.fillStyle = palette.surface;
    context.fillRect(0, 0, width, height);
    context.drawImage(
      this.#fieldsOf(scene.live, palette),
      at.left,
      at.bottom - at.height,
      at.width,
      at.height,
    );
    const isPreliminary = this.#items.draw(context, picture, isMoving);
    const ratio = devicePixelRatio;
    if (scene.before) {
      context.setLineDash([6 * ratio, 5 * ratio]);
      this.#drawLines(context, scene.before, at, palette.muted, palette);
      context.setLineDash([]);
    }
    this.#drawLines(context, scene.live, at, palette.ink, palette);
    drawChosen(context, at, picture);
    return isPreliminary;
  }

  /** With a rim of the surface's colour, so that a line is seen among items as well. */
  #drawLines(
    context: CanvasRenderingContext2D,
    regions: Regions,
    at: Placement,
    colour: string,
    { surface }: Palette,
  ): void {
    const path = new Path2D();
    path.addPath(this.#linesOf(regions), { a: at.width, d: -at.height, e: at.left, f: at.bottom });
    context.globalAlpha = 0.6;
    context.strokeStyle = surface;
    context.lineWidth = 4 * devicePixelRatio;
    context.stroke(path);
    context.globalAlpha = 1;
    context.strokeStyle = colour;
    context.lineWidth = 1.5 * devicePixelRatio;
    context.stroke(path);
  }

  #linesOf(regions: Regions): Path2D {
    const known = this.#lines.get(regions);
    if (known) return known;
    const path = new Path2D();
    const { lines } = regions;
    for (let at = 0; at < lines.length; at += 4) {
      path.moveTo(lines[at] ?? 0, lines[at + 1] ?? 0);
      path.lineTo(lines[at + 2] ?? 0, lines[at + 3] ?? 0);
    }
    this.#lines.set(regions, path);
    return path;
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
}

function drawChosen(
  context: CanvasRenderingContext2D,
  at: Placement,
  { scene, chosen, palette }: Picture,
): void {
  if (chosen === undefined) return;
  const x = at.left + (scene.x[chosen] ?? 0) * at.width;
  const y = at.bottom - (scene.y[chosen] ?? 0) * at.height;
  context.strokeStyle = palette.ink;
  context.lineWidth = 2 * devicePixelRatio;
  context.beginPath();
  context.arc(x, y, 12 * devicePixelRatio, 0, 2 * Math.PI);
  context.stroke();
}
