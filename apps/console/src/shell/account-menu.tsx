import { Button, Menu, Text, useMantineColorScheme } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSession, useSignOut } from '../api/session.js';

/** Whose session it is, how it looks, and the way out. */
export function AccountMenu(): ReactNode {
  const { session } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  if (!session) return null;
  return (
    <Menu position="bottom-end" width={260} withinPortal>
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          maw={180}
          rightSection="▾"
          aria-label={`Account of ${session.organization.name}`}
        >
          <Text span size="xs" truncate>
            {session.organization.name}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          Signed in with the key “{session.api_key.name}” ({session.api_key.scopes.join(', ')})
        </Menu.Label>
        <Menu.Divider />
        <Menu.Label>Appearance</Menu.Label>
        {(['auto', 'light', 'dark'] as const).map((scheme) => (
          <Menu.Item
            key={scheme}
            onClick={() => setColorScheme(scheme)}
            rightSection={colorScheme === scheme ? '✓' : undefined}
          >
            {{ auto: 'As the system', light: 'Light', dark: 'Dark' }[scheme]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => signOut.mutate()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
