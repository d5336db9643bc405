import { Button, Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect, useState, type ReactNode } from 'react';
import { canSign, readSecret } from '../../signing/secret.js';
import { signedHeaders } from '../../signing/verify-steps.js';
import { Code } from '../../ui/code.js';
import { curlOf, type SentRequest } from './sent-request.js';

/** The request as a command, signed now when the secret is at hand. */
export function CopyAsCurl({ request, id }: { request: SentRequest; id: string }): ReactNode {
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" size="xs" onClick={open}>
        Copy as curl
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title="The request as a command"
        size="xl"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Command request={request} id={id} />
      </Modal>
    </>
  );
}

function Command({ request, id }: { request: SentRequest; id: string }): ReactNode {
  const [secret, setSecret] = useState('');
  const [signed, setSigned] = useState<readonly (readonly [string, string])[]>([]);
  const read = readSecret(secret);
  useEffect(() => {
    const typed = readSecret(secret);
    let isLatest = true;
    const sign = async (): Promise<void> => {
      const headers = typed === undefined ? [] : await signedHeaders(typed, id, request.body, Date.now());
      if (isLatest) setSigned(headers);
    };
    void sign();
    return () => {
      isLatest = false;
    };
  }, [secret, id, request.body]);
  return (
    <Stack>
      {canSign() ? (
        <PasswordInput
          label="Secret"
          description="Optional. With it the command is signed as of now, here in the browser: it is sent nowhere and kept nowhere."
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the secret' }}
          value={secret}
          onChange={({ currentTarget }) => setSecret(currentTarget.value)}
          error={secret !== '' && read === undefined ? 'It is neither 32 hex digits nor whsec_ and base64' : undefined}
        />
      ) : (
        <Text size="sm">Signing needs HTTPS (or localhost): without it the browser offers no cryptography.</Text>
      )}
      <Code
        label="Command"
        text={curlOf(request, signed)}
        note={signed.length === 0 ? 'without signatures' : 'good for 5 minutes'}
      />
    </Stack>
  );
}
