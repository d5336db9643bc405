import { Alert, Button, List, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { otherFields, Problem } from '../api/problem.js';
import { Copy } from './copy.js';

interface Props {
  error: Error | null;
  title?: string;
  /** Fields whose messages stand beside an input already. */
  shown?: readonly string[];
  retry?: (() => void) | undefined;
}

/** What went wrong in the API's own words, with the id by which its log knows the request. */
export function ProblemAlert({ error, title = 'That did not work', shown = [], retry }: Props): ReactNode {
  if (error === null) return null;
  const problem = error instanceof Problem ? error : new Problem(0, error.message);
  const fields = otherFields(problem, shown);
  return (
    <Alert color="red" variant="light" title={title} role="alert">
      <Text size="sm">{problem.detail}</Text>
      {fields.length > 0 && (
        <List size="sm" mt={4}>
          {fields.map(([field, message]) => (
            <List.Item key={field}>
              <span className="mono">{field}</span> {message}
            </List.Item>
          ))}
        </List>
      )}
      {problem.retryAfterSeconds !== undefined && <Text size="sm">Try again in {problem.retryAfterSeconds} s.</Text>}
      {problem.requestId !== undefined && (
        <Text size="xs" mt={6}>
          Request <span className="mono">{problem.requestId}</span>{' '}
          <Copy text={problem.requestId} label="the request id" />
        </Text>
      )}
      {retry && (
        <Button size="xs" variant="default" mt="xs" onClick={retry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}
