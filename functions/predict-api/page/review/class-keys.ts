/** Each class under a key that names it, where there are keys enough: digits, as the letters move and save. */
export function classKeys(classes: readonly string[]): ReadonlyMap<string, string> {
  if (classes.every(name => /^\d$/.test(name))) return new Map(classes.map(name => [name, name]));
  if (classes.length < 3 || classes.length > digits.length) return new Map();
  return new Map(classes.map((name, number) => [digits[number] ?? '', name]));
}

const digits = '1234567890';
