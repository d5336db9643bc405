import { Center } from '@mantine/core';
import { lazy, Suspense, type ReactNode } from 'react';
import { useSession } from '../api/session.js';
import { Waiting } from '../ui/data-table.js';
import { ProblemAlert } from '../ui/problem-alert.js';
import { SignIn } from './sign-in.js';

const Shell = lazy(async () => ({ default: (await import('./shell.js')).Shell }));

/** Every address is behind it: who is not signed in stays where they are and gets the form. */
export function Gate(): ReactNode {
  const { session, error } = useSession();
  if (session === undefined)
    return (
      <Center mih="60vh" p="md">
        {error === null ? <Waiting /> : <ProblemAlert error={error} title="The console could not start" />}
      </Center>
    );
  if (session === null) return <SignIn />;
  return (
    <Suspense fallback={<Waiting />}>
      <Shell />
    </Suspense>
  );
}
