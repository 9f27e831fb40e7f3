import type { MapState } from '@banknote-loop/shared/contract';
import { useEffect, useState } from 'preact/hooks';
import { colourOf } from '../ui/class-label.tsx';

/** Colours as the page has them at the moment. */
export interface Palette {
  /** By the numbers of the classes. */
  readonly classes: readonly string[];
  readonly surface: string;
  readonly ink: string;
  readonly muted: string;
  readonly frames: Readonly<Record<MapState, string>>;
}

/** The page's colours for a canvas, which knows no style sheets; others when the screen turns dark. */
export function usePalette(classCount: number): Palette {
  const [palette, setPalette] = useState(() => readPalette(classCount));
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const read = (): void => setPalette(readPalette(classCount));
    read();
    dark.addEventListener('change', read);
    return () => dark.removeEventListener('change', read);
  }, [classCount]);
  return palette;
}

function readPalette(classCount: number): Palette {
  const probe = document.createElement('span');
  document.body.append(probe);
  const read = (variable: string, className = ''): string => {
    probe.className = className;
    probe.style.color = `var(${variable})`;
    return getComputedStyle(probe).color;
  };
  const [ink, muted, gold, bad] = [read('--ink'), read('--muted'), read('--gold'), read('--bad')];
  const palette = {
    classes: Array.from({ length: classCount }, (_, number) => read('--class', colourOf(number))),
    surface: read('--surface'),
    ink,
    muted,
    frames: {
      known: muted,
      answered: muted,
      confirmed: ink,
      corrected: ink,
      suspicious: gold,
      'set aside': bad,
    },
  };
  probe.remove();
  return palette;
}
