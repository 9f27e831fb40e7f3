/** What is wanted of an answer, field by field; nothing further said of one means all of it. */
type Wanted = ReadonlyMap<string, Wanted>;

/** The part of an answer that the parameter `fields` asks for: "nextPageToken,items(name,metadata/color)". */
export function partOf(answer: unknown, fields: string | null): unknown {
  return fields ? pick(answer, parseList(fields.match(/[(),/]|[^(),/]+/g) ?? [])) : answer;
}

/** Takes the list off the tokens, up to its closing bracket. */
function parseList(tokens: string[]): Wanted {
  const wanted = new Map<string, Wanted>();
  for (let name = tokens.shift(); name !== undefined && name !== ')'; name = tokens.shift()) {
    if (name !== ',') wanted.set(name, new Map([...(wanted.get(name) ?? []), ...parseInner(tokens)]));
  }
  return wanted;
}

function parseInner(tokens: string[]): Wanted {
  if (tokens[0] === '(') {
    tokens.shift();
    return parseList(tokens);
  }
  if (tokens[0] !== '/') return new Map();
  const [, name = '*'] = tokens.splice(0, 2);
  return new Map([[name, parseInner(tokens)]]);
}

function pick(value: unknown, wanted: Wanted): unknown {
  if (wanted.size === 0) return value;
  if (Array.isArray(value)) return value.map(item => pick(item, wanted));
  if (typeof value !== 'object' || value === null) return value;
  const picked = Object.entries(value).flatMap(([name, inner]) => {
    const ofInner = wanted.get(name) ?? wanted.get('*');
    return ofInner === undefined ? [] : [[name, pick(inner, ofInner)]];
  });
  return Object.fromEntries(picked);
}
