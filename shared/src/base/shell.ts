/** A text as one word of a POSIX shell, which takes nothing in it for itself. */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
