export type LogLine = Readonly<Record<string, unknown>>;

/** The fields of a line that a function wrote; nothing if it is no line of its log. */
export function parseLogLine(line: string): LogLine | undefined {
  try {
    const fields: unknown = JSON.parse(line);
    return typeof fields === 'object' && fields !== null ? { ...fields } : undefined;
  } catch {
    return undefined;
  }
}
