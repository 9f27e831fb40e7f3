import { useEffect, useState } from 'preact/hooks';

/** The part of the address after `#/`, which names the view. */
export function useRoute(): string {
  const [route, setRoute] = useState(readRoute);
  useEffect(() => {
    const follow = (): void => setRoute(readRoute());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return route;
}

function readRoute(): string {
  return location.hash.replace(/^#\/?/, '');
}
