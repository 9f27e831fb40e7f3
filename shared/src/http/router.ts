import { HttpError } from './reply.ts';
import type { Route } from './route.ts';

export interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export interface Router {
  /** The route of a method and path, or an error that says which of the two is unknown. */
  find(method: string, path: string): RouteMatch;
  /** Whether there is such a path. */
  knows(path: string): boolean;
  /** What a path answers to. */
  methodsOf(path: string): readonly string[];
}

export function createRouter(routes: readonly Route[]): Router {
  const patterns = routes.map(route => ({ route, pattern: patternOf(route.path) }));

  // Most paths have no parameters, and are looked up rather than tried against each pattern.
  const fixed = new Map<string, readonly RouteMatch[]>();
  const matching = (path: string): readonly RouteMatch[] =>
    fixed.get(path) ??
    patterns.flatMap(({ route, pattern }) => {
      const match = pattern.exec(path);
      return match ? [{ route, params: decodeAll(match.groups ?? {}) }] : [];
    });
  const withoutParameters = routes.map(({ path }) => path).filter(path => !path.includes('{'));
  for (const path of withoutParameters) fixed.set(path, matching(path));
  const methodsOf = (path: string): readonly string[] => {
    const methods = new Set<string>(matching(path).map(({ route }) => route.method));
    if (methods.has('GET')) methods.add('HEAD');
    return [...methods, 'OPTIONS'];
  };

  return {
    knows: path => matching(path).length > 0,
    methodsOf,
    find(method, path) {
      const known = matching(path);
      if (known.length === 0) throw new HttpError(404, `There is nothing at ${path}.`);
      // The answer to HEAD is that to GET; the server leaves out its body.
      const wanted = method === 'HEAD' ? 'GET' : method;
      const found = known.find(({ route }) => route.method === wanted);
      if (found) return found;
      const allow = methodsOf(path).join(', ');
      throw new HttpError(405, `${path} does not know the method ${method}; it knows ${allow}.`, {
        headers: { allow },
      });
    },
  };
}

function patternOf(path: string): RegExp {
  const source = path
    .split(/(\{\w+\})/)
    .map(part => (part.startsWith('{') ? `(?<${part.slice(1, -1)}>[^/]+)` : escapeText(part)))
    .join('');
  return new RegExp(path === '/' ? '^/$' : `^${source}/?$`);
}

function escapeText(text: string): string {
  return text.replaceAll(/[.*+?^$()[\]\\|]/g, '\\$&');
}

function decodeAll(groups: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decode(value)]));
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new HttpError(400, `The path has "${part}" in it, which is not a valid percent-encoding.`);
  }
}
