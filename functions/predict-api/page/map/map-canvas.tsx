import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Painter } from './painter.ts';
import { nearestTo, type Picture, placementOf, type View, wholeMap } from './scene.ts';

interface Props extends Omit<Picture, 'view'> {
  readonly onChoose: (item: number | undefined) => void;
  /** What the picture shows, in a sentence. */
  readonly label: string;
}

const zoomStep = 1.4;
const mostZoom = 60;
const panStep = 0.15;
/** So long nothing may have moved before the items are drawn as large as they are now. */
const settleMs = 150;
/** An item is meant if the pointer is so near. */
const reach = 14;

/** The map itself: dragged, zoomed by its buttons or, once it has the focus, by the wheel and by keys. */
export function MapCanvas({ scene, palette, shows, chosen, onChoose, label }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [view, setView] = useState(wholeMap);
  const redraw = useDrawing(canvas, { scene, view, palette, shows, chosen });
  useLayoutEffect(redraw);
  const zoomBy = (factor: number): void =>
    setView(now => inside({ ...now, zoom: Math.min(mostZoom, Math.max(1, now.zoom * factor)) }));
  const panBy = (x: number, y: number): void =>
    setView(now => inside({ ...now, x: now.x + x / now.zoom, y: now.y + y / now.zoom }));
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => panBy(-panStep, 0),
    ArrowRight: () => panBy(panStep, 0),
    ArrowUp: () => panBy(0, panStep),
    ArrowDown: () => panBy(0, -panStep),
    '+': () => zoomBy(zoomStep),
    '=': () => zoomBy(zoomStep),
    '-': () => zoomBy(1 / zoomStep),
    '0': () => setView(wholeMap),
  };
  const press = (event: KeyboardEvent): void => {
    const action = event.ctrlKey || event.metaKey ? undefined : keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };
  const wheel = (event: WheelEvent): void => {
    // Whoever only scrolls the page past the map must not get caught in it.
    if (document.activeElement !== event.currentTarget) return;
    event.preventDefault();
    zoomBy(event.deltaY < 0 ? zoomStep : 1 / zoomStep);
  };
  const drag = useDrag(panBy, at => onChoose(itemAt(canvas.current, { scene, shows, view }, at)));
  return (
    <div class="map-frame">
      {/* biome-ignore lint/a11y/useSemanticElements: nothing but a group of its own holds a picture that keys move. */}
      <div
        class="map-picture"
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what cannot be focused cannot be moved with the keyboard.
        tabIndex={0}
        aria-label="Map: arrow keys move it, plus and minus zoom, 0 shows all of it"
        onKeyDown={press}
        onWheel={wheel}
        {...drag}
      >
        <canvas ref={canvas} role="img" aria-label={label} data-items={scene.count} />
      </div>
      <div class="map-buttons">
        <button type="button" aria-label="Zoom in" onClick={() => zoomBy(zoomStep)}>
          +
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => zoomBy(1 / zoomStep)}>
          −
        </button>
        <button type="button" disabled={view.zoom === 1} onClick={() => setView(wholeMap)}>
          All of it
        </button>
      </div>
    </div>
  );
}

/** The middle of what is seen stays on the map. */
function inside({ zoom, x, y }: View): View {
  const half = 0.5 / zoom;
  const within = (at: number): number => Math.min(1 - half, Math.max(half, at));
  return { zoom, x: within(x), y: within(y) };
}

/** Draws at most once for each frame of the screen, however often something changes. */
function useDrawing(canvas: { readonly current: HTMLCanvasElement | null }, picture: Picture): () => void {
  const latest = useRef(picture);
  const painter = useRef<Painter | undefined>(undefined);
  const frame = useRef(0);
  const settle = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const lastView = useRef(picture.view);
  const draw = (isMoving: boolean): void => {
    frame.current = 0;
    const element = canvas.current;
    if (!element) return;
    painter.current ??= new Painter(element);
    fitPixels(element);
    clearTimeout(settle.current);
    if (painter.current.draw(latest.current, isMoving))
      settle.current = setTimeout(() => draw(false), settleMs);
  };
  const request = (): void => {
    const isMoving = lastView.current !== picture.view;
    lastView.current = picture.view;
    latest.current = picture;
    frame.current ||= requestAnimationFrame(() => draw(isMoving));
  };
  useEffect(() => {
    const resized = new ResizeObserver(() => {
      frame.current ||= requestAnimationFrame(() => draw(false));
    });
    if (canvas.current) resized.observe(canvas.current);
    return () => {
      resized.disconnect();
      cancelAnimationFrame(frame.current);
      clearTimeout(settle.current);
    };
  }, []);
  return request;
}

function fitPixels(element: HTMLCanvasElement): void {
  const { clientWidth, clientHeight } = element;
  const [width, height] = [clientWidth, clientHeight].map(side => Math.round(side * devicePixelRatio));
  if (width !== undefined && element.width !== width) element.width = width;
  if (height !== undefined && element.height !== height) element.height = height;
}

function itemAt(
  canvas: HTMLCanvasElement | null,
  { scene, shows, view }: Pick<Picture, 'scene' | 'shows' | 'view'>,
  at: readonly [number, number],
): number | undefined {
  if (!canvas) return undefined;
  const { clientWidth: width, clientHeight: height } = canvas;
  return nearestTo(scene, shows, placementOf(view, { width, height }), at, reach);
}

/** Moves with the pointer while it is held down; without a button, and where it is put down, it points at something. */
function useDrag(panBy: (x: number, y: number) => void, pointAt: (at: readonly [number, number]) => void) {
  const isHeld = useRef(false);
  return {
    onPointerDown(event: PointerEvent) {
      isHeld.current = true;
      pointAt([event.offsetX, event.offsetY]);
      if (event.currentTarget instanceof HTMLElement) event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove(event: PointerEvent) {
      const area = event.currentTarget;
      if (!(area instanceof HTMLElement)) return;
      if (isHeld.current) panBy(-event.movementX / area.clientWidth, event.movementY / area.clientHeight);
      else pointAt([event.offsetX, event.offsetY]);
    },
    onPointerUp() {
      isHeld.current = false;
    },
    // A finger that scrolls the page has let go of the map.
    onPointerCancel() {
      isHeld.current = false;
    },
  };
}
