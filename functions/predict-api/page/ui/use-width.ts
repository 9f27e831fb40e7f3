import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** How wide a drawing is on the screen: drawn for just that, its letters have one size in a wide window and on a phone. */
export function useWidth() {
  const drawing = useRef<SVGSVGElement>(null);
  const [width, setWidth] = useState(720);
  useLayoutEffect(() => {
    const element = drawing.current;
    if (!element) return undefined;
    const measure = (): void => setWidth(Math.max(200, Math.round(element.getBoundingClientRect().width)));
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(element);
    return () => resized.disconnect();
  }, []);
  return [drawing, width] as const;
}
