import { Alert, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Code } from '../../ui/code.js';
import { Panel } from '../../ui/panel.js';

interface Props {
  /** 32 hex digits. */
  secret: string;
  /** `whsec_...` */
  standardSecret: string;
  children?: ReactNode;
}

/** Both forms of a secret that nobody can be shown again. */
export function SecretOnce({ secret, standardSecret, children }: Props): ReactNode {
  return (
    <Panel title="The secret, this once">
      <Alert color="yellow" title="Store it now">
        <Text size="sm">It is shown here and never again. Lost, it has to be rolled.</Text>
      </Alert>
      {children}
      <Code
        label="For Peridio's signature"
        text={secret}
        note="32 hex digits; the key is the 16 bytes they stand for"
      />
      <Code label="For a Standard Webhooks library" text={standardSecret} note="the same 16 bytes" />
    </Panel>
  );
}
