import { useCallback, useRef, useState } from 'preact/hooks';

/** How wide a drawing is on the screen: drawn for just that, its letters have one size in a wide window and on a phone. */
export function useWidth() {
  const [width, setWidth] = useState(720);
  const resized = useRef<ResizeObserver | undefined>(undefined);
  const drawing = useCallback((element: SVGSVGElement | null): void => {
    resized.current?.disconnect();
    if (!element) return;
    const measure = (): void => setWidth(Math.max(200, Math.round(element.getBoundingClientRect().width)));
    measure();
    resized.current = new ResizeObserver(measure);
    resized.current.observe(element);
  }, []);
  return [drawing, width] as const;
}
