import type { Palette } from './palette.ts';
import { packed, stampItems } from './points.ts';
import { type Picture, type PixelSize, placementOf, type Scene, type View } from './scene.ts';

/** So much more than what is seen is drawn on each side, so that a map that is moved need not be drawn anew. */
const margin = 0.25;
/** A map that is being zoomed is shown larger or smaller than it was drawn, within these bounds. */
const mostStretch = 3;
const leastStretch = 1 / (1 + 2 * margin);

/** What the items were drawn for. */
interface Drawn {
  readonly scene: Scene;
  readonly palette: Palette;
  readonly shown: string;
  readonly view: View;
  readonly seen: PixelSize;
}

/** A picture of all items, kept beside the map: to move the map moves the picture, and draws no item. */
export class ItemLayer {
  readonly #canvas = document.createElement('canvas');
  #image: ImageData | undefined;
  #drawn: Drawn | undefined;

  /** Draws the items, from the kept picture where that will do; answers whether they should be drawn again at rest. */
  draw(context: CanvasRenderingContext2D, picture: Picture, isMoving: boolean): boolean {
    const drawn = this.#fits(picture, context.canvas, isMoving) ?? this.#redraw(picture, context.canvas);
    const { view, seen } = drawn;
    const stretch = picture.view.zoom / view.zoom;
    const from = placementOf(view, seen, marginOf(seen));
    const to = placementOf(picture.view, seen);
    // Between two pixels every one of them would be blurred.
    const place = stretch === 1 ? Math.round : (at: number): number => at;
    context.drawImage(
      this.#canvas,
      place(to.left - from.left * stretch),
      place(to.bottom - from.bottom * stretch),
      this.#canvas.width * stretch,
      this.#canvas.height * stretch,
    );
    return stretch !== 1;
  }

  /** What has been drawn, if it shows these items, and all of what is seen of them. */
  #fits({ scene, palette, shows, view }: Picture, seen: PixelSize, isMoving: boolean): Drawn | undefined {
    const drawn = this.#drawn;
    if (
      drawn?.scene !== scene ||
      drawn.palette !== palette ||
      drawn.shown !== shows.join() ||
      drawn.seen.width !== seen.width ||
      drawn.seen.height !== seen.height
    )
      return undefined;
    const stretch = view.zoom / drawn.view.zoom;
    if (stretch !== 1 && (!isMoving || stretch > mostStretch || stretch < leastStretch)) return undefined;
    return covers(drawn.view, view) ? drawn : undefined;
  }

  #redraw({ scene, palette, shows, view }: Picture, { width, height }: PixelSize): Drawn {
    const seen = { width, height };
    const border = marginOf(seen);
    const image = this.#emptyImage(width + 2 * border.width, height + 2 * border.height);
    stampItems(
      {
        width: image.width,
        height: image.height,
        pixels: new Uint32Array(image.data.buffer),
        scale: Math.max(1, Math.round(devicePixelRatio)),
        known: palette.classes.map(colour => packed(colour, 170)),
        answered: palette.classes.map(colour => packed(colour, 255)),
        frames: scene.stateNames.map(state => packed(palette.frames[state], 255)),
      },
      scene,
      placementOf(view, seen, border),
      shows,
    );
    this.#canvas.getContext('2d')?.putImageData(image, 0, 0);
    this.#drawn = { scene, palette, shown: shows.join(), view, seen };
    return this.#drawn;
  }

  #emptyImage(width: number, height: number): ImageData {
    if (this.#image?.width === width && this.#image.height === height) {
      this.#image.data.fill(0);
      return this.#image;
    }
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#image = new ImageData(width, height);
    return this.#image;
  }
}

function marginOf({ width, height }: PixelSize): PixelSize {
  return { width: Math.round(width * margin), height: Math.round(height * margin) };
}

/** Whether all of the map that one view shows has been drawn with another; beyond the map's own edges there is nothing. */
function covers(drawn: View, seen: View): boolean {
  const half = (0.5 + margin) / drawn.zoom;
  const halfSeen = 0.5 / seen.zoom;
  const within = (middle: number, at: number): boolean =>
    Math.max(0, at - halfSeen) >= middle - half - 1e-9 && Math.min(1, at + halfSeen) <= middle + half + 1e-9;
  return within(drawn.x, seen.x) && within(drawn.y, seen.y);
}
