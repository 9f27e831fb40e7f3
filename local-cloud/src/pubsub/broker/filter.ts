import { invalidArgument } from '../errors.ts';

type Attributes = Readonly<Record<string, string>>;
export type Filter = (attributes: Attributes) => boolean;

const longestFilter = 256;
const tokenPattern = /\s*(?:("(?:[^"\\]|\\.)*")|(!=|[:=().,-])|([A-Za-z_][\w-]*))/y;

/**
 * Reads an expression of Google's filter language: `attributes:key`, `attributes.key = "value"`, `!=`,
 * `hasPrefix(attributes.key, "start")`, joined by AND or OR, negated by NOT or a minus, grouped by parentheses.
 */
export function parseFilter(text: string): Filter {
  if (Buffer.byteLength(text) > longestFilter) {
    throw invalidArgument(`The filter is longer than ${longestFilter} bytes. Shorten it.`);
  }
  const tokens = new Tokens(text);
  const filter = parseExpression(tokens);
  tokens.expectEnd();
  return filter;
}

function parseExpression(tokens: Tokens): Filter {
  const terms = [parseTerm(tokens)];
  const operator = ['AND', 'OR'].find(word => tokens.peek() === word);
  if (operator === undefined) return terms[0] ?? tokens.fail();
  while (tokens.take(operator)) terms.push(parseTerm(tokens));
  // Which of the two binds closer is left open by the language, so it wants parentheses.
  if (tokens.peek() === 'AND' || tokens.peek() === 'OR') tokens.fail();
  return operator === 'AND'
    ? attributes => terms.every(term => term(attributes))
    : attributes => terms.some(term => term(attributes));
}

function parseTerm(tokens: Tokens): Filter {
  if (!tokens.take('NOT') && !tokens.take('-')) return parseOperand(tokens);
  const operand = parseOperand(tokens);
  return attributes => !operand(attributes);
}

function parseOperand(tokens: Tokens): Filter {
  if (tokens.take('(')) {
    const inner = parseExpression(tokens);
    tokens.expect(')');
    return inner;
  }
  if (tokens.take('hasPrefix')) return parsePrefix(tokens);
  tokens.expect('attributes');
  if (tokens.take(':')) {
    const key = tokens.key();
    return attributes => Object.hasOwn(attributes, key);
  }
  tokens.expect('.');
  const key = tokens.key();
  const isNegated = tokens.take('!=');
  if (!isNegated) tokens.expect('=');
  const value = tokens.string();
  return attributes => (attributes[key] === value) !== isNegated;
}

function parsePrefix(tokens: Tokens): Filter {
  tokens.expect('(');
  tokens.expect('attributes');
  tokens.expect('.');
  const key = tokens.key();
  tokens.expect(',');
  const start = tokens.string();
  tokens.expect(')');
  return attributes => attributes[key]?.startsWith(start) ?? false;
}

/** The words, signs and strings of a filter, taken one by one. */
class Tokens {
  readonly #text: string;
  readonly #tokens: string[] = [];

  constructor(text: string) {
    this.#text = text;
    tokenPattern.lastIndex = 0;
    const end = text.trimEnd().length;
    while (tokenPattern.lastIndex < end) {
      const [, string, sign, word] = tokenPattern.exec(text) ?? this.fail();
      this.#tokens.push(string ?? sign ?? word ?? this.fail());
    }
  }

  peek(): string | undefined {
    return this.#tokens[0];
  }

  take(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) this.fail();
  }

  expectEnd(): void {
    if (this.#tokens.length > 0) this.fail();
  }

  /** A name, bare or in quotation marks. */
  key(): string {
    return this.#tokens[0]?.startsWith('"')
      ? this.string()
      : (/^\w.*/.exec(this.#next())?.[0] ?? this.fail());
  }

  string(): string {
    const token = this.#next();
    if (!token.startsWith('"')) this.fail();
    return token.slice(1, -1).replace(/\\(.)/g, '$1');
  }

  fail(): never {
    throw invalidArgument(
      `Invalid filter: ${this.#text}. Write for instance attributes.colour = "red" AND NOT attributes:draft.`,
    );
  }

  #next(): string {
    return this.#tokens.shift() ?? this.fail();
  }
}
