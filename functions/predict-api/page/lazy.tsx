import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Failure } from './ui/parts.tsx';

/** A view whose code is loaded when it is shown first. */
export function lazy(load: () => Promise<ComponentType>): ComponentType {
  let loaded: ComponentType | undefined;
  return function Lazy() {
    const [View, setView] = useState(() => loaded);
    const [error, setError] = useState<string>();
    useEffect(() => {
      let isShown = true;
      load().then(
        view => {
          loaded = view;
          if (isShown) setView(() => view);
        },
        // After a deployment the part may have another name.
        () => isShown && setError('This part of the page could not be loaded: load the page again.'),
      );
      return () => {
        isShown = false;
      };
    }, []);
    return View ? <View /> : <Failure message={error} />;
  };
}
