import { Alert, Anchor, Button, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link, useRouteError } from 'react-router';
import { Page } from '../ui/page.js';

/** A page that failed: most often because a newer release has other files than the one that is open. */
export function BrokenPage(): ReactNode {
  const error = useRouteError();
  return (
    <Page title="This page broke">
      <Alert color="red" title="It could not be shown" role="alert">
        <Text size="sm">{error instanceof Error ? error.message : 'Nothing more is known.'}</Text>
        <Text size="sm">After an upgrade the page has to be loaded anew.</Text>
        <Button mt="sm" size="xs" variant="default" onClick={() => window.location.reload()}>
          Load it anew
        </Button>
      </Alert>
    </Page>
  );
}

export function MissingPage(): ReactNode {
  return (
    <Page title="No such page">
      <Text>
        There is no page at this address. Go to the{' '}
        <Anchor component={Link} to="/" underline="always">
          overview
        </Anchor>
        .
      </Text>
    </Page>
  );
}
