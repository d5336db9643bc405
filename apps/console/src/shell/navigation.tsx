import { NavLink } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'react-router';
import * as icons from '../ui/icons.js';

const PAGES = [
  { to: '/', name: 'Overview', Icon: icons.OverviewIcon },
  { to: '/webhooks', name: 'Webhooks', Icon: icons.WebhookIcon },
  { to: '/deliveries', name: 'Deliveries', Icon: icons.DeliveryIcon },
  { to: '/events', name: 'Events', Icon: icons.EventIcon },
  { to: '/event-types', name: 'Event types', Icon: icons.CatalogueIcon },
  { to: '/replays', name: 'Replays', Icon: icons.ReplayIcon },
  { to: '/verify', name: 'Verify a signature', Icon: icons.VerifyIcon },
  { to: '/api-keys', name: 'API keys', Icon: icons.KeyIcon },
  { to: '/audit-log', name: 'Audit log', Icon: icons.AuditIcon },
  { to: '/settings', name: 'Settings', Icon: icons.SettingsIcon },
] as const;

export function Navigation({ onPick }: { onPick: () => void }): ReactNode {
  const { pathname } = useLocation();
  return PAGES.map(({ to, name, Icon }) => {
    const isHere = to === '/' ? pathname === '/' : pathname === to || pathname.startsWith(`${to}/`);
    return (
      <NavLink
        key={to}
        component={Link}
        to={to}
        label={name}
        leftSection={<Icon />}
        active={isHere}
        aria-current={isHere ? 'page' : undefined}
        onClick={onPick}
      />
    );
  });
}
