import { createBrowserRouter, type RouteObject } from 'react-router';
import { Gate } from './shell/gate.js';
import { BrokenPage, MissingPage } from './shell/broken-page.js';

/** A page is loaded when it is first gone to. */
const page = (path: string, load: () => Promise<{ Component: React.ComponentType }>): RouteObject => ({
  path,
  // Once more, for a connection that was lost just then.
  lazy: () => load().catch(load),
  errorElement: <BrokenPage />,
});

export const router = createBrowserRouter(
  [
    {
      path: '/',
      element: <Gate />,
      errorElement: <BrokenPage />,
      // Until the first page has come.
      HydrateFallback: () => null,
      children: [
        page('/', () => import('./pages/overview/overview.page.js')),
        page('webhooks', () => import('./pages/webhooks/webhooks.page.js')),
        page('webhooks/new', () => import('./pages/webhooks/new-webhook.page.js')),
        page('webhooks/:prn', () => import('./pages/webhooks/webhook.page.js')),
        page('webhooks/:prn/edit', () => import('./pages/webhooks/edit-webhook.page.js')),
        page('deliveries', () => import('./pages/deliveries/deliveries.page.js')),
        page('deliveries/:id', () => import('./pages/deliveries/delivery.page.js')),
        page('verify', () => import('./pages/deliveries/verify.page.js')),
        page('events', () => import('./pages/events/events.page.js')),
        page('events/:prn', () => import('./pages/events/event.page.js')),
        page('event-types', () => import('./pages/events/event-types.page.js')),
        page('event-types/new', () => import('./pages/events/new-event-type.page.js')),
        page('event-types/:name', () => import('./pages/events/event-type.page.js')),
        page('event-types/:name/edit', () => import('./pages/events/edit-event-type.page.js')),
        page('replays', () => import('./pages/replays/replays.page.js')),
        page('replays/new', () => import('./pages/replays/new-replay.page.js')),
        page('replays/:prn', () => import('./pages/replays/replay.page.js')),
        page('api-keys', () => import('./pages/account/api-keys.page.js')),
        page('audit-log', () => import('./pages/account/audit-log.page.js')),
        page('settings', () => import('./pages/account/settings.page.js')),
        { path: '*', element: <MissingPage /> },
      ],
    },
  ],
  { basename: '/console' },
);
