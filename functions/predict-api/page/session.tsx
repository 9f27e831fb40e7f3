import type { Scope, SessionAnswer } from '@banknote-loop/shared/contract';
import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { get, messageOf, sessionChanges } from './api.ts';
import { Failure } from './ui/parts.tsx';

// Who uses the page, and what they may do. The service decides that with each request; the page only shows nobody what
// would be refused.

const Current = createContext<SessionAnswer | undefined>(undefined);

// Asked for while the rest of the page is still being put together.
const first = get('/session');

/** Shows its children as soon as it is known who looks at them, and anew when that changes. */
export function WithSession({ children }: { readonly children: ComponentChildren }) {
  const [session, setSession] = useState<SessionAnswer>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    const show = (asked: Promise<SessionAnswer>): void =>
      void asked.then(setSession, failure => setError(messageOf(failure)));
    const again = (): void => show(get('/session'));
    show(first);
    sessionChanges.addEventListener('changed', again);
    return () => sessionChanges.removeEventListener('changed', again);
  }, []);
  if (!session) {
    return (
      <main>
        <Failure message={error} />
      </main>
    );
  }
  return (
    <Current.Provider key={session.principal ?? ''} value={session}>
      {children}
    </Current.Provider>
  );
}

export function useSession(): SessionAnswer {
  const session = useContext(Current);
  if (!session) throw new Error('A part of the page is shown outside of WithSession.');
  return session;
}

/** Why somebody may not do something; undefined if they may. */
export function useReasonAgainst(scope: Scope): string | undefined {
  const { principal, scopes, lacking } = useSession();
  if (scopes.includes(scope)) return undefined;
  if (principal === null) return 'Sign in first.';
  const roles = lacking.find(one => one.scope === scope)?.roles ?? [];
  return `This takes the role ${roles.join(' or ')}.`;
}

/** Says why not, where somebody may not do something. */
export function ReasonAgainst({ scope }: { readonly scope: Scope }) {
  const reason = useReasonAgainst(scope);
  return reason ? <p class="muted reason-against">{reason}</p> : null;
}

/** The name in which somebody acts: whoever has signed in has one; everybody else gives any, and this browser remembers it. */
export function useOwnName(): readonly [name: string, setName: ((name: string) => void) | undefined] {
  const { principal } = useSession();
  const [given, setGiven] = useState(() => localStorage.getItem(nameKey) ?? '');
  if (principal !== null) return [principal, undefined];
  const store = (name: string): void => {
    localStorage.setItem(nameKey, name);
    setGiven(name);
  };
  return [given, store];
}

const nameKey = 'banknote-loop-reviewer';
