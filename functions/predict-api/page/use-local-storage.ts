import { useState } from 'preact/hooks';

/** A text that this browser remembers. */
export function useLocalStorage(name: string): [string, (value: string) => void] {
  const key = `banknote-loop-${name}`;
  const [value, setValue] = useState(() => localStorage.getItem(key) ?? '');
  const store = (next: string): void => {
    localStorage.setItem(key, next);
    setValue(next);
  };
  return [value, store];
}
