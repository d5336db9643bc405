import { AppShell, Burger, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense, useEffect, useRef, type ReactNode } from 'react';
import { Outlet, useLocation, useNavigation } from 'react-router';
import { useLiveState } from '../api/live.js';
import { Waiting } from '../ui/data-table.js';
import { AccountMenu } from './account-menu.js';
import { Navigation } from './navigation.js';
import { PipelineBadge } from './pipeline-badge.js';

/** Around every page once somebody is signed in. */
export function Shell(): ReactNode {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  const navigation = useNavigation();
  const liveness = useLiveState();
  const main = useRef<HTMLElement>(null);
  const shownPath = useRef(pathname);
  // A new page: from its beginning, for eyes and for screen readers.
  useEffect(() => {
    if (shownPath.current === pathname) return;
    shownPath.current = pathname;
    close();
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [pathname, close]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label="Menu"
              aria-expanded={isOpen}
            />
            <Brand />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <PipelineBadge liveness={liveness} />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label="Pages">
        <Navigation onPick={close} />
      </AppShell.Navbar>
      <AppShell.Main id="main" data-path={pathname} ref={main} tabIndex={-1} aria-busy={navigation.state === 'loading'}>
        <div className="content">
          <Suspense fallback={<Waiting />}>
            <Outlet context={liveness} />
          </Suspense>
        </div>
      </AppShell.Main>
    </AppShell>
  );
}

export function Brand(): ReactNode {
  return (
    <Group gap={8} wrap="nowrap">
      <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="#3b5bdb" />
        <path
          d="M20 7v9.5a5.5 5.5 0 1 1-11 0V15m0 0-3 3m3-3 3 3M20 7h4m-4 0h-4"
          fill="none"
          stroke="#fff"
          strokeWidth="2.6"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <Text fw={700} size="lg" visibleFrom="xs">
        Fleethook
      </Text>
    </Group>
  );
}
