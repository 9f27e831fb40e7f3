import type { Scope } from '@banknote-loop/shared/contract';
import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Account } from './account/lazy-account.tsx';
import { useDataSet, WithDataSet } from './data-set.tsx';
import { lazy } from './lazy.tsx';
import { useConnected } from './live-events.ts';
import { ReasonAgainst, useSession, WithSession } from './session.tsx';
import { Submit } from './submit/submit.tsx';
import { Card } from './ui/parts.tsx';
import { useRoute } from './use-route.ts';

// What somebody sees first comes with the page; the other views are loaded when somebody goes there.
const views = [
  { route: '', name: 'Submit', needs: 'notes:submit', View: Submit },
  {
    route: 'review',
    name: 'Review',
    needs: 'notes:read',
    View: lazy(async () => (await import('./review/review.tsx')).Review),
  },
  {
    route: 'map',
    name: 'Map',
    needs: 'notes:read',
    View: lazy(async () => (await import('./map/map.tsx')).MapView),
  },
  {
    route: 'models',
    name: 'Models',
    needs: 'models:read',
    View: lazy(async () => (await import('./models/models.tsx')).Models),
  },
  {
    route: 'loop',
    name: 'Loop',
    needs: 'loop:read',
    View: lazy(async () => (await import('./loop/loop.tsx')).Loop),
  },
  {
    route: 'day',
    name: 'Today',
    needs: 'loop:read',
    View: lazy(async () => (await import('./day/day.tsx')).Day),
  },
  {
    route: 'quality',
    name: 'Quality',
    needs: 'models:read',
    View: lazy(async () => (await import('./quality/quality.tsx')).Quality),
  },
  {
    route: 'audit',
    name: 'Audit',
    needs: 'audit:read',
    View: lazy(async () => (await import('./audit/audit.tsx')).Audit),
  },
] as const;

function App() {
  const route = useRoute();
  const { title } = useDataSet();
  const { scopes } = useSession();
  const allowed = views.filter(({ needs }) => scopes.includes(needs));
  const asked = views.find(view => view.route === route) ?? views[0];
  // The way in leads to what somebody may see; any other address says why not.
  const { name, needs, View } = route === '' ? (allowed[0] ?? asked) : asked;
  const heading = useRef<HTMLHeadingElement>(null);
  const shownRoute = useRef(route);
  useEffect(() => {
    document.title = `${name} · ${title}`;
    // A screen reader is told that the view has changed; at the first visit the page itself says so.
    if (shownRoute.current !== route) heading.current?.focus();
    shownRoute.current = route;
  }, [route, name, title]);
  return (
    <>
      <button type="button" class="skip" onClick={() => heading.current?.focus()}>
        Skip to content
      </button>
      <header class="top">
        <p class="brand">{title}</p>
        <nav aria-label="Views">
          {allowed.map(view => (
            <a
              key={view.route}
              href={`#/${view.route}`}
              {...(view.name === name ? { 'aria-current': 'page' } : {})}
            >
              {view.name}
            </a>
          ))}
        </nav>
        <Connection />
        <Account />
      </header>
      <main id="content">
        <h1 ref={heading} tabIndex={-1}>
          {name}
        </h1>
        {scopes.includes(needs) ? <View /> : <NotAllowed scope={needs} />}
      </main>
      <footer>
        <a href="/docs">API</a>
        <a href="/openapi.json">OpenAPI</a>
        {scopes.includes('loop:read') ? <a href="/metrics">Metrics</a> : null}
      </footer>
    </>
  );
}

function NotAllowed({ scope }: { readonly scope: Scope }) {
  return (
    <Card title="This is not open to you">
      <ReasonAgainst scope={scope} />
    </Card>
  );
}

function Connection() {
  const connected = useConnected();
  if (!useSession().scopes.includes('loop:read')) return null;
  return (
    <span class={`connection ${connected ? 'on' : ''}`} role="status">
      {connected ? 'live' : 'connecting'}
    </span>
  );
}

const root = document.getElementById('app');
if (root) {
  root.replaceChildren();
  render(
    // The declaration is open to everybody: both are asked for at the same time.
    <WithDataSet>
      <WithSession>
        <App />
      </WithSession>
    </WithDataSet>,
    root,
  );
}
