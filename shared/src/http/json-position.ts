/** Where in a text something stands; both count from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

// Plain characters are taken in runs: taken one by one, those of a long text are more than the stack of a match holds.
const token =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that a string in JSON must not hold.
  /[ \t\n\r]*(?:("[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|([[\]{},:]))/y;

type Expected = 'value' | 'value or ]' | 'name' | 'name or }' | ':' | ', or ]' | ', or }' | 'end';

/** Looking at more than so many marks and values would keep others waiting. */
const mostTokens = 50_000;

/**
 * Where a text stops being JSON, if that is not far from its beginning. JSON.parse finds that out as well, but tells the
 * position only in some of its messages, and quotes the text in others.
 */
export function findJsonError(text: string): TextPosition | undefined {
  const open: ('[' | '{')[] = [];
  const afterValue = (): Expected => {
    const container = open.at(-1);
    if (!container) return 'end';
    return container === '[' ? ', or ]' : ', or }';
  };
  const accept = (expected: Expected, [, string, scalar, mark]: RegExpExecArray): Expected | undefined => {
    if (string && expected.startsWith('name')) return ':';
    if ((string || scalar) && expected.startsWith('value')) return afterValue();
    if ((mark === '[' || mark === '{') && expected.startsWith('value')) {
      open.push(mark);
      return mark === '[' ? 'value or ]' : 'name or }';
    }
    if (mark === ':' && expected === ':') return 'value';
    if (mark === ',' && expected.startsWith(',')) return open.at(-1) === '[' ? 'value' : 'name';
    if ((mark === ']' || mark === '}') && expected.endsWith(mark)) {
      open.pop();
      return afterValue();
    }
    return undefined;
  };

  let expected: Expected = 'value';
  let end = 0;
  for (let tokens = 0; tokens < mostTokens; tokens += 1) {
    token.lastIndex = end;
    const found = token.exec(text);
    const next: Expected | undefined = found ? accept(expected, found) : undefined;
    if (!next) return positionOf(text, end);
    expected = next;
    end = token.lastIndex;
  }
  return undefined;
}

function positionOf(text: string, end: number): TextPosition {
  const space = /[ \t\n\r]*/y;
  space.lastIndex = end;
  space.exec(text);
  const lines = text.slice(0, space.lastIndex).split('\n');
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}
