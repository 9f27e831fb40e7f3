import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useDataSet, WithDataSet } from './data-set.tsx';
import { lazy } from './lazy.tsx';
import { useConnected } from './live-events.ts';
import { Submit } from './submit/submit.tsx';
import { TokenDialog } from './token-dialog.tsx';
import { useRoute } from './use-route.ts';

// What somebody sees first comes with the page; the other views are loaded when somebody goes there.
const views = [
  { route: '', name: 'Submit', View: Submit },
  { route: 'review', name: 'Review', View: lazy(async () => (await import('./review/review.tsx')).Review) },
  { route: 'map', name: 'Map', View: lazy(async () => (await import('./map/map.tsx')).MapView) },
  { route: 'models', name: 'Models', View: lazy(async () => (await import('./models/models.tsx')).Models) },
  { route: 'loop', name: 'Loop', View: lazy(async () => (await import('./loop/loop.tsx')).Loop) },
  { route: 'day', name: 'Today', View: lazy(async () => (await import('./day/day.tsx')).Day) },
  {
    route: 'quality',
    name: 'Quality',
    View: lazy(async () => (await import('./quality/quality.tsx')).Quality),
  },
] as const;

function App() {
  const route = useRoute();
  const { title } = useDataSet();
  const [first] = views;
  const { name, View } = views.find(view => view.route === route) ?? first;
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
          {views.map(view => (
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
      </header>
      <main id="content">
        <h1 ref={heading} tabIndex={-1}>
          {name}
        </h1>
        <View />
      </main>
      <footer>
        <a href="/docs">API</a>
        <a href="/openapi.json">OpenAPI</a>
        <a href="/metrics">Metrics</a>
      </footer>
    </>
  );
}

function Connection() {
  const connected = useConnected();
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
    <>
      <WithDataSet>
        <App />
      </WithDataSet>
      <TokenDialog />
    </>,
    root,
  );
}
